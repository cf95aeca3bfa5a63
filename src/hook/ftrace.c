// SPDX-License-Identifier: GPL-2.0-only
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

#if MMN_HAVE_FTRACE

static void notrace mmn_hook_ftrace_start(unsigned long ip,
					  unsigned long parent_ip,
					  struct ftrace_ops *ops,
					  struct ftrace_regs *fregs)
{
	const struct pt_regs *regs = mmn_ftrace_regs(fregs);

	mmn_hook_start((void *)mmn_ftrace_arg0(fregs), parent_ip,
		       mmn_entry_sp(regs), mmn_entry_bp(regs));
}

static void notrace mmn_hook_ftrace_end(unsigned long ip,
					unsigned long parent_ip,
					struct ftrace_ops *ops,
					struct ftrace_regs *fregs)
{
	const struct pt_regs *regs = mmn_ftrace_regs(fregs);

	mmn_hook_end((void *)mmn_ftrace_arg0(fregs), parent_ip,
		     mmn_entry_sp(regs), mmn_entry_bp(regs));
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

#define TARGET(symbol, fn) \
	{ .name = (symbol), .ops = { .func = (fn), .flags = MMN_FTRACE_FLAGS } }

/* In the order of attaching. End first: if the hook records a start, it must also see the end. */
static struct ftrace_target {
	const char *name;
	struct ftrace_ops ops;
} targets[] = {
	TARGET("__mmu_notifier_invalidate_range_end", mmn_hook_ftrace_end),
	TARGET("__mmu_notifier_release", mmn_hook_ftrace_release),
	TARGET("__mmu_notifier_register", mmn_hook_ftrace_register),
	TARGET("__mmu_notifier_invalidate_range_start", mmn_hook_ftrace_start),
};

/*
 * Do not use ftrace_free_filter(). Up to v6.12 it leaves a pointer to the freed filter in
 * the ops, and the next ftrace_set_filter() frees it again. v5.10 does not export it.
 * Resetting the filter of an unregistered ops frees it on all kernels.
 */
static void drop_filter(struct ftrace_ops *ops)
{
	ftrace_set_filter(ops, NULL, 0, 1);
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
static int ftrace_attach_one(struct ftrace_ops *ops, const char *name)
{
	unsigned long ip = address_of(name);
	int ret = ip ? ftrace_set_filter_ip(ops, ip, 0, 1) : -ENOENT;

	if (ret)
		return ret;
	ret = register_ftrace_function(ops);
	if (ret)
		drop_filter(ops);
	return ret;
}

static int ftrace_detach_one(struct ftrace_ops *ops)
{
	int ret = unregister_ftrace_function(ops);

	if (!ret)
		drop_filter(ops);
	return ret;
}

/* The ops are in module memory, so unregistering waits until no task runs in them. */
static int ftrace_detach_first(unsigned int nr)
{
	int ret;

	while (nr--) {
		ret = ftrace_detach_one(&targets[nr].ops);
		if (ret)
			return ret;
	}
	return 0;
}

static int ftrace_attach(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		ret = ftrace_attach_one(&targets[i].ops, targets[i].name);
		if (ret) {
			ftrace_detach_first(i);
			return ret;
		}
	}
	return 0;
}

static int ftrace_detach(void)
{
	return ftrace_detach_first(ARRAY_SIZE(targets));
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
