// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * client: registration of drivers, the count of their objects, and the bookkeeping of
 * their callbacks.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/static_key.h>
#include <linux/string.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/export.h"
#include "drivers/probes.h"
#include "hook/hook.h"
#include "ops.h"
#include "stats.h"
#include "times.h"
#include "verdict/flight.h"

/* Counts those that want to know, as watch=1: measure how long callbacks take. */
DEFINE_STATIC_KEY_FALSE(mmn_client_timing);

/* Size of the structure in API v1. Members behind it may be missing in older drivers. */
#define MMN_CLIENT_SIZE_V1	offsetofend(struct mmnotify_client, rsvd)

static DEFINE_MUTEX(clients_lock);
static LIST_HEAD(clients);
static u32 last_id;
/* Called when a client comes or goes, under clients_lock; NULL if none is to be. */
static mmn_client_fn report;

/*
 * Callbacks in flight, listed with debug=1 only; delivery_lock guards the list. It is raw
 * because non-blockable callbacks take it, and other spinlocks sleep on PREEMPT_RT.
 */
DEFINE_STATIC_KEY_FALSE(mmn_client_debugging);
static DEFINE_RAW_SPINLOCK(delivery_lock);
static LIST_HEAD(deliveries);

/**
 * mmn_client_hold() - keep a client registered during a call
 * @client: the driver's structure, or NULL
 *
 * Context: Any but interrupts.
 * Return: mmnotify's side of @client, to be released by mmn_client_release(); NULL if
 * @client is not registered.
 */
struct mmn_client *mmn_client_hold(const struct mmnotify_client *client)
{
	struct mmn_client *c;

	if (!client)
		return NULL;
	rcu_read_lock();
	c = READ_ONCE(client->priv);
	if (c && !atomic_inc_unless_negative(&c->users))
		c = NULL;
	rcu_read_unlock();
	return c;
}

/* The last access to @c: from here on mmnotify_unregister() may free it. */
void mmn_client_release(struct mmn_client *c)
{
	atomic_dec(&c->users);
}

/**
 * mmn_client_get() - account for a new object of a client
 * @client: the driver's structure, or NULL
 * @object: kind of the object
 *
 * May race with mmnotify_unregister(): either that returns -EBUSY, or this returns NULL.
 *
 * Context: Any but interrupts.
 * Return: mmnotify's side of @client, to be released by mmn_client_put(); NULL if @client
 * is not registered.
 */
struct mmn_client *mmn_client_get(const struct mmnotify_client *client,
				  enum mmn_object object)
{
	struct mmn_client *c = mmn_client_hold(client);

	if (!c)
		return NULL;
	atomic_inc(&c->objects[object]);
	if (unlikely(!c->had_objects))
		c->had_objects = true;
	return c;
}

/**
 * mmn_client_put() - drop an object of a client from the accounts
 * @c: from mmn_client_get()
 * @object: kind of the object
 *
 * The last access to @c: from here on mmnotify_unregister() may free it.
 *
 * Context: Any.
 */
void mmn_client_put(struct mmn_client *c, enum mmn_object object)
{
	atomic_dec(&c->objects[object]);
	mmn_client_release(c);
}

/* An asynchronous removal or a last put begins; mmn_client_synchronize() waits for it. */
void mmn_client_leaves(struct mmn_client *c)
{
	atomic_inc(&c->leaving);
}

/*
 * Undo mmn_client_leaves(): the removal was refused. The caller may be in a context where
 * PREEMPT_RT allows no wake-up, so mmn_client_synchronize() polls as well.
 */
void mmn_client_stays(struct mmn_client *c)
{
	atomic_dec(&c->leaving);
}

/*
 * The removal or put is finished: the object's memory belongs to the driver again. Drop
 * the user before @leaving, so that an unregistration after mmn_client_synchronize() does
 * not find it. It may free @c at once; RCU keeps @c valid until the wake-up.
 */
void mmn_client_left(struct mmn_client *c, enum mmn_object object)
{
	rcu_read_lock();
	mmn_client_put(c, object);
	if (atomic_dec_and_test(&c->leaving))
		wake_up_var(&c->leaving);
	rcu_read_unlock();
}

/**
 * mmn_client_synchronize() - wait for asynchronous removals and last puts
 * @c: client to wait for
 *
 * Polls every 100 ms as well, because mmn_client_stays() does not wake it up.
 *
 * Context: Process, sleeps.
 */
void mmn_client_synchronize(struct mmn_client *c)
{
	while (!wait_var_event_timeout(&c->leaving, !atomic_read(&c->leaving), HZ / 10))
		;
}

/* The kernel calls mmnotify's callback. What it calls is the driver's. */
static struct mmn_flight *begin_flight(const struct mmnotify_client *client,
				       const struct mmn_delivery *d)
{
	struct mmn_flight *f = NULL;

	if (static_branch_unlikely(&mmn_probes_timing))
		f = mmn_flight_around((unsigned long)d);
	if (f)
		mmn_flight_call(f, mmn_client_of(client)->driver, (unsigned long)d);
	return f;
}

static void end_flight(const struct mmn_delivery *d)
{
	if (d->flight && d->flight == mmn_flight_called((unsigned long)d))
		mmn_flight_return(d->flight);
}

/* Slow path of mmn_client_enter(): callbacks are timed, or listed for debug=1. */
void mmn_client_enter_slow(struct mmnotify_client *client, struct mmn_delivery *d)
{
	d->task = NULL;
	d->since = 0;
	if (static_branch_unlikely(&mmn_client_timing)) {
		d->client = client;
		d->since = local_clock();
		d->flight = begin_flight(client, d);
	}
	if (!static_branch_unlikely(&mmn_client_debugging))
		return;
	d->task = current;
	raw_spin_lock(&delivery_lock);
	list_add(&d->list, &deliveries);
	raw_spin_unlock(&delivery_lock);
}

static void note_time(const struct mmn_delivery *d)
{
	u64 ns = local_clock() - d->since;
	struct mmn_client *c = mmn_client_of(d->client);

	this_cpu_inc(c->counts->timed);
	this_cpu_add(c->counts->ns, ns);
	end_flight(d);
}

/* Slow path of mmn_client_leave(). */
void mmn_client_leave_slow(struct mmn_delivery *d)
{
	if (d->since)
		note_time(d);
	if (!d->task)
		return;
	raw_spin_lock(&delivery_lock);
	list_del(&d->list);
	raw_spin_unlock(&delivery_lock);
}

/**
 * mmn_client_in_callback() - check whether this task runs a callback, with debug=1
 * @what: name of the call that must not be made in a callback, for the log
 * @caller: return address into the driver, for the log
 *
 * The first violation is logged.
 *
 * Context: Any.
 * Return: true if current runs a callback of any client; always false without debug=1.
 */
bool mmn_client_in_callback(const char *what, const void *caller)
{
	struct mmn_delivery *d;
	bool found = false;

	if (!static_branch_unlikely(&mmn_client_debugging))
		return false;
	raw_spin_lock(&delivery_lock);
	list_for_each_entry(d, &deliveries, list)
		found |= d->task == current;
	raw_spin_unlock(&delivery_lock);
	if (found)
		pr_err_once("%s from inside a callback would wait for itself: do it from a work item (caller %ps)\n",
			    what, caller);
	return found;
}

/* Callbacks that began before the switch are not listed. Context: Process. */
void mmn_client_set_debug(bool on)
{
	if (on)
		static_branch_enable(&mmn_client_debugging);
	else
		static_branch_disable(&mmn_client_debugging);
}

/**
 * mmn_client_time() - add or remove a user of the time of callbacks
 * @on: true to add one; callbacks that began before are not timed
 *
 * Context: Process, may sleep.
 */
void mmn_client_time(bool on)
{
	if (on)
		static_branch_inc(&mmn_client_timing);
	else
		static_branch_dec(&mmn_client_timing);
}

/**
 * mmn_client_set_timing() - switch the time of callbacks on or off, for the module's parameters
 * @on: true to time them
 *
 * Context: Process, may sleep, one at a time.
 */
void mmn_client_set_timing(bool on)
{
	static bool timing;

	if (on != timing)
		mmn_client_time(on);
	timing = on;
}

static void free_client(struct mmn_client *c)
{
	if (c->removals)
		destroy_workqueue(c->removals);
	mmn_ops_free(&c->ops);
	free_percpu(c->counts);
	kfree(c->module);
	kfree(c->name);
	/* A concurrent mmn_client_hold() may still read @c->users. */
	kfree_rcu(c, rcu);
}

/*
 * Copy the names for debugfs: the driver's module may be unloaded without unregistering
 * its client.
 */
static struct mmn_client *alloc_client(const struct mmnotify_client *public)
{
	struct mmn_client *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	INIT_LIST_HEAD(&c->ops);
	mutex_init(&c->ops_lock);
	c->owner = public->owner;
	c->name = kstrdup(public->name, GFP_KERNEL);
	c->module = kstrdup(module_name(public->owner), GFP_KERNEL);
	c->counts = alloc_percpu(struct mmn_client_counts);
	/* One queue per client, so a removed() that hangs does not delay other drivers. */
	c->removals = alloc_workqueue("mmn-%.16s", WQ_UNBOUND, 0, public->name);
	if (!c->name || !c->module || !c->counts || !c->removals) {
		free_client(c);
		return NULL;
	}
	c->driver = mmn_times_driver(c->name, c->module);
	return c;
}

/*
 * Validate @client and copy the members that this mmnotify supports to @copy.
 * Return: 0; -EINVAL if it is too small or lacks a name or an owner; -E2BIG if it uses
 * newer members.
 */
static int check_client(const struct mmnotify_client *client, size_t size,
			struct mmnotify_client *copy)
{
	if (!client) {
		pr_warn_ratelimited("mmnotify_register(): the client is NULL: pass a static struct mmnotify_client\n");
		return -EINVAL;
	}
	if (size < MMN_CLIENT_SIZE_V1) {
		pr_warn_ratelimited("mmnotify_register(): the client has %zu bytes, at least %zu are needed: rebuild the driver (caller %ps)\n",
				    size, MMN_CLIENT_SIZE_V1,
				    __builtin_return_address(0));
		return -EINVAL;
	}
	memset(copy, 0, sizeof(*copy));
	memcpy(copy, client, min(size, sizeof(*copy)));
	if (!copy->name || !copy->owner) {
		pr_warn_ratelimited("mmnotify_register(): the client has no name or no owner: set both (caller %ps)\n",
				    __builtin_return_address(0));
		return -EINVAL;
	}
	if (memchr_inv(copy->rsvd, 0, sizeof(copy->rsvd)) ||
	    (size > sizeof(*copy) &&
	     memchr_inv((const void *)client + sizeof(*copy), 0, size - sizeof(*copy)))) {
		pr_warn_ratelimited("client %s was built for a newer mmnotify (%zu bytes, %zu supported): update mmnotify\n",
				    copy->name, size, sizeof(*copy));
		return -E2BIG;
	}
	return 0;
}

static struct mmn_client_counts client_fold_counts(const struct mmn_client *c)
{
	struct mmn_client_counts sum = { };
	const struct mmn_client_counts *one;
	int cpu;

	for_each_possible_cpu(cpu) {
		one = per_cpu_ptr(c->counts, cpu);
		sum.delivered += READ_ONCE(one->delivered);
		sum.timed += READ_ONCE(one->timed);
		sum.ns += READ_ONCE(one->ns);
	}
	return sum;
}

static void client_read(const struct mmn_client *c, struct mmn_client_state *s)
{
	*s = (struct mmn_client_state){ .id = c->id, .had_objects = c->had_objects };
	strscpy(s->name, c->name, sizeof(s->name));
	strscpy(s->module, c->module, sizeof(s->module));
	if (!c->had_objects)
		return;
	s->objects[MMN_OBJECT_RANGE] = atomic_read(&c->objects[MMN_OBJECT_RANGE]);
	s->objects[MMN_OBJECT_MM] = atomic_read(&c->objects[MMN_OBJECT_MM]);
	s->counts = client_fold_counts(c);
}

static void report_client(const struct mmn_client *c, bool added)
{
	struct mmn_client_state s;

	lockdep_assert_held(&clients_lock);
	if (!report)
		return;
	client_read(c, &s);
	report(&s, added);
}

/**
 * mmn_client_report_to() - set the function that gets each client that comes or goes
 * @fn: called under clients_lock, may sleep, must not register; NULL to end it
 *
 * Context: Process, may sleep. @fn does not run any more when another one is set.
 */
void mmn_client_report_to(mmn_client_fn fn)
{
	mutex_lock(&clients_lock);
	report = fn;
	mutex_unlock(&clients_lock);
}

/*
 * Return: 0 if @client is in the list now; -EBUSY if it was already; -ENODEV if mmnotify
 * is being unloaded. With an error the caller still owns @c.
 */
static int add_client(struct mmnotify_client *client, struct mmn_client *c)
{
	int ret = 0;

	mutex_lock(&clients_lock);
	if (client->priv)
		ret = -EBUSY;
	else if (!try_module_get(THIS_MODULE))
		ret = -ENODEV;
	if (!ret) {
		c->public = client;
		c->id = ++last_id;
		WRITE_ONCE(client->priv, c);
		list_add_tail(&c->list, &clients);
		report_client(c, true);
	}
	mutex_unlock(&clients_lock);
	return ret;
}

/**
 * mmnotify_register_v1() - register a driver as a client of mmnotify
 * @client: static structure, zero except for name and owner; see mmnotify_register()
 * @size: sizeof(struct mmnotify_client) when the driver was compiled, bytes
 *
 * mmnotify cannot be unloaded until mmnotify_unregister(). The hook is attached for
 * clients only where mmnotify_caps() lacks MMNOTIFY_CAP_NO_HOOK_NEEDED.
 *
 * Context: Process, may sleep; not under mmap_lock.
 * Return: 0; -EINVAL if @client is NULL, its size is too small, or name or owner is
 * missing; -E2BIG if the client uses members that this mmnotify does not support; -EBUSY
 * if the client is registered already; -ENOMEM; -ENODEV if mmnotify is being unloaded.
 */
int mmnotify_register_v1(struct mmnotify_client *client, size_t size)
{
	struct mmnotify_client copy;
	struct mmn_client *c;
	int ret;

	ret = check_client(client, size, &copy);
	if (ret)
		return ret;
	c = alloc_client(&copy);
	if (!c)
		return -ENOMEM;
	ret = add_client(client, c);
	if (ret)
		free_client(c);
	else if (mmn_hook_for_clients)
		mmn_hook_get();
	return ret;
}
MMN_EXPORT(mmnotify_register_v1);

/*
 * From here on @c cannot get new objects.
 * Return: 0; -EBUSY, and nothing is changed, if @c has objects or a call is in progress.
 */
static int client_retire(struct mmn_client *c)
{
	lockdep_assert_held(&clients_lock);
	if (atomic_cmpxchg(&c->users, 0, INT_MIN))
		return -EBUSY;
	report_client(c, false);
	list_del(&c->list);
	WRITE_ONCE(c->public->priv, NULL);
	return 0;
}

static void client_discard(struct mmn_client *c)
{
	if (mmn_hook_for_clients)
		mmn_hook_put();
	free_client(c);
	module_put(THIS_MODULE);
}

/**
 * mmnotify_unregister_v1() - unregister a client
 * @client: a registered client; see mmnotify_unregister()
 *
 * First remove every range, put every mm object and call mmnotify_synchronize().
 *
 * Context: Process, may sleep; not under mmap_lock or a lock that removed() takes, not in
 * a callback.
 * Return: 0; -EINVAL if @client is not registered; -EBUSY if @client still has objects, or
 * an insertion or mmnotify_synchronize() is in progress: @client stays registered.
 */
int mmnotify_unregister_v1(struct mmnotify_client *client)
{
	struct mmn_client *c;
	int ret = -EINVAL;

	mutex_lock(&clients_lock);
	c = client ? client->priv : NULL;
	if (c)
		ret = client_retire(c);
	if (ret == -EBUSY)
		pr_err_ratelimited("client %s cannot be unregistered, it has objects: remove its ranges, put its mms and call mmnotify_synchronize() first\n",
				   c->name);
	mutex_unlock(&clients_lock);
	if (!ret)
		client_discard(c);
	return ret;
}
MMN_EXPORT(mmnotify_unregister_v1);

/**
 * mmn_client_of_module() - find a client that a module left registered
 * @mod: module that is being unloaded; its exit function has returned
 *
 * Context: Process, may sleep; of @mod only callbacks and removed() may still run.
 * Return: a registered client of @mod, or NULL.
 */
struct mmn_client *mmn_client_of_module(const struct module *mod)
{
	struct mmn_client *c, *found = NULL;

	mutex_lock(&clients_lock);
	list_for_each_entry(c, &clients, list)
		if (c->owner == mod)
			found = c;
	mutex_unlock(&clients_lock);
	return found;
}

/**
 * mmn_client_drop() - unregister a client that a module left registered
 * @c: from mmn_client_of_module(), after its objects were removed
 *
 * If an object could not be removed, @c stays registered but is no longer found by
 * mmn_client_of_module(), and mmnotify stays loaded.
 *
 * Context: Process, may sleep.
 */
void mmn_client_drop(struct mmn_client *c)
{
	int ret;

	mutex_lock(&clients_lock);
	ret = client_retire(c);
	if (ret) {
		/* @c stays in the list; debugfs shows the copies of its names. */
		c->owner = NULL;
		pr_err("client %s of module %s still has objects: mmnotify stays loaded, reboot to unload it\n",
		       c->name, c->module);
	}
	mutex_unlock(&clients_lock);
	if (!ret)
		client_discard(c);
}

/**
 * mmn_client_read() - read a client
 * @from: smallest number of its registration
 * @s: filled with the first client from there on
 *
 * Context: Process, may sleep.
 * Return: false if there is none.
 */
bool mmn_client_read(u32 from, struct mmn_client_state *s)
{
	struct mmn_client *c;
	bool found = false;

	mutex_lock(&clients_lock);
	list_for_each_entry(c, &clients, list) {
		if (c->id < from)
			continue;
		client_read(c, s);
		found = true;
		break;
	}
	mutex_unlock(&clients_lock);
	return found;
}

/* A tier 1 client has no objects, and its callbacks do not pass through mmnotify. */
static void show_one(struct seq_file *m, const struct mmn_client_state *s)
{
	seq_printf(m, "%s %s ", s->name, s->module);
	if (!s->had_objects) {
		seq_puts(m, "- - - - -\n");
		return;
	}
	seq_printf(m, "%d %d %llu %llu %llu\n", s->objects[MMN_OBJECT_RANGE],
		   s->objects[MMN_OBJECT_MM], s->counts.delivered, s->counts.timed, s->counts.ns);
}

/* Contents of debugfs mmnotify/clients. */
void mmn_client_show(struct seq_file *m)
{
	struct mmn_client_state s;
	u32 from;

	seq_puts(m, "# client module ranges mms delivered timed ns\n");
	for (from = 0; mmn_client_read(from, &s); from = s.id + 1)
		show_one(m, &s);
}
