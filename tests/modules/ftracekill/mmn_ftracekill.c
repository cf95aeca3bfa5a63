// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_ftracekill: disables ftrace permanently, as the kernel does when kernel text
 * differs from what ftrace wrote. Only a reboot enables it again.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

/* ftrace_kill() is not exported, so a kprobe resolves its address. */
static int __init mmn_ftracekill_init(void)
{
	struct kprobe kp = { .symbol_name = "ftrace_kill" };
	void (*kill)(void);
	int ret = register_kprobe(&kp);

	if (ret)
		return ret;
	kill = (void *)kp.addr;
	unregister_kprobe(&kp);
	kill();
	return 0;
}
module_init(mmn_ftracekill_init);

static void __exit mmn_ftracekill_exit(void)
{
}
module_exit(mmn_ftracekill_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Disables ftrace permanently, for tests");
MODULE_LICENSE("GPL");
