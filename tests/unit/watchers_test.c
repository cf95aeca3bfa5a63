// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * watchers: a socket counts once for each thing that it asked for, until it asks for the opposite
 * or is closed, and nothing stays on after the last one.
 */
#include <stdlib.h>

#include <linux/errno.h>
#include <linux/mutex.h>

#include <net/sock.h>

#include <mmnotify/mmnotify_netlink.h>

#include "client/client.h"
#include "hook/watch.h"
#include "messages.h"
#include "netlink/monitor.h"
#include "netlink/watchers.h"
#include "tap.h"

int shim_mutexes_held;
bool shim_unlocked;
struct net init_net;

static struct net other_net;
static struct notifier_block *notifier;
static int observers, timers, client_timers, monitors, allocated, no_watch, no_timing;
static bool no_memory, wrong;

int netlink_register_notifier(struct notifier_block *nb)
{
	notifier = nb;
	return 0;
}

int netlink_unregister_notifier(struct notifier_block *nb)
{
	wrong |= nb != notifier || shim_mutexes_held;
	notifier = NULL;
	return 0;
}

void *kzalloc(size_t size, int flags)
{
	allocated += !no_memory;
	return no_memory ? NULL : calloc(1, size);
}

void kfree(void *p)
{
	allocated--;
	free(p);
}

static int count(int *users, bool on, int error)
{
	wrong |= shim_mutexes_held != 1;
	if (on && error)
		return error;
	*users += on ? 1 : -1;
	return 0;
}

int mmn_watch_observe(bool on)
{
	return count(&observers, on, no_watch);
}

int mmn_watch_time(bool on)
{
	return count(&timers, on, no_timing);
}

void mmn_client_time(bool on)
{
	count(&client_timers, on, 0);
}

void mmn_monitor_start(void)
{
	count(&monitors, true, 0);
}

void mmn_monitor_stop(void)
{
	count(&monitors, false, 0);
}

enum { OFF, ON, ABSENT_HERE };

static const char *error;

/* By their numbers; the others have the same number as the first ones, after those were closed. */
static struct sock sockets[5], next_sockets[5];

static unsigned int references(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < 5; i++)
		nr += sockets[i].references + next_sockets[i].references;
	return nr;
}

static int ask_from(struct sock *sk, u32 portid, u8 watch, u8 timing)
{
	struct nlattr w = { watch }, t = { timing };
	struct nlattr *attrs[MMNOTIFY_A_WATCH_MAX + 1] = {
		[MMNOTIFY_A_WATCH_WATCH] = watch == ABSENT_HERE ? NULL : &w,
		[MMNOTIFY_A_WATCH_TIMING] = timing == ABSENT_HERE ? NULL : &t,
	};
	static struct sk_buff skb;
	struct genl_info info = { .snd_portid = portid, .attrs = attrs };
	int ret;

	skb.sk = sk;
	ret = mmn_watchers_set(&skb, &info);
	error = info.error;
	return ret;
}

/* The socket @portid asks. */
static int ask(u32 portid, u8 watch, u8 timing)
{
	return ask_from(&sockets[portid], portid, watch, timing);
}

static void release(struct net *net, u32 portid, int protocol, unsigned long event)
{
	struct netlink_notify n = { .net = net, .portid = portid, .protocol = protocol };

	notifier->notifier_call(notifier, event, &n);
}

static void close_socket(struct sock *sk, u32 portid)
{
	sk->dead = true;
	release(&init_net, portid, NETLINK_GENERIC, NETLINK_URELEASE);
}

/* Are there so many users of each thing, and so many sockets? */
static bool is(int watch, int timing, unsigned int nr)
{
	return observers == watch && timers == timing && client_timers == watch + timing &&
	       mmn_watchers_count() == nr && allocated == nr &&
	       monitors == !!nr && references() == nr && !wrong && !shim_mutexes_held &&
	       !shim_unlocked;
}

static void test_set(void)
{
	ok(ask(1, ABSENT_HERE, ABSENT_HERE) == -EINVAL && error && is(0, 0, 0),
	   "a request without an attribute is refused");
	ok(!ask(1, OFF, OFF) && is(0, 0, 0), "one for nothing leaves no socket in the list");
	ok(!ask(1, ON, ABSENT_HERE) && is(1, 0, 1), "a socket asks for watching");
	ok(!ask(1, ON, OFF) && is(1, 0, 1), "again, which changes nothing");
	ok(!ask(1, ABSENT_HERE, ON) && is(1, 1, 1), "then for the time of callbacks");
	ok(!ask(2, ON, ON) && is(2, 2, 2), "as another one does");
	ok(!ask(1, OFF, ABSENT_HERE) && is(1, 2, 2), "it ends the one");
	ok(!ask(1, ABSENT_HERE, OFF) && is(1, 1, 1), "and the other, which was its last one");
	ok(!ask(2, OFF, OFF) && is(0, 0, 0), "without sockets nothing stays on");
}

static void test_failures(void)
{
	no_memory = true;
	ok(ask(1, ON, ON) == -ENOMEM && is(0, 0, 0), "without memory there is no socket");
	no_memory = false;
	no_watch = -ENOMEM;
	ok(ask(1, ON, ON) == -ENOMEM && !error && is(0, 0, 0), "nor if nothing can be watched");
	no_watch = 0;
	no_timing = -EOPNOTSUPP;
	ok(ask(1, ABSENT_HERE, ON) == -EOPNOTSUPP && error && is(0, 0, 0),
	   "where callbacks cannot be timed the answer says so");
	ok(ask(1, ON, ON) == -EOPNOTSUPP && is(1, 0, 1), "what was asked for before that stays");
	no_timing = 0;
	ok(!ask(1, OFF, OFF) && is(0, 0, 0), "until it is ended");
}

static void test_release(void)
{
	ask(1, ON, ON);
	ask(2, ON, OFF);
	release(&init_net, 1, NETLINK_GENERIC + 1, NETLINK_URELEASE);
	release(&other_net, 1, NETLINK_GENERIC, NETLINK_URELEASE);
	release(&init_net, 1, NETLINK_GENERIC, NETLINK_URELEASE + 1);
	release(&init_net, 3, NETLINK_GENERIC, NETLINK_URELEASE);
	ok(is(2, 1, 2), "other sockets that are closed do not count");
	close_socket(&sockets[1], 1);
	ok(is(1, 0, 1), "one that asked loses all");
	close_socket(&sockets[1], 1);
	ok(is(1, 0, 1), "once");
}

/* The number of a socket is free before its close is told. */
static void test_reuse(void)
{
	ask(3, ON, OFF);
	ok(!ask_from(&next_sockets[3], 3, ON, ON) && is(3, 1, 3),
	   "a socket with the number of one that is being closed asks for itself");
	close_socket(&sockets[3], 3);
	ok(is(2, 1, 2), "and keeps it when that one is gone");
	close_socket(&next_sockets[3], 3);
	ok(is(1, 0, 1), "until it is closed, too");
	sockets[3].dead = false;
}

static void test_exit(void)
{
	ask(3, OFF, ON);
	mmn_watchers_exit();
	ok(is(0, 0, 0) && !notifier, "exit drops all sockets");
	ok(ask(4, ON, ON) == -ENODEV && is(0, 0, 0), "and takes no other one");
}

int main(void)
{
	ok(!mmn_watchers_init() && notifier, "sockets that are closed are noticed");
	test_set();
	test_failures();
	test_release();
	test_reuse();
	test_exit();
	return tap_done();
}
