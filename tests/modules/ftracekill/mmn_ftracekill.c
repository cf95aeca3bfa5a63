// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmn_ftracekill: gives ftrace up for good, as the kernel does when it finds that
 * kernel text is not what ftrace left there. Only a reboot brings it back.
 */
#include <linux/kprobes.h>
#include <linux/module.h>

/* ftrace_kill() is not exported; a probe tells where a function is. */
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
MODULE_DESCRIPTION("Gives ftrace up, for tests");
MODULE_LICENSE("GPL");
