// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ftrace: hook backend that uses ftrace. Each function has an ftrace_ops of its own, so it gets its
 * own trampoline and ftrace needs no lookup at run time. The callbacks
 * do not change registers and do not set IPMODIFY, so livepatch and other tracers can
 * share the functions.
 *
 * The callbacks call nothing that could invalidate, so they need no recursion protection.
 * With PERMANENT the kernel refuses kernel.ftrace_enabled=0 while they are registered.
 */
#include <linux/errno.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mmu_notifier.h>

#include <mmnotify/mmnotify_types.h>

#include "backends.h"
#include "compat/compat.h"
#include "entry.h"
#include "hook.h"
#include "targets.h"

#if MMN_HAVE_FTRACE

static void notrace mmn_hook_ftrace_start(unsigned long ip,
					  unsigned long parent_ip,
					  struct ftrace_ops *ops,
					  struct ftrace_regs *fregs)
{
	mmn_hook_start((void *)mmn_ftrace_arg0(fregs), parent_ip,
		       mmn_ftrace_sp(fregs), mmn_ftrace_bp(fregs));
}

static void notrace mmn_hook_ftrace_end(unsigned long ip,
					unsigned long parent_ip,
					struct ftrace_ops *ops,
					struct ftrace_regs *fregs)
{
	mmn_hook_end((void *)mmn_ftrace_arg0(fregs), parent_ip,
		     mmn_ftrace_sp(fregs), mmn_ftrace_bp(fregs));
}

static void notrace mmn_hook_ftrace_register(unsigned long ip, unsigned long parent_ip,
					     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	mmn_hook_register((void *)mmn_ftrace_arg0(fregs), (void *)mmn_ftrace_arg1(fregs));
}

static void notrace mmn_hook_ftrace_release(unsigned long ip, unsigned long parent_ip,
					    struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	mmn_hook_release((void *)mmn_ftrace_arg0(fregs));
}

#define OPS(fn)	{ .func = (fn), .flags = MMN_FTRACE_FLAGS }

static struct ftrace_ops ops[MMN_NR_TARGETS] = {
	[MMN_TARGET_END] = OPS(mmn_hook_ftrace_end),
	[MMN_TARGET_RELEASE] = OPS(mmn_hook_ftrace_release),
	[MMN_TARGET_REGISTER] = OPS(mmn_hook_ftrace_register),
	[MMN_TARGET_START] = OPS(mmn_hook_ftrace_start),
};

/*
 * Do not use ftrace_free_filter(). Up to v6.12 it leaves a pointer to the freed filter in
 * the ops, and the next ftrace_set_filter() frees it again. v5.10 does not export it.
 * Resetting the filter of an unregistered ops frees it on all kernels.
 */
static void drop_filter(enum mmn_target target)
{
	ftrace_set_filter(&ops[target], NULL, 0, 1);
}

/* Return: address that ftrace patches in the function; 0 on failure. Arms no probe. */
static unsigned long address_of(const char *name)
{
	struct kprobe kp = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long ip;

	if (register_kprobe(&kp))
		return 0;
	ip = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return ip;
}

/*
 * Set the filter by address, not by name. Without memory ftrace_set_filter() leaves the
 * filter empty and returns 0 (5.10 to 7.3, kernel/trace/ftrace.c:match_records()). An
 * empty filter matches every function of the kernel.
 */
static int ftrace_attach_one(enum mmn_target target, const char *name)
{
	unsigned long ip = address_of(name);
	int ret = ip ? ftrace_set_filter_ip(&ops[target], ip, 0, 1) : -ENOENT;

	if (ret)
		return ret;
	ret = register_ftrace_function(&ops[target]);
	if (ret)
		drop_filter(target);
	return ret;
}

/* The ops are in module memory, so unregistering waits until no task runs in them. */
static int ftrace_detach_one(enum mmn_target target)
{
	int ret = unregister_ftrace_function(&ops[target]);

	if (!ret)
		drop_filter(target);
	return ret;
}

static struct mmn_targets targets = {
	.attach = ftrace_attach_one,
	.detach = ftrace_detach_one,
};

static int ftrace_attach(void)
{
	return mmn_targets_attach(&targets);
}

static int ftrace_detach(void)
{
	return mmn_targets_detach(&targets);
}

/*
 * After ftrace_kill() the trampolines still call the callbacks and cannot be removed any
 * more. The functions of ftrace return -ENODEV then. Resetting the filter of an unused
 * ops detects it and has no other effect.
 */
static bool is_stuck(void)
{
	static struct ftrace_ops idle_ops;

	return ftrace_set_filter(&idle_ops, NULL, 0, 1) == -ENODEV;
}

const struct mmn_hook_backend mmn_hook_ftrace = {
	.name = "ftrace",
	.caps = MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_FTRACE,
	.attach = ftrace_attach,
	.detach = ftrace_detach,
	.is_stuck = is_stuck,
};
#endif /* MMN_HAVE_FTRACE */
