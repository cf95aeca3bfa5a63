// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * vendor_base: a module that exports a symbol and does not use mmnotify.
 */
#include <linux/module.h>

#include "vendor_base.h"

unsigned int vendor_base_effects(void)
{
	return 1;
}
EXPORT_SYMBOL_GPL(vendor_base_effects);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A module that a driver of another package links against");
MODULE_LICENSE("GPL");
