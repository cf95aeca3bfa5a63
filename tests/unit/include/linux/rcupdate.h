/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_RCUPDATE_H
#define SHIM_RCUPDATE_H

#include <linux/compiler.h>

struct rcu_head {
};

#define kfree_rcu(p, member)	kfree(p)

/* Sections that are entered, if the test has the number. */
extern int shim_rcu_held __weak;

static inline void rcu_read_lock(void)
{
	if (&shim_rcu_held)
		shim_rcu_held++;
}

static inline void rcu_read_unlock(void)
{
	if (&shim_rcu_held)
		shim_rcu_held--;
}

/* The test may let a reader go on meanwhile. */
void synchronize_rcu(void);

#endif /* SHIM_RCUPDATE_H */
