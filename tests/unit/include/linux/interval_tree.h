/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_INTERVAL_TREE_H
#define SHIM_INTERVAL_TREE_H

struct interval_tree_node {
	unsigned long start;
	unsigned long last;
};

#endif /* SHIM_INTERVAL_TREE_H */
