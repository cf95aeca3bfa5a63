/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_NOTIFIER_H
#define SHIM_NOTIFIER_H

#define NOTIFY_DONE	0
#define NOTIFY_OK	1

struct notifier_block {
	int (*notifier_call)(struct notifier_block *nb, unsigned long action, void *data);
	int priority;
};

#endif /* SHIM_NOTIFIER_H */
