/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * faults: /dev/mmn_faults makes an allocation of the calling task fail, or another
 * function that may return an errno ("step"). For stock kernels, which are built
 * without fault injection.
 */
#ifndef MMN_FAULTS_H
#define MMN_FAULTS_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * struct faults_result - result of an armed task
 * @seen: allocations (or steps) of the task with mmnotify's code on the stack
 * @failed: 1 if one of them was made to fail
 * @site: innermost return address in mmnotify at that time, as SYMBOL+0xOFFSET
 * @function: name of the function that was made to fail
 */
struct faults_result {
	__u32 seen;
	__u32 failed;
	char site[96];
	char function[64];
};

/* The argument n lets the n-th one of the calling task fail; 0 only counts. */
#define FAULTS_IOC_ARM		_IO('f', 1)
#define FAULTS_IOC_DISARM	_IOR('f', 2, struct faults_result)
#define FAULTS_IOC_ARM_STEP	_IO('f', 3)

#endif /* MMN_FAULTS_H */
