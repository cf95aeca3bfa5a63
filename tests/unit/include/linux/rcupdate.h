/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_RCUPDATE_H
#define SHIM_RCUPDATE_H

static inline void rcu_read_lock(void)
{
}

static inline void rcu_read_unlock(void)
{
}

#endif /* SHIM_RCUPDATE_H */
