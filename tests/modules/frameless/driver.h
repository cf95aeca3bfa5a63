/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Two drivers with the same functions: framed, and frameless without frame pointers. */
#ifndef FRAMELESS_DRIVER_H
#define FRAMELESS_DRIVER_H

#include <linux/mmu_notifier.h>

#include <mmnotify/mmnotify.h>

/**
 * struct driver - functions of one driver
 * @classify: asks for the verdict on an event, as a native callback does
 * @munmap: unmaps a page of current
 */
struct driver {
	void (*classify)(const struct mmu_notifier_range *range, struct mmnotify_info *info);
	int (*munmap)(unsigned long addr);
};

extern const struct driver framed, frameless;

#endif /* FRAMELESS_DRIVER_H */
