/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_CLIENT_H
#define MMN_CLIENT_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/percpu.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include <mmnotify/mmnotify.h>

#include "stats.h"

struct seq_file;
struct task_struct;

/* One running callback, on the stack of the task that runs it. */
struct mmn_delivery {
	struct list_head list;
	const struct task_struct *task; /* NULL: not in the list */
	const struct mmnotify_client *client;
	u64 since;		/* ns; 0: not timed */
};

enum mmn_object { MMN_OBJECT_RANGE, MMN_OBJECT_MM, MMN_NR_OBJECTS };

/* Callbacks run, and the time spent in those that were timed, ns. */
struct mmn_client_counts {
	u64 delivered;
	u64 timed;
	u64 ns;
};

/**
 * struct mmn_client - our side of a registered client
 * @list: in clients, under clients_lock
 * @public: the driver's structure
 * @objects: live objects by kind
 * @counts: what was delivered, per CPU
 */
struct mmn_client {
	struct list_head list;
	struct mmnotify_client *public;
	atomic_t objects[MMN_NR_OBJECTS];
	struct mmn_client_counts __percpu *counts;
};

DECLARE_STATIC_KEY_FALSE(mmn_client_timing);
DECLARE_STATIC_KEY_FALSE(mmn_client_debugging);

static inline struct mmn_client *mmn_client_of(const struct mmnotify_client *client)
{
	return client->priv;
}

void mmn_client_enter_watched(struct mmnotify_client *client, struct mmn_delivery *d);
void mmn_client_leave_watched(struct mmn_delivery *d);

/**
 * mmn_client_enter() - a callback is about to run
 * @client: whose
 * @d: for mmn_client_leave()
 *
 * Context: A notifier's callback.
 * Return: for mmn_client_leave(), too: is @d filled? One register tells.
 */
static __always_inline bool mmn_client_enter(struct mmnotify_client *client,
					     struct mmn_delivery *d)
{
	this_cpu_inc(mmn_client_of(client)->counts->delivered);
	mmn_stats_inc(MMN_STAT_DELIVERED);
	if (!static_branch_unlikely(&mmn_client_timing) &&
	    !static_branch_unlikely(&mmn_client_debugging))
		return false;
	mmn_client_enter_watched(client, d);
	return true;
}

static __always_inline void mmn_client_leave(struct mmn_delivery *d, bool watched)
{
	if (unlikely(watched))
		mmn_client_leave_watched(d);
}

bool mmn_client_registered(const struct mmnotify_client *client);
int mmn_client_check_ops(const void *ops, size_t size, size_t known);
void mmn_client_born(struct mmnotify_client *client, enum mmn_object object);
void mmn_client_dead(struct mmnotify_client *client, enum mmn_object object);
bool mmn_client_in_callback(const char *what);
void mmn_client_set_debug(bool on);
void mmn_client_set_timing(bool on);
void mmn_client_show(struct seq_file *m);

#endif /* MMN_CLIENT_H */
