// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * vendor_engine: a module in a subfolder of the driver.
 */
#include <linux/module.h>

#include <mmnotify/mmnotify.h>

static u32 caps;
module_param(caps, uint, 0444);
MODULE_PARM_DESC(caps, "what mmnotify_caps() returned");

static int __init engine_init(void)
{
	caps = mmnotify_caps();
	return 0;
}
module_init(engine_init);

static void __exit engine_exit(void)
{
}
module_exit(engine_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A driver of several modules: one in a subfolder");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
