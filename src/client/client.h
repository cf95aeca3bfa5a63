/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_CLIENT_H
#define MMN_CLIENT_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include <mmnotify/mmnotify.h>

#include "stats.h"

struct module;
struct seq_file;
struct task_struct;
struct workqueue_struct;

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
 * struct mmn_client - mmnotify's side of a registered client
 * @list: in clients, under clients_lock
 * @rcu: frees it after mmn_client_get() of other tasks
 * @public: the driver's structure; gone once the driver's module is
 * @owner: the driver's module, for comparison only
 * @name: copy of the client's name
 * @module: copy of the module's name
 * @users: objects that live or have not been freed; negative once unregistered
 * @objects: the same by kind
 * @leaving: objects whose removal or last put did not wait, and is not finished
 * @had_objects: the client is not tier 1 only
 * @removals: runs the asynchronous removals of this client, and of no other
 * @ops: copies of ops that are shorter than mmnotify's, see ops.c
 * @ops_lock: held while @ops is searched or grows
 * @counts: callbacks delivered, per CPU
 */
struct mmn_client {
	struct list_head list;
	struct rcu_head rcu;
	struct mmnotify_client *public;
	const struct module *owner;
	const char *name;
	const char *module;
	atomic_t users;
	atomic_t objects[MMN_NR_OBJECTS];
	atomic_t leaving;
	bool had_objects;
	struct workqueue_struct *removals;
	struct list_head ops;
	struct mutex ops_lock;	/* guards @ops */
	struct mmn_client_counts __percpu *counts;
};

DECLARE_STATIC_KEY_FALSE(mmn_client_timing);
DECLARE_STATIC_KEY_FALSE(mmn_client_debugging);

static inline struct mmn_client *mmn_client_of(const struct mmnotify_client *client)
{
	return client->priv;
}

void mmn_client_enter_slow(struct mmnotify_client *client, struct mmn_delivery *d);
void mmn_client_leave_slow(struct mmn_delivery *d);

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
	mmn_client_enter_slow(client, d);
	return true;
}

static __always_inline void mmn_client_leave(struct mmn_delivery *d, bool watched)
{
	if (unlikely(watched))
		mmn_client_leave_slow(d);
}

struct mmn_client *mmn_client_hold(const struct mmnotify_client *client);
void mmn_client_release(struct mmn_client *c);
struct mmn_client *mmn_client_get(const struct mmnotify_client *client,
				  enum mmn_object object);
void mmn_client_put(struct mmn_client *c, enum mmn_object object);
void mmn_client_leaves(struct mmn_client *c);
void mmn_client_stays(struct mmn_client *c);
void mmn_client_left(struct mmn_client *c, enum mmn_object object);
void mmn_client_synchronize(struct mmn_client *c);
struct mmn_client *mmn_client_of_module(const struct module *mod);
void mmn_client_drop(struct mmn_client *c);
bool mmn_client_in_callback(const char *what, const void *caller);
void mmn_client_set_debug(bool on);
void mmn_client_set_timing(bool on);
void mmn_client_show(struct seq_file *m);

#endif /* MMN_CLIENT_H */
