/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Included once for each driver, which defines DRIVER. The barriers prevent tail calls. */
#include <linux/mm.h>

#include "driver.h"

static noinline void driver_classify(const struct mmu_notifier_range *range,
				     struct mmnotify_info *info)
{
	mmnotify_classify(range, info);
	barrier();
}

static noinline int driver_munmap(unsigned long addr)
{
	int ret = vm_munmap(addr, PAGE_SIZE);

	barrier();
	return ret;
}

const struct driver DRIVER = {
	.classify = driver_classify,
	.munmap = driver_munmap,
};
