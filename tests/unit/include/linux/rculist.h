/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_RCULIST_H
#define SHIM_RCULIST_H

#include <linux/list.h>
#include <linux/rcupdate.h>

#define list_add_rcu	list_add
#define list_del_rcu	list_del
#define list_for_each_entry_rcu	list_for_each_entry

#endif /* SHIM_RCULIST_H */
