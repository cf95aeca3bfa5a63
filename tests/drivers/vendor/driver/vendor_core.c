// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * vendor_core: the module in the driver's top folder; it calls mmnotify and
 * vendor_base.
 */
#include <linux/module.h>

#include <mmnotify/mmnotify.h>

#include "../base/vendor_base.h"

static struct mmnotify_client core_client = {
	.name = "vendor_core",
	.owner = THIS_MODULE,
};

static int __init core_init(void)
{
	if (vendor_base_effects() != MMNOTIFY_FX_VMA_GONE)
		return -EINVAL;
	return mmnotify_register(&core_client);
}
module_init(core_init);

static void __exit core_exit(void)
{
	mmnotify_unregister(&core_client);
}
module_exit(core_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A driver of several modules: the one in its top folder");
MODULE_LICENSE("GPL");
MMNOTIFY_IMPORT_NS();
