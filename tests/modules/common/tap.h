/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Common part of the modules that test in the mm of their loader: results as TAP in
 * the kernel log, and memory to test with. Before the first include each module has
 *
 *	#define pr_fmt(fmt) "TAP: " fmt
 */
#ifndef MODULES_TAP_H
#define MODULES_TAP_H

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/printk.h>
#include <linux/types.h>
#include <linux/uaccess.h>

static unsigned int tap_nr, tap_failed;

static void expect(const char *what, long got, long want)
{
	bool ok = got == want;

	tap_failed += !ok;
	pr_info("%sok %u - %s\n", ok ? "" : "not ", ++tap_nr, what);
	if (!ok)
		pr_info("# got %ld, want %ld\n", got, want);
}

/* Anonymous memory of the current process, each page touched. */
static unsigned long map_pages(unsigned int pages)
{
	unsigned long addr = vm_mmap(NULL, 0, pages * PAGE_SIZE,
				     PROT_READ | PROT_WRITE,
				     MAP_PRIVATE | MAP_ANONYMOUS, 0);
	unsigned int i;

	for (i = 0; i < pages && !IS_ERR_VALUE(addr); i++)
		if (put_user(1, (int __user *)(addr + i * PAGE_SIZE)))
			pr_info("# writing to a page of the test failed\n");
	return addr;
}

#endif /* MODULES_TAP_H */
