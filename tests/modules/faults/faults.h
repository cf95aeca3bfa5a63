/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * faults: /dev/mmn_faults makes an allocation of the calling task fail, or a step that
 * may, on stock kernels, which have no fault injection of their own.
 */
#ifndef MMN_FAULTS_H
#define MMN_FAULTS_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct faults_result - what became of it
 * @seen: allocations (or steps) that the task made below mmnotify's code
 * @failed: 1 if one of them was made to fail
 * @site: the innermost return address in mmnotify then, as SYMBOL+0xOFFSET
 * @function: the one that failed
 */
struct faults_result {
	__u32 seen;
	__u32 failed;
	char site[96];
	char function[64];
};

/* The argument is which one, from 1; 0 only counts. For the calling task alone. */
#define FAULTS_IOC_ARM		_IO('f', 1)
#define FAULTS_IOC_DISARM	_IOR('f', 2, struct faults_result)
#define FAULTS_IOC_ARM_STEP	_IO('f', 3)

#endif /* MMN_FAULTS_H */
