// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_patch: a live patch of the function that mmnotify hooks, like a security fix
 * of a distribution. It counts its calls and then calls the old code, so that the
 * kernel behaves as before, but the return address of the old code is in this
 * module. A live patch can only be unloaded while it is disabled
 * (/sys/kernel/livepatch/mmn_patch/enabled).
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/kprobes.h>
#include <linux/livepatch.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

/* mmn_patch_fork.c has another one. */
#ifndef PATCHED
#define PATCHED	"__mmu_notifier_invalidate_range_start"
#endif

/* Start of the old code, behind the call of ftrace. */
static int (*old_code)(void *one, void *other);

static atomic_t calls = ATOMIC_INIT(0);

static int get_calls(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%d\n", atomic_read(&calls));
}

static const struct kernel_param_ops calls_ops = {
	.get = get_calls,
};

module_param_cb(calls, &calls_ops, NULL, 0444);
MODULE_PARM_DESC(calls, "number of calls of the patched function");

static int mmn_patch_start(void *one, void *other)
{
	int ret;

	atomic_inc(&calls);
	ret = old_code(one, other);
	/* No tail call: the frame stays on the stack. */
	barrier();
	return ret;
}

static struct klp_func funcs[] = {
	{
		.old_name = PATCHED,
		.new_func = mmn_patch_start,
	}, { }
};

static struct klp_object objects[] = {
	{
		.funcs = funcs,
	}, { }
};

static struct klp_patch patch = {
	.mod = THIS_MODULE,
	.objs = objects,
};

/* kallsyms_lookup_name() is not exported, so a kprobe resolves the address. */
static int find_old_code(void)
{
	static const u8 endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	struct kprobe kp = { .symbol_name = funcs[0].old_name };
	int ret = register_kprobe(&kp);
	u8 *entry = (u8 *)kp.addr;

	if (ret)
		return ret;
	unregister_kprobe(&kp);
	if (!memcmp(entry, endbr64, sizeof(endbr64)))
		entry += sizeof(endbr64);
	old_code = (void *)(entry + MCOUNT_INSN_SIZE);
	return 0;
}

static int __init mmn_patch_init(void)
{
	int ret = find_old_code();

	return ret ? ret : klp_enable_patch(&patch);
}
module_init(mmn_patch_init);

static void __exit mmn_patch_exit(void)
{
}
module_exit(mmn_patch_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: a live patch of the function that it hooks");
MODULE_LICENSE("GPL");
MODULE_INFO(livepatch, "Y");
