/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_CLIENT_H
#define MMN_CLIENT_H

/**
 * DOC: Clients, ranges and mm objects
 *
 * This folder is the exported API. It stands between the kernel's notifier callback and
 * the driver's, and adds the verdict. A driver registers a client. Tier 1 drivers keep
 * their native notifier and call mmnotify_classify() in it (native.c). Tier 2 drivers
 * insert ranges (range.c, range_end.c, removal.c) or get mm objects (mm.c).
 *
 * Data flow: the native callback calls mmn_verdict_start(). If the owner or the effects
 * mask filters the event out, the callback returns. Otherwise it marks the client's own
 * events (self.c), notes that an end() is due, counts the delivery and calls the driver.
 *
 * Objects and their lifetimes:
 *  - struct mmn_client: from mmnotify_register() to mmnotify_unregister(), freed by RCU.
 *    @users counts its objects and calls in progress; it becomes negative at
 *    unregistration. Each client pins mmnotify. leftover.c drops the clients of a driver
 *    module that is unloaded without unregistering them.
 *  - struct mmnotify_range: embeds an interval notifier, in memory of the driver. Its word
 *    @life (mmnotify_life.h) selects the one removal that takes the native object out. The
 *    driver owns the memory again when mmnotify_range_remove() returns 0 or removed() is
 *    called. Until then the range holds one of @users.
 *  - struct mmnotify_mm: embeds a whole-mm notifier, allocated by the driver's alloc()
 *    under mmap_lock. There is one per (mm, client, ops), reference counted. free() follows
 *    the last put after a grace period of the kernel's SRCU.
 *  - struct ends (range_end.c): whole-mm notifier of an mm with ranges that have end(),
 *    counted by the kernel's get and put, freed by SRCU.
 *
 * Locks. None of them is held over a callback or a call of the native API, and none is
 * taken under another:
 *  - clients_lock (mutex): list of clients, registration state. Never held while the hook
 *    is attached or a workqueue destroyed.
 *  - mmn_client.ops_lock (mutex): copies of ops. Not held while a copy is allocated.
 *  - bucket locks of objects.c (raw, interrupts off): lists of ranges and mm objects, the
 *    queues of removals, reference counts of mm objects.
 *  - bucket locks of self.c (raw, interrupts off): open self sections.
 *  - delivery_lock (raw): callbacks that run, with debug=1 only.
 *  - ends.lock (spinlock): notes of the ends that are due, for one mm. Taken for
 *    blockable events only.
 * Locks that are taken in non-blockable callbacks or under a driver's spinlock are raw,
 * since PREEMPT_RT forbids sleeping there. mmap_lock is taken for write to create an mm
 * object (alloc() runs under it) and, by the native API, for the first notifier of an mm.
 *
 * Memory ordering:
 *  - @life changes by cmpxchg. The change from CLAIMED to INSERTING is a release: it
 *    publishes ops and client to mmnotify_range_remove_async(), which reads with acquire.
 *  - mmn_client_hold() increments @users unless negative, under rcu_read_lock().
 *    Unregistration changes it from 0 to INT_MIN by cmpxchg. So one of the two fails.
 *  - mmn_client_left() drops @users before @leaving, by a fully ordered decrement: after
 *    mmnotify_synchronize() the unregistration does not find the user.
 *  - The decrement of @undelivered is the last access to a range by the delivery of an
 *    end(): the removal that waits for it may free the range.
 * The sequence protocol of ranges is the kernel's own; no barrier is added to it.
 *
 * Context: callbacks run in the task that invalidates, under any mm locks, and some are
 * not blockable. They may classify, open and close self sections, put mm objects and call
 * mmnotify_range_remove_async(). Calls that register, insert, move or wait need process
 * context outside of callbacks. removed() runs on the client's workqueue and may sleep.
 * free() runs in an SRCU callback, or in mmnotify_mm_unregister(), and must not sleep.
 */

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include <mmnotify/mmnotify.h>

#include "stats.h"

struct mmn_flight;
struct module;
struct seq_file;
struct task_struct;
struct workqueue_struct;

/* One running callback; lives on the stack of the task that runs it. */
struct mmn_delivery {
	struct list_head list;
	const struct task_struct *task; /* NULL: not in the list */
	const struct mmnotify_client *client;
	u64 since;		/* ns; 0: not timed */
	struct mmn_flight *flight;	/* its event, if it is timed for observers; or NULL */
};

enum mmn_object { MMN_OBJECT_RANGE, MMN_OBJECT_MM, MMN_NR_OBJECTS };

/* Callbacks that ran, those that were timed, and the total time of the latter, ns. */
struct mmn_client_counts {
	u64 delivered;
	u64 timed;
	u64 ns;
};

#define MMN_CLIENT_NAME	64

/**
 * struct mmn_client_state - what readers see of a client
 * @id: number of its registration, which no other one has
 * @name: what the driver calls it, maybe cut
 * @module: name of the driver's module
 * @had_objects: false if it has had no objects: @objects and @counts are 0 then
 * @objects: number of objects of each kind
 * @counts: callbacks that ran and were timed
 */
struct mmn_client_state {
	u32 id;
	char name[MMN_CLIENT_NAME];
	char module[MMN_CLIENT_NAME];
	bool had_objects;
	int objects[MMN_NR_OBJECTS];
	struct mmn_client_counts counts;
};

typedef void (*mmn_client_fn)(const struct mmn_client_state *s, bool added);

/**
 * struct mmn_client - mmnotify's side of a registered client
 * @list: entry in clients, under clients_lock
 * @id: number of the registration, which no other one has
 * @rcu: delays kfree() until concurrent callers of mmn_client_hold() are done
 * @public: the driver's structure; not valid once the driver's module is unloaded
 * @owner: the driver's module, compared but never dereferenced
 * @name: copy of the client's name
 * @module: copy of the module's name
 * @driver: number by which its times are counted, from mmn_times_driver()
 * @users: objects that are not freed yet, and calls in progress; negative once
 *	unregistered
 * @objects: number of objects of each kind
 * @leaving: asynchronous removals and last puts that are not finished
 * @had_objects: true from the first object on; false for a client that only uses tier 1
 * @removals: workqueue for the asynchronous removals of this client only
 * @ops: copies of ops that are shorter than mmnotify's, see ops.c
 * @ops_lock: guards @ops
 * @counts: per-CPU counters of delivered callbacks
 */
struct mmn_client {
	struct list_head list;
	u32 id;
	struct rcu_head rcu;
	struct mmnotify_client *public;
	const struct module *owner;
	const char *name;
	const char *module;
	unsigned int driver;
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
 * mmn_client_enter() - count a callback that is about to run
 * @client: client that the callback belongs to
 * @d: filled if callbacks are timed or debug=1; passed to mmn_client_leave()
 *
 * Context: A notifier callback.
 * Return: true if @d is filled. The caller passes it on to mmn_client_leave(), so that @d
 * need not be initialised on the fast path.
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

/* Counterpart of mmn_client_enter(); @watched is the value that it returned. */
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
void mmn_client_time(bool on);
void mmn_client_set_timing(bool on);
bool mmn_client_read(u32 from, struct mmn_client_state *s);
void mmn_client_report_to(mmn_client_fn fn);
void mmn_client_show(struct seq_file *m);

#endif /* MMN_CLIENT_H */
