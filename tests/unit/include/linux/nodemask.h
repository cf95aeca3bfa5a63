/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_NODEMASK_H
#define SHIM_NODEMASK_H

enum { N_MEMORY };

extern int shim_memory_nodes;

#define num_node_state(state)	((void)(state), shim_memory_nodes)

#endif /* SHIM_NODEMASK_H */
