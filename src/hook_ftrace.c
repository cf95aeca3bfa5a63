// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook_ftrace: two ops on two functions, so that each gets a trampoline of its
 * own and nothing has to be asked at run time. The callbacks change nothing:
 * no IPMODIFY, so livepatch and others may share the functions.
 *
 * The callbacks call nothing that could invalidate, so they need no recursion
 * protection. PERMANENT keeps kernel.ftrace_enabled=0 from silencing them.
 */
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/mmu_notifier.h>
#include <linux/string.h>

#include <mmnotify/mmnotify_types.h>

#include "compat/compat.h"
#include "hook.h"
#include "hook_backends.h"

/* Not const: ftrace parses a filter in place. */
static char start_name[] = "__mmu_notifier_invalidate_range_start";
static char end_name[] = "__mmu_notifier_invalidate_range_end";

static void notrace mmn_hook_ftrace_start(unsigned long ip,
					  unsigned long parent_ip,
					  struct ftrace_ops *ops,
					  struct ftrace_regs *fregs)
{
	mmn_hook_start((void *)mmn_ftrace_arg0(fregs), parent_ip);
}

static void notrace mmn_hook_ftrace_end(unsigned long ip,
					unsigned long parent_ip,
					struct ftrace_ops *ops,
					struct ftrace_regs *fregs)
{
	mmn_hook_end((void *)mmn_ftrace_arg0(fregs));
}

static struct ftrace_ops start_ops = {
	.func = mmn_hook_ftrace_start,
	.flags = MMN_FTRACE_FLAGS,
};

static struct ftrace_ops end_ops = {
	.func = mmn_hook_ftrace_end,
	.flags = MMN_FTRACE_FLAGS,
};

/*
 * Not ftrace_free_filter(): up to v6.12 it leaves the ops with a pointer to the
 * freed filter, and the next ftrace_set_filter() frees it again; v5.10 does not
 * export it. Resetting the filter of an idle ops frees it everywhere.
 */
static void drop_filter(struct ftrace_ops *ops)
{
	ftrace_set_filter(ops, NULL, 0, 1);
}

static int hook_one(struct ftrace_ops *ops, char *name)
{
	int ret = ftrace_set_filter(ops, name, strlen(name), 1);

	if (ret)
		return ret;
	ret = register_ftrace_function(ops);
	if (ret)
		drop_filter(ops);
	return ret;
}

static void unhook_one(struct ftrace_ops *ops)
{
	unregister_ftrace_function(ops);
	drop_filter(ops);
}

/* End first: a start that is seen must see its end. */
static int attach(void)
{
	int ret = hook_one(&end_ops, end_name);

	if (ret)
		return ret;
	ret = hook_one(&start_ops, start_name);
	if (ret)
		unhook_one(&end_ops);
	return ret;
}

/* Both ops live in a module: ftrace waits for all tasks to leave them. */
static void detach(void)
{
	unhook_one(&start_ops);
	unhook_one(&end_ops);
}

const struct mmn_hook_backend mmn_hook_ftrace = {
	.name = "ftrace",
	.caps = MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_FTRACE,
	.attach = attach,
	.detach = detach,
};
