/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_NODEMASK_H
#define SHIM_NODEMASK_H

enum { N_MEMORY };

extern int shim_memory_nodes;

#define num_node_state(state)	((void)(state), shim_memory_nodes)

#endif /* SHIM_NODEMASK_H */
