// SPDX-License-Identifier: GPL-2.0-only
/*
 * client: the drivers that use us, what they hold and what they were told.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/static_key.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/export.h"
#include "hook.h"
#include "stats.h"

/* Somebody wants to know how long callbacks take. */
DEFINE_STATIC_KEY_FALSE(mmn_client_timing);

static DEFINE_MUTEX(clients_lock);
static LIST_HEAD(clients);

/*
 * Callbacks in flight, kept only with debug=1; under delivery_lock. Raw, because some
 * may not sleep, and with PREEMPT_RT other locks do.
 */
DEFINE_STATIC_KEY_FALSE(mmn_client_debugging);
static DEFINE_RAW_SPINLOCK(delivery_lock);
static LIST_HEAD(deliveries);

/* Return: is this client one of ours, and alive? */
bool mmn_client_registered(const struct mmnotify_client *client)
{
	return client && client->priv;
}

/**
 * mmn_client_check_ops() - can we serve a driver with ops of this size?
 * @ops: the driver's ops
 * @size: their size when the driver was compiled, bytes
 * @known: the size that we know
 *
 * Context: Any.
 * Return: 0; -EINVAL if an ops lacks members that have always been there;
 * -E2BIG if it uses members that this mmnotify does not know.
 */
int mmn_client_check_ops(const void *ops, size_t size, size_t known)
{
	if (!ops || size < known) {
		pr_warn_once("a driver passed ops of %zu bytes, at least %zu are needed: rebuild it against this mmnotify\n",
			     size, known);
		return -EINVAL;
	}
	if (size > known && memchr_inv(ops + known, 0, size - known)) {
		pr_warn_once("a driver was built for a newer mmnotify (ops of %zu bytes, %zu known): update mmnotify\n",
			     size, known);
		return -E2BIG;
	}
	return 0;
}

void mmn_client_born(struct mmnotify_client *client, enum mmn_object object)
{
	atomic_inc(&mmn_client_of(client)->objects[object]);
}

void mmn_client_dead(struct mmnotify_client *client, enum mmn_object object)
{
	atomic_dec(&mmn_client_of(client)->objects[object]);
}

/* Somebody wants to know more. For mmn_client_enter(). */
void mmn_client_enter_watched(struct mmnotify_client *client, struct mmn_delivery *d)
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
void mmn_client_leave_watched(struct mmn_delivery *d)
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
 *
 * Context: Any.
 * Return: true if so; always false without debug=1.
 */
bool mmn_client_in_callback(const char *what)
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
			    what, __builtin_return_address(0));
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

static struct mmn_client *alloc_client(struct mmnotify_client *public)
{
	struct mmn_client *c = kzalloc(sizeof(*c), GFP_KERNEL);

	if (!c)
		return NULL;
	c->counts = alloc_percpu(struct mmn_client_counts);
	if (!c->counts) {
		kfree(c);
		return NULL;
	}
	c->public = public;
	return c;
}

static void free_client(struct mmn_client *c)
{
	free_percpu(c->counts);
	kfree(c);
}

static bool has_objects(const struct mmn_client *c)
{
	unsigned int i;

	for (i = 0; i < MMN_NR_OBJECTS; i++)
		if (atomic_read(&c->objects[i]))
			return true;
	return false;
}

/**
 * mmnotify_register_v1() - a driver begins to use mmnotify
 * @client: static, with name and owner set; see mmnotify_register()
 * @size: sizeof(struct mmnotify_client) as the driver knows it, bytes
 *
 * Where MMNOTIFY_CAP_NO_HOOK_NEEDED is missing, the first client attaches the
 * hook. mmnotify stays loaded until mmnotify_unregister().
 *
 * Context: Process, may sleep; not under mmap_lock.
 * Return: 0; -EINVAL for a bad size, no name or no owner; -EBUSY if it is
 * registered already; -ENOMEM; -ENODEV if mmnotify is being unloaded.
 */
int mmnotify_register_v1(struct mmnotify_client *client, size_t size)
{
	struct mmn_client *c;
	int ret = 0;

	if (!client || size != sizeof(*client) || !client->name ||
	    !client->owner) {
		pr_warn_once("mmnotify_register(): a client needs a name, an owner and %zu bytes\n",
			     sizeof(*client));
		return -EINVAL;
	}
	c = alloc_client(client);
	if (!c)
		return -ENOMEM;
	mutex_lock(&clients_lock);
	if (client->priv)
		ret = -EBUSY;
	else if (!try_module_get(THIS_MODULE))
		ret = -ENODEV;
	if (!ret) {
		client->priv = c;
		list_add_tail(&c->list, &clients);
	}
	mutex_unlock(&clients_lock);
	if (ret)
		free_client(c);
	else if (mmn_hook_for_clients)
		mmn_hook_get();
	return ret;
}
MMN_EXPORT(mmnotify_register_v1);

/**
 * mmnotify_unregister_v1() - a driver is done
 * @client: as registered; see mmnotify_unregister()
 *
 * Remove every range, put every mm and call mmnotify_synchronize() before.
 *
 * Context: Process, may sleep; not under mmap_lock, not in a callback.
 * Return: 0; -EINVAL if it is not registered; -EBUSY if it still has objects,
 * and then it stays registered.
 */
int mmnotify_unregister_v1(struct mmnotify_client *client)
{
	struct mmn_client *c;
	int ret = 0;

	mutex_lock(&clients_lock);
	c = client ? client->priv : NULL;
	if (!c)
		ret = -EINVAL;
	else if (has_objects(c))
		ret = -EBUSY;
	if (!ret) {
		list_del(&c->list);
		client->priv = NULL;
	}
	mutex_unlock(&clients_lock);
	if (ret == -EBUSY)
		pr_err("client %s unregisters with live objects: remove its ranges, put its mms and call mmnotify_synchronize() first\n",
		       client->name);
	if (ret)
		return ret;
	if (mmn_hook_for_clients)
		mmn_hook_put();
	free_client(c);
	module_put(THIS_MODULE);
	return 0;
}
MMN_EXPORT(mmnotify_unregister_v1);

static struct mmn_client_counts fold(const struct mmn_client *c)
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

static void show_one(struct seq_file *m, const struct mmn_client *c)
{
	struct mmn_client_counts sum = fold(c);

	seq_printf(m, "%s %s %d %d %llu %llu %llu\n", c->public->name,
		   module_name(c->public->owner),
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
