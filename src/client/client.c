// SPDX-License-Identifier: GPL-2.0-only
/*
 * client: the drivers that use us, what they hold and what they were told.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/limits.h>
#include <linux/list.h>
#include <linux/minmax.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
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
#include "hook/hook.h"
#include "ops.h"
#include "stats.h"

/* Somebody needs to know how long callbacks take. */
DEFINE_STATIC_KEY_FALSE(mmn_client_timing);

/* What the first version of the structure has; what is behind may be missing. */
#define MMN_CLIENT_SIZE_V1	offsetofend(struct mmnotify_client, rsvd)

static DEFINE_MUTEX(clients_lock);
static LIST_HEAD(clients);

/*
 * Callbacks in flight, kept only with debug=1; under delivery_lock. Raw, because some
 * may not sleep, and with PREEMPT_RT other locks do.
 */
DEFINE_STATIC_KEY_FALSE(mmn_client_debugging);
static DEFINE_RAW_SPINLOCK(delivery_lock);
static LIST_HEAD(deliveries);

/**
 * mmn_client_hold() - keep a client registered
 * @client: the driver's structure, or NULL
 *
 * Context: Any but interrupts.
 * Return: mmnotify's side of @client, for mmn_client_release(); NULL if @client is not
 * registered.
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

/* The last access to @c, which mmnotify_unregister() may free from now on. */
void mmn_client_release(struct mmn_client *c)
{
	atomic_dec(&c->users);
}

/**
 * mmn_client_get() - a client is about to have one more object
 * @client: the driver's structure, or NULL
 * @object: which kind
 *
 * Races with mmnotify_unregister(): either that returns -EBUSY, or this returns NULL.
 *
 * Context: Any but interrupts.
 * Return: mmnotify's side of @client, for mmn_client_put(); NULL if @client is not
 * registered.
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
 * mmn_client_put() - an object of a client is gone
 * @c: from mmn_client_get()
 * @object: which kind
 *
 * The last access to @c, which mmnotify_unregister() may free from now on.
 *
 * Context: Any.
 */
void mmn_client_put(struct mmn_client *c, enum mmn_object object)
{
	atomic_dec(&c->objects[object]);
	mmn_client_release(c);
}

/* An object is about to leave without its caller waiting for it. */
void mmn_client_leaves(struct mmn_client *c)
{
	atomic_inc(&c->leaving);
}

/*
 * The object of mmn_client_leaves() does not leave after all. A removal may be refused
 * where PREEMPT_RT allows no wake-up; mmn_client_synchronize() looks again by itself.
 */
void mmn_client_stays(struct mmn_client *c)
{
	atomic_dec(&c->leaving);
}

/*
 * The object has left: its memory is the driver's again. A task that synchronizes must
 * find no user any more, so the count of users goes first; @c lives on until then.
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
 * mmn_client_synchronize() - wait until all asynchronous removals and last puts are
 *	finished
 * @c: the client
 *
 * Context: Process, sleeps.
 */
void mmn_client_synchronize(struct mmn_client *c)
{
	while (!wait_var_event_timeout(&c->leaving, !atomic_read(&c->leaving), HZ / 10))
		;
}

/* Somebody needs to know more. For mmn_client_enter(). */
void mmn_client_enter_slow(struct mmnotify_client *client, struct mmn_delivery *d)
{
	d->task = NULL;
	d->since = 0;
	if (static_branch_unlikely(&mmn_client_timing)) {
		d->client = client;
		d->since = local_clock();
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
}

/* For mmn_client_leave(). */
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
 * mmn_client_in_callback() - with debug=1: does this task run a callback?
 * @what: what it must not do there; logged once
 * @caller: return address into the driver, for the log
 *
 * Context: Any.
 * Return: true if so; always false without debug=1.
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

/* Context: Process. Callbacks in flight are not seen until they end. */
void mmn_client_set_debug(bool on)
{
	if (on)
		static_branch_enable(&mmn_client_debugging);
	else
		static_branch_disable(&mmn_client_debugging);
}

/* Context: Process. Callbacks in flight are not timed. */
void mmn_client_set_timing(bool on)
{
	if (on)
		static_branch_enable(&mmn_client_timing);
	else
		static_branch_disable(&mmn_client_timing);
}

static void free_client(struct mmn_client *c)
{
	if (c->removals)
		destroy_workqueue(c->removals);
	mmn_ops_free(&c->ops);
	free_percpu(c->counts);
	kfree(c->module);
	kfree(c->name);
	/* Another task may be in mmn_client_get(). */
	kfree_rcu(c, rcu);
}

/*
 * What the pages in debugfs show is copied: a driver's module may go without having
 * unregistered its client.
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
	/* A queue per client: a removed() that hangs holds up no other driver. */
	c->removals = alloc_workqueue("mmn-%.16s", WQ_UNBOUND, 0, public->name);
	if (c->name && c->module && c->counts && c->removals)
		return c;
	free_client(c);
	return NULL;
}

/* Return: 0; -EINVAL if @client cannot be registered. @copy is what mmnotify knows. */
static int check_client(const struct mmnotify_client *client, size_t size,
			struct mmnotify_client *copy)
{
	if (!client) {
		pr_warn_ratelimited("mmnotify_register(): no client\n");
		return -EINVAL;
	}
	if (size < MMN_CLIENT_SIZE_V1) {
		pr_warn_ratelimited("mmnotify_register(): a client of %zu bytes, at least %zu are needed: rebuild the driver (caller %ps)\n",
				    size, MMN_CLIENT_SIZE_V1,
				    __builtin_return_address(0));
		return -EINVAL;
	}
	memset(copy, 0, sizeof(*copy));
	memcpy(copy, client, min(size, sizeof(*copy)));
	if (!copy->name || !copy->owner) {
		pr_warn_ratelimited("mmnotify_register(): the client needs a name and an owner (caller %ps)\n",
				    __builtin_return_address(0));
		return -EINVAL;
	}
	if (memchr_inv(copy->rsvd, 0, sizeof(copy->rsvd)) ||
	    (size > sizeof(*copy) &&
	     memchr_inv((const void *)client + sizeof(*copy), 0, size - sizeof(*copy)))) {
		pr_warn_ratelimited("client %s was built for a newer mmnotify (%zu bytes, %zu known): update mmnotify\n",
				    copy->name, size, sizeof(*copy));
		return -E2BIG;
	}
	return 0;
}

/* Return: 0, and @client is in the list; or an errno, and @c is still the caller's. */
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
		WRITE_ONCE(client->priv, c);
		list_add_tail(&c->list, &clients);
	}
	mutex_unlock(&clients_lock);
	return ret;
}

/**
 * mmnotify_register_v1() - a driver begins to use mmnotify
 * @client: static, zeroed but for its name and owner; see mmnotify_register()
 * @size: sizeof(struct mmnotify_client) as the driver knows it, bytes
 *
 * mmnotify stays loaded until mmnotify_unregister(). The hook is attached for a client
 * only where mmnotify_caps() lacks MMNOTIFY_CAP_NO_HOOK_NEEDED.
 *
 * Context: Process, may sleep; not under mmap_lock.
 * Return: 0; -EINVAL for a size that is too small, no name or no owner; -E2BIG if
 * the client uses members that this mmnotify does not know; -EBUSY if the client is
 * registered already; -ENOMEM; -ENODEV if mmnotify is being unloaded.
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

/* No object of @c may be made any more. Return: -EBUSY if @c has objects; nothing changed. */
static int client_retire(struct mmn_client *c)
{
	lockdep_assert_held(&clients_lock);
	if (atomic_cmpxchg(&c->users, 0, INT_MIN))
		return -EBUSY;
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
 * mmnotify_unregister_v1() - a driver is done
 * @client: a registered client; see mmnotify_unregister()
 *
 * Remove every range, put every mm and call mmnotify_synchronize() before.
 *
 * Context: Process, may sleep; not under mmap_lock or a lock that removed() takes, not in
 * a callback.
 * Return: 0; -EINVAL if @client is not registered; -EBUSY if objects of @client
 * exist, or an insertion runs, and then @client stays registered.
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
		pr_err_ratelimited("client %s unregisters with live objects: remove its ranges, put its mms and call mmnotify_synchronize() first\n",
				   c->name);
	mutex_unlock(&clients_lock);
	if (!ret)
		client_discard(c);
	return ret;
}
MMN_EXPORT(mmnotify_unregister_v1);

/**
 * mmn_client_of_module() - a client whose module goes
 * @mod: the module; its exit function has returned
 *
 * Context: Process, may sleep; no code of @mod runs but callbacks and removed().
 * Return: a client of @mod that is registered, or NULL.
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
 * mmn_client_drop() - unregister a client whose module goes
 * @c: from mmn_client_of_module(), without objects
 *
 * Context: Process, may sleep.
 */
void mmn_client_drop(struct mmn_client *c)
{
	int ret;

	mutex_lock(&clients_lock);
	ret = client_retire(c);
	if (ret) {
		/* An object that mmnotify could not take out: the debugfs files stay readable. */
		c->owner = NULL;
		pr_err("client %s of module %s cannot be dropped: mmnotify stays loaded\n",
		       c->name, c->module);
	}
	mutex_unlock(&clients_lock);
	if (!ret)
		client_discard(c);
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

/* A tier 1 client has no objects, and mmnotify does not see its callbacks. */
static void show_one(struct seq_file *m, const struct mmn_client *c)
{
	struct mmn_client_counts sum = client_fold_counts(c);

	seq_printf(m, "%s %s ", c->name, c->module);
	if (!c->had_objects) {
		seq_puts(m, "- - - - -\n");
		return;
	}
	seq_printf(m, "%d %d %llu %llu %llu\n",
		   atomic_read(&c->objects[MMN_OBJECT_RANGE]),
		   atomic_read(&c->objects[MMN_OBJECT_MM]),
		   sum.delivered, sum.timed, sum.ns);
}

/* The registered clients, for debugfs. */
void mmn_client_show(struct seq_file *m)
{
	struct mmn_client *c;

	seq_puts(m, "# client module ranges mms delivered timed ns\n");
	mutex_lock(&clients_lock);
	list_for_each_entry(c, &clients, list)
		show_one(m, c);
	mutex_unlock(&clients_lock);
}
