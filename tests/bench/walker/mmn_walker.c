// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_walker: the simplest way to find the cause without mmnotify: a bare notifier that
 * walks the stack in each callback, and one that also resolves symbols until it finds a
 * listed one.
 */
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/stacktrace.h>
#include <linux/string.h>

#include "whole.h"

#define DEPTH	12

/* Functions that identify an operation, on any kernel. */
static const char *const known[] = {
	"__vm_munmap", "do_mprotect_pkey", "do_madvise", "madvise_vma_behavior",
	"wp_page_copy", "do_wp_page", "dup_mm", "copy_mm", "reclaim_pages",
	"do_pages_move", "migrate_pages", "do_truncate", "do_ftruncate",
	"unmap_mapping_range", "exit_mmap", "mmput",
};

/* Written so that the compiler keeps the lookup. */
static unsigned long answers[ARRAY_SIZE(known) + 1];

static unsigned int walk(unsigned long *pc)
{
	return stack_trace_save(pc, DEPTH, 0);
}

static int walk_start(struct mmu_notifier *mn,
		      const struct mmu_notifier_range *range)
{
	unsigned long pc[DEPTH];
	unsigned int nr = walk(pc);

	WRITE_ONCE(answers[ARRAY_SIZE(known)], pc[nr - 1]);
	return 0;
}

/* Return: the index in known[], or behind it. */
static unsigned int find(unsigned long pc)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int i;

	sprint_symbol_no_offset(name, pc - 1);
	name[strcspn(name, ".")] = 0;
	for (i = 0; i < ARRAY_SIZE(known); i++)
		if (!strcmp(name, known[i]))
			break;
	return i;
}

static int names_start(struct mmu_notifier *mn,
		       const struct mmu_notifier_range *range)
{
	unsigned long pc[DEPTH];
	unsigned int nr = walk(pc), i, what = ARRAY_SIZE(known);

	for (i = 0; i < nr && what == ARRAY_SIZE(known); i++)
		what = find(pc[i]);
	answers[what]++;
	return 0;
}

static const struct mmu_notifier_ops walk_ops = {
	.invalidate_range_start = walk_start,
	.invalidate_range_end = whole_end,
};

static const struct mmu_notifier_ops names_ops = {
	.invalidate_range_start = names_start,
	.invalidate_range_end = whole_end,
};

static void *attach_walk(struct mm_struct *mm)
{
	return attach_whole(mm, &walk_ops);
}

static void *attach_names(struct mm_struct *mm)
{
	return attach_whole(mm, &names_ops);
}

static struct attacher attachers[] = {
	ATTACHER("bench_walk", walk, whole),
	ATTACHER("bench_names", names, whole),
};

static int __init mmn_walker_init(void)
{
	return bench_register(attachers, ARRAY_SIZE(attachers));
}
module_init(mmn_walker_init);

static void __exit mmn_walker_exit(void)
{
	bench_unregister(attachers, ARRAY_SIZE(attachers));
}
module_exit(mmn_walker_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Notifiers that walk the stack, for the benchmark");
MODULE_LICENSE("GPL");
