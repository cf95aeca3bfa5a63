/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Stands in for the kernel's list of module notifiers: one entry, and the errno to return. */
#ifndef MODULE_LIST_H
#define MODULE_LIST_H

#include <stddef.h>

#include <linux/module.h>

static struct notifier_block *registered;
static int result;

int register_module_notifier(struct notifier_block *nb)
{
	if (!result)
		registered = nb;
	return result;
}

int unregister_module_notifier(struct notifier_block *nb)
{
	if (registered == nb)
		registered = NULL;
	return 0;
}

#endif /* MODULE_LIST_H */
