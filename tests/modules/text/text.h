/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* text: the ioctl of the test module, /dev/mmn_text. */
#ifndef TEXT_H
#define TEXT_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define TEXT_MAX	65536

/**
 * struct text_range - a part of the kernel's text to copy
 * @from: address in the kernel, of a function as /proc/kallsyms has it
 * @to: address of the caller's buffer
 * @len: bytes, at most TEXT_MAX
 */
struct text_range {
	__u64 from;
	__u64 to;
	__u64 len;
};

#define TEXT_IOC_COPY	_IOW('t', 1, struct text_range)

#endif /* TEXT_H */
