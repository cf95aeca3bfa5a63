// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * client: registration and its failures, each of which leaves nothing behind; the accounts of
 * objects and calls; callbacks that are listed or timed; clients that a module leaves.
 */
#include <stdlib.h>
#include <string.h>

#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait_bit.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify.h>

#include "client/client.h"
#include "client/ops.h"
#include "drivers/probes.h"
#include "hook/hook.h"
#include "log.h"
#include "tap.h"
#include "times.h"
#include "verdict/flight.h"

struct static_key_false mmn_probes_timing;

static struct mmn_flight flight;
static unsigned int flights;
static bool in_flight;

static unsigned long looked_at;

struct mmn_flight *mmn_flight_around(unsigned long at)
{
	looked_at = at;
	return in_flight ? &flight : NULL;
}

void mmn_flight_call(struct mmn_flight *f, unsigned int driver, unsigned long sp)
{
	f->driver = driver;
	f->callback_sp = sp;
}

struct mmn_flight *mmn_flight_called(unsigned long sp)
{
	return flight.driver && flight.callback_sp == sp ? &flight : NULL;
}

void mmn_flight_return(struct mmn_flight *f)
{
	f->driver = 0;
	flights++;
}

unsigned int mmn_times_driver(const char *symbol, const char *module)
{
	return 5;
}

struct task_struct shim_current;
int shim_mutexes_held, shim_locks_held, shim_rcu_held;
bool shim_unlocked, shim_lock_is_busy, mmn_hook_for_clients;

/* What was allocated or taken, and not given back; and the allocation that fails. */
static int held, hooks, references, ops, fails;
static bool unloading;
static unsigned int delivered, wakes, waits;
static u64 clock_ns;

static void *take(size_t size)
{
	if (fails && !--fails)
		return NULL;
	held++;
	return calloc(1, size);
}

static void give(void *p)
{
	held -= !!p;
	free(p);
}

void *kzalloc(size_t size, int flags)
{
	return take(size);
}

void kfree(void *p)
{
	give(p);
}

char *kstrdup(const char *s, int flags)
{
	size_t size = strlen(s) + 1;
	char *copy = take(size);

	return copy ? memcpy(copy, s, size) : NULL;
}

void *shim_alloc_percpu(unsigned long size)
{
	return take(size);
}

void free_percpu(void *p)
{
	give(p);
}

struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...)
{
	return take(1);
}

void destroy_workqueue(struct workqueue_struct *wq)
{
	shim_unlocked |= !wq || shim_mutexes_held;
	give(wq);
}

void mmn_ops_free(struct list_head *copies)
{
	ops += copies->next == copies;
}

void mmn_hook_get(void)
{
	shim_unlocked |= shim_mutexes_held;
	hooks++;
}

void mmn_hook_put(void)
{
	shim_unlocked |= shim_mutexes_held;
	hooks--;
}

bool try_module_get(struct module *mod)
{
	references += !unloading;
	return !unloading;
}

void module_put(struct module *mod)
{
	references--;
}

void mmn_stats_inc(enum mmn_stat stat)
{
	delivered += stat == MMN_STAT_DELIVERED;
}

u64 local_clock(void)
{
	return clock_ns;
}

void wake_up_var(void *var)
{
	shim_unlocked |= shim_rcu_held != 1;
	wakes++;
}

/* ---- registration ---- */

static struct module module = { .name = "driver" }, other_module;
static struct mmnotify_client client, second;

static void begin(void)
{
	client = (struct mmnotify_client){ .name = "first", .owner = &module };
	second = (struct mmnotify_client){ .name = "second", .owner = &other_module };
	held = 0;
	fails = 0;
	unloading = false;
	mmn_hook_for_clients = true;
	logged[0] = '\0';
	ops = 0;
	wakes = 0;
	waits = 0;
}

static int add(struct mmnotify_client *c)
{
	return mmnotify_register_v1(c, sizeof(*c));
}

static int drop(struct mmnotify_client *c)
{
	return mmnotify_unregister_v1(c);
}

/* Nothing of any client is left, and no lock is held. */
static bool is_clean(void)
{
	return !held && !hooks && !references && !shim_unlocked && !shim_mutexes_held &&
	       !shim_locks_held && !shim_rcu_held;
}

static void test_register(void)
{
	begin();
	ok(!add(&client) && client.priv && hooks == 1 && references == 1 && !logged[0] &&
	   mmn_client_of(&client)->ops_lock.ready,
	   "a client is registered, which attaches the hook and keeps the module");
	ok(add(&client) == -EBUSY && hooks == 1 && references == 1, "once");
	ok(!drop(&client) && !client.priv && ops == 2 && is_clean(), "and unregistered");
	ok(drop(&client) == -EINVAL && drop(NULL) == -EINVAL && is_clean(), "once, too");
	mmn_hook_for_clients = false;
	ok(!add(&client) && !hooks && !drop(&client) && is_clean(),
	   "the hook is not attached if no client needs it");
}

static void test_refused(void)
{
	int i, failed = 0;

	begin();
	for (i = 1; i <= 5; i++) {
		fails = i;
		failed += add(&client) == -ENOMEM && !client.priv && is_clean();
	}
	ok(failed == 5, "each allocation may fail, and nothing stays");
	fails = 0;
	unloading = true;
	ok(add(&client) == -ENODEV && !client.priv && is_clean(), "so may the module's reference");
	ok(!mmn_client_of_module(&module), "the client is not in the list");
}

static void test_check(void)
{
	struct {
		struct mmnotify_client client;
		unsigned long more;
	} newer = { };

	begin();
	ok(mmnotify_register_v1(NULL, sizeof(client)) == -EINVAL && strstr(logged, "is NULL"),
	   "no client");
	ok(mmnotify_register_v1(&client, sizeof(client) - 1) == -EINVAL &&
	   strstr(logged, "bytes, at least"), "a client that is too small");
	client.name = NULL;
	ok(add(&client) == -EINVAL && strstr(logged, "no name or no owner"), "one without a name");
	begin();
	client.owner = NULL;
	ok(add(&client) == -EINVAL && strstr(logged, "no name or no owner"), "or an owner");
	begin();
	client.rsvd[3] = 1;
	ok(add(&client) == -E2BIG && strstr(logged, "newer mmnotify"),
	   "a reserved word that is used");
	begin();
	newer.client = client;
	ok(!mmnotify_register_v1(&newer.client, sizeof(newer)) && !drop(&newer.client),
	   "a newer client whose other members are 0");
	newer.more = 1;
	ok(mmnotify_register_v1(&newer.client, sizeof(newer)) == -E2BIG &&
	   strstr(logged, "newer mmnotify"), "or not");
	newer.client.rsvd[0] = 0;
	ok(!mmnotify_register_v1(&newer.client, sizeof(client)) && !drop(&newer.client) &&
	   is_clean(), "what is behind the client does not count");
}

/* ---- objects and calls ---- */

static void test_objects(void)
{
	struct mmn_client *c;

	begin();
	ok(!mmn_client_get(NULL, MMN_OBJECT_RANGE) && !mmn_client_hold(&client) &&
	   !mmn_client_get(&client, MMN_OBJECT_RANGE), "no object without a registered client");
	add(&client);
	c = mmn_client_get(&client, MMN_OBJECT_RANGE);
	ok(c && c == client.priv && c->had_objects &&
	   atomic_read(&c->objects[MMN_OBJECT_RANGE]) == 1 &&
	   !atomic_read(&c->objects[MMN_OBJECT_MM]), "an object is counted");
	ok(drop(&client) == -EBUSY && client.priv && strstr(logged, "client first cannot be unreg"),
	   "and keeps its client registered");
	mmn_client_put(c, MMN_OBJECT_RANGE);
	ok(!atomic_read(&c->objects[MMN_OBJECT_RANGE]) && mmn_client_hold(&client) == c &&
	   drop(&client) == -EBUSY, "so does a call");
	mmn_client_release(c);
	atomic_dec(&c->users);
	ok(!mmn_client_hold(&client), "a client that is being unregistered takes no call");
	atomic_inc(&c->users);
	ok(!drop(&client) && is_clean(), "without any of them it goes");
}

static struct mmn_client *waiting;

void shim_wait_for(void *var)
{
	shim_unlocked |= var != &waiting->leaving;
	if (++waits == 2)
		mmn_client_stays(waiting);
}

static void test_leaving(void)
{
	struct mmn_client *c;

	begin();
	add(&client);
	c = mmn_client_get(&client, MMN_OBJECT_MM);
	mmn_client_get(&client, MMN_OBJECT_RANGE);
	mmn_client_leaves(c);
	mmn_client_leaves(c);
	mmn_client_left(c, MMN_OBJECT_MM);
	ok(!wakes && atomic_read(&c->leaving) == 1 && !atomic_read(&c->objects[MMN_OBJECT_MM]),
	   "of two removals the first one wakes nothing");
	mmn_client_left(c, MMN_OBJECT_RANGE);
	ok(wakes == 1 && !shim_rcu_held && !atomic_read(&c->users), "the last one does");
	mmn_client_leaves(c);
	waiting = c;
	mmn_client_synchronize(c);
	ok(waits == 2 && !atomic_read(&c->leaving),
	   "a removal that is refused is found by looking again");
	ok(!drop(&client) && is_clean(), "the client may go then");
}

/* ---- callbacks ---- */

static void test_plain_callback(void)
{
	struct mmn_delivery d;
	bool watched;

	begin();
	add(&client);
	delivered = 0;
	watched = mmn_client_enter(&client, &d);
	ok(!watched && delivered == 1 && mmn_client_of(&client)->counts->delivered == 1,
	   "a callback is counted");
	ok(!mmn_client_in_callback("wait()", NULL) && !logged[0], "but not listed");
	mmn_client_leave(&d, watched);
	ok(!mmn_client_of(&client)->counts->timed, "nor timed");
	drop(&client);
}

static void test_debug(void)
{
	struct mmn_delivery d, other;

	begin();
	add(&client);
	mmn_client_set_debug(true);
	memset(&d, 0xff, sizeof(d));
	ok(!mmn_client_in_callback("wait()", NULL) && !logged[0], "with debug=1, outside of callbacks");
	mmn_client_enter(&client, &d);
	mmn_client_enter(&client, &other);
	ok(mmn_client_in_callback("wait()", NULL) &&
	   strstr(logged, "wait() from inside a callback"), "a callback is found, and logged");
	mmn_client_leave(&other, true);
	ok(mmn_client_in_callback("wait()", NULL), "while it runs");
	d.task = (void *)1;
	ok(!mmn_client_in_callback("wait()", NULL), "if it is this task's");
	mmn_client_set_debug(false);
	mmn_client_leave(&d, true);
	mmn_client_set_debug(true);
	ok(!mmn_client_in_callback("wait()", NULL) && !mmn_client_of(&client)->counts->timed,
	   "it leaves the list if debug was switched off meanwhile");
	mmn_client_set_debug(false);
	ok(!mmn_client_in_callback("wait()", NULL), "without debug=1 none is found");
	drop(&client);
}

static void test_timing(void)
{
	struct mmn_delivery d;

	begin();
	add(&client);
	mmn_client_set_timing(true);
	clock_ns = 100;
	memset(&d, 0xff, sizeof(d));
	mmn_client_enter(&client, &d);
	clock_ns = 130;
	ok(!mmn_client_in_callback("wait()", NULL), "with watch=1 a callback is not listed");
	mmn_client_leave(&d, true);
	ok(mmn_client_of(&client)->counts->timed == 1 && mmn_client_of(&client)->counts->ns == 30,
	   "but timed");
	mmn_probes_timing.on = true;
	mmn_client_enter(&client, &d);
	mmn_client_leave(&d, true);
	ok(!flights, "a callback without an event in flight is no driver's");
	in_flight = true;
	mmn_client_enter(&client, &d);
	ok(flight.driver == 5, "with one it is the client's");
	mmn_client_leave(&d, true);
	ok(flights == 1 && !flight.driver && looked_at == (unsigned long)&d,
	   "and its time is counted");
	mmn_client_enter(&client, &d);
	flight.driver = 0;
	mmn_client_leave(&d, true);
	ok(flights == 1, "once");
	mmn_probes_timing.on = false;
	mmn_client_set_timing(false);
	ok(!mmn_client_enter(&client, &d), "until it is switched off");
	drop(&client);
	ok(is_clean(), "nothing is left");
}

/* ---- what a module leaves, and the page ---- */

static void test_module(void)
{
	struct mmn_client *c;

	begin();
	add(&client);
	add(&second);
	c = mmn_client_of_module(&module);
	ok(c == client.priv && mmn_client_of_module(&other_module) == second.priv,
	   "the client of a module is found");
	mmn_client_drop(c);
	ok(!client.priv && !mmn_client_of_module(&module) && references == 1, "and dropped");
	c = mmn_client_get(&second, MMN_OBJECT_MM);
	mmn_client_drop(c);
	ok(second.priv == c && !mmn_client_of_module(&other_module) && references == 1 &&
	   strstr(logged, "client second of module  still has objects"),
	   "one with an object stays, and is not found any more");
	mmn_client_put(c, MMN_OBJECT_MM);
	drop(&second);
	ok(is_clean(), "without it nothing is left");
}

static void test_show(void)
{
	static struct seq_file m;
	struct mmn_delivery d;

	begin();
	add(&client);
	add(&second);
	mmn_client_get(&second, MMN_OBJECT_MM);
	mmn_client_enter(&second, &d);
	mmn_client_of(&second)->counts->timed = 4;
	mmn_client_of(&second)->counts->ns = 5;
	mmn_client_show(&m);
	ok(!strcmp(m.text, "# client module ranges mms delivered timed ns\n"
			   "first driver - - - - -\nsecond  0 1 1 4 5\n") && !shim_mutexes_held,
	   "the page has each client, with figures if it had objects");
	mmn_client_put(second.priv, MMN_OBJECT_MM);
	drop(&client);
	drop(&second);
}

static char reported[200];

static void note_report(const struct mmn_client_state *s, bool added)
{
	size_t len = strlen(reported);

	shim_unlocked |= shim_mutexes_held != 1;
	snprintf(reported + len, sizeof(reported) - len, "%c%s %s %d.", added ? '+' : '-', s->name,
		 s->module, s->had_objects);
}

static void test_report(void)
{
	begin();
	add(&client);
	mmn_client_report_to(note_report);
	add(&second);
	add(&second);
	ok(!strcmp(reported, "+second  0."), "a client that comes is reported, once");
	mmn_client_get(&second, MMN_OBJECT_MM);
	drop(&second);
	ok(!strcmp(reported, "+second  0."), "not one that cannot go");
	mmn_client_put(second.priv, MMN_OBJECT_MM);
	drop(&second);
	mmn_client_drop(client.priv);
	ok(!strcmp(reported, "+second  0.-second  1.-first driver 0."), "each one that goes is");
	mmn_client_report_to(NULL);
	add(&client);
	drop(&client);
	ok(strlen(reported) == strlen("+second  0.-second  1.-first driver 0.") && is_clean(),
	   "until another function is set");
}

static void test_read(void)
{
	struct mmn_client_state s, t;
	struct mmn_delivery d;

	begin();
	ok(!mmn_client_read(0, &s), "without clients there is none to read");
	add(&client);
	add(&second);
	mmn_client_get(&second, MMN_OBJECT_RANGE);
	mmn_client_enter(&second, &d);
	mmn_client_of(&second)->counts->timed = 4;
	mmn_client_of(&second)->counts->ns = 5;
	ok(mmn_client_read(0, &s) && s.id && !strcmp(s.name, "first") &&
	   !strcmp(s.module, "driver") && !s.had_objects, "the first one");
	ok(mmn_client_read(s.id + 1, &t) && t.id > s.id && !strcmp(t.name, "second") &&
	   t.had_objects && t.objects[MMN_OBJECT_RANGE] == 1 && !t.objects[MMN_OBJECT_MM] &&
	   t.counts.delivered == 1 && t.counts.timed == 4 && t.counts.ns == 5,
	   "the next one, with its figures");
	ok(!mmn_client_read(t.id + 1, &s) && !shim_mutexes_held, "and no more");
	drop(&client);
	add(&client);
	ok(mmn_client_read(0, &s) && s.id == t.id && mmn_client_read(t.id + 1, &s) &&
	   s.id > t.id && !strcmp(s.name, "first"), "one that registers again has a new number");
	mmn_client_put(second.priv, MMN_OBJECT_RANGE);
	drop(&client);
	drop(&second);
}

/* Users of the time of callbacks, of which the module's parameters are one. */
static void test_timers(void)
{
	struct mmn_delivery d;

	begin();
	add(&client);
	mmn_client_time(true);
	mmn_client_set_timing(true);
	mmn_client_set_timing(true);
	mmn_client_time(false);
	ok(mmn_client_enter(&client, &d), "callbacks are timed while one of the users is there");
	mmn_client_leave(&d, true);
	mmn_client_set_timing(false);
	ok(!mmn_client_enter(&client, &d), "setting the parameter again adds no other one");
	mmn_client_set_timing(false);
	mmn_client_time(true);
	ok(mmn_client_enter(&client, &d), "nor does clearing it again take one away");
	mmn_client_leave(&d, true);
	mmn_client_time(false);
	drop(&client);
	ok(is_clean(), "nothing is left");
}

int main(void)
{
	test_register();
	test_refused();
	test_check();
	test_objects();
	test_leaving();
	test_plain_callback();
	test_debug();
	test_timing();
	test_module();
	test_show();
	test_report();
	test_read();
	test_timers();
	return tap_done();
}
