// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_plant: a module that announces invalidations by itself, through pointers. Each write to the
 * parameter announce does so once, for the process that writes. The module does not use mmnotify.
 */
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/sched.h>

/*
 * The others of this folder have a direct call of a function that the kernel does not export. It
 * is weak, so that it links; tests/hooks/define.c gives it an address before the load.
 */
#ifdef PLANTED
int planted_call(void *range) __asm__(PLANTED) __weak;
#endif

static int (*start)(void *range);
static void (*end)(void *range, bool only_end);

static const struct mmu_notifier_ops ops = { };
static struct mmu_notifier notifier = { .ops = &ops };

static noinline int planted(struct mmu_notifier_range *range)
{
#ifdef PLANTED
	int ret = planted_call(range);
#else
	int ret = start(range);
#endif
	/* No tail call: the frame stays on the stack. */
	barrier();
	return ret;
}

static int announce(const char *val, const struct kernel_param *kp)
{
	struct mmu_notifier_range range = {
		.mm = current->mm,
		.start = PAGE_SIZE,
		.end = 2 * PAGE_SIZE,
		.flags = MMU_NOTIFIER_RANGE_BLOCKABLE,
		.event = MMU_NOTIFY_CLEAR,
	};
	int ret = mmu_notifier_register(&notifier, current->mm);

	if (ret)
		return ret;
	ret = planted(&range);
	end(&range, false);
	mmu_notifier_unregister(&notifier, current->mm);
	return ret;
}

static const struct kernel_param_ops announce_ops = {
	.set = announce,
};

module_param_cb(announce, &announce_ops, NULL, 0200);
MODULE_PARM_DESC(announce, "written: announce an invalidation for the process that writes");

/* kallsyms_lookup_name() is not exported, so a kprobe resolves the address. */
static void *find(const char *symbol)
{
	struct kprobe kp = { .symbol_name = symbol };

	if (register_kprobe(&kp))
		return NULL;
	unregister_kprobe(&kp);
	return kp.addr;
}

static int __init mmn_plant_init(void)
{
	start = find("__mmu_notifier_invalidate_range_start");
	end = find("__mmu_notifier_invalidate_range_end");
	return start && end ? 0 : -ENOENT;
}
module_init(mmn_plant_init);

static void __exit mmn_plant_exit(void)
{
}
module_exit(mmn_plant_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: a call site in a module");
MODULE_LICENSE("GPL");
