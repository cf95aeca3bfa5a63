/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_LLIST_H
#define SHIM_LLIST_H

struct llist_node {
	struct llist_node *next;
};

#endif /* SHIM_LLIST_H */
