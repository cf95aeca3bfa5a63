// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * watchers: the sockets that asked for watching. Each one counts as an observer until it asks for
 * the opposite, or is closed.
 *
 * A socket is known by its address, and referenced for that. The number that its close is told with
 * may be that of the next socket already, which may have asked, too.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/rculist.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include <mmnotify/mmnotify_netlink.h>

#include "client/client.h"
#include "hook/watch.h"
#include "monitor.h"
#include "watchers.h"

/**
 * struct watcher - a socket that asked for something
 * @list: entry in watchers
 * @rcu: for freeing it
 * @sk: the socket
 * @portid: its number, in the initial network namespace
 * @watches: it asked for watching
 * @times: it asked for the time of callbacks
 */
struct watcher {
	struct list_head list;
	struct rcu_head rcu;
	struct sock *sk;
	u32 portid;
	bool watches;
	bool times;
};

/* Guards the list, its length, and @closed. */
static DEFINE_MUTEX(watchers_lock);
static LIST_HEAD(watchers);
static unsigned int nr_watchers;
static bool closed;

static struct watcher *find(const struct sock *sk)
{
	struct watcher *w;

	lockdep_assert_held(&watchers_lock);
	list_for_each_entry(w, &watchers, list)
		if (w->sk == sk)
			return w;
	return NULL;
}

static struct watcher *add(struct sock *sk, u32 portid)
{
	struct watcher *w = closed ? NULL : kzalloc(sizeof(*w), GFP_KERNEL);

	if (!w)
		return NULL;
	sock_hold(sk);
	w->sk = sk;
	w->portid = portid;
	list_add_rcu(&w->list, &watchers);
	if (!nr_watchers++)
		mmn_monitor_start();
	return w;
}

static void drop_unused(struct watcher *w)
{
	lockdep_assert_held(&watchers_lock);
	if (w->watches || w->times)
		return;
	if (!--nr_watchers)
		mmn_monitor_stop();
	list_del_rcu(&w->list);
	sock_put(w->sk);
	kfree_rcu(w, rcu);
}

static int set_watches(struct watcher *w, bool on)
{
	int ret = w->watches == on ? 0 : mmn_watch_observe(on);

	if (ret || w->watches == on)
		return ret;
	mmn_client_time(on);
	w->watches = on;
	return 0;
}

static int set_times(struct watcher *w, bool on)
{
	int ret = w->times == on ? 0 : mmn_watch_time(on);

	if (ret || w->times == on)
		return ret;
	mmn_client_time(on);
	w->times = on;
	return 0;
}

/* An attribute that is absent changes nothing. */
static int change(struct watcher *w, const struct nlattr *watch, const struct nlattr *timing)
{
	int ret = watch ? set_watches(w, nla_get_u8(watch)) : 0;

	return ret ?: timing ? set_times(w, nla_get_u8(timing)) : 0;
}

static int set(struct sock *sk, u32 portid, const struct nlattr *watch,
	       const struct nlattr *timing)
{
	struct watcher *w;
	int ret;

	mutex_lock(&watchers_lock);
	w = find(sk) ?: add(sk, portid);
	ret = w ? change(w, watch, timing) : closed ? -ENODEV : -ENOMEM;
	if (w)
		drop_unused(w);
	mutex_unlock(&watchers_lock);
	return ret;
}

static void drop(struct watcher *w)
{
	set_watches(w, false);
	set_times(w, false);
	drop_unused(w);
}

/**
 * mmn_watchers_set() - answer watch-set
 * @skb: buffer of the request
 * @info: the request
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL if the request has no attribute; -EOPNOTSUPP or another errno if callbacks
 * cannot be timed; -ENOMEM; -ENODEV if mmnotify is being unloaded.
 */
int mmn_watchers_set(struct sk_buff *skb, struct genl_info *info)
{
	const struct nlattr *watch = info->attrs[MMNOTIFY_A_WATCH_WATCH];
	const struct nlattr *timing = info->attrs[MMNOTIFY_A_WATCH_TIMING];
	int ret;

	if (!watch && !timing) {
		GENL_SET_ERR_MSG(info, "neither watch nor timing is given");
		return -EINVAL;
	}
	ret = set(NETLINK_CB(skb).sk, info->snd_portid, watch, timing);
	if (ret == -EOPNOTSUPP)
		GENL_SET_ERR_MSG(info, "callbacks of drivers cannot be timed here");
	return ret;
}

/**
 * mmn_watchers_count() - count the sockets that asked for watching
 *
 * Context: Any; the count may be outdated when it is returned.
 * Return: their number.
 */
unsigned int mmn_watchers_count(void)
{
	return READ_ONCE(nr_watchers);
}

/*
 * Watching takes a while to begin and to end, with watchers_lock held. The close of a socket that
 * did not ask for it must not wait for that.
 */
static bool is_watcher(u32 portid)
{
	bool is = false;
	struct watcher *w;

	rcu_read_lock();
	list_for_each_entry_rcu(w, &watchers, list)
		is |= w->portid == portid;
	rcu_read_unlock();
	return is;
}

static void drop_closed(u32 portid)
{
	struct watcher *w, *next;

	list_for_each_entry_safe(w, next, &watchers, list)
		if (w->portid == portid && sock_flag(w->sk, SOCK_DEAD))
			drop(w);
}

/* A socket of any protocol and network namespace is closed. */
static int released(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;

	if (event != NETLINK_URELEASE || n->protocol != NETLINK_GENERIC ||
	    !net_eq(n->net, &init_net) || !is_watcher(n->portid))
		return NOTIFY_DONE;
	mutex_lock(&watchers_lock);
	drop_closed(n->portid);
	mutex_unlock(&watchers_lock);
	return NOTIFY_DONE;
}

static struct notifier_block release_notifier = { .notifier_call = released };

/**
 * mmn_watchers_init() - begin to notice that sockets are closed
 *
 * Context: Process, may sleep; before the first request.
 * Return: 0 or an errno.
 */
int mmn_watchers_init(void)
{
	return netlink_register_notifier(&release_notifier);
}

/**
 * mmn_watchers_exit() - no socket watches any more
 *
 * Later requests are refused.
 *
 * Context: Process, may sleep.
 */
void mmn_watchers_exit(void)
{
	struct watcher *w, *next;

	netlink_unregister_notifier(&release_notifier);
	mutex_lock(&watchers_lock);
	closed = true;
	list_for_each_entry_safe(w, next, &watchers, list)
		drop(w);
	mutex_unlock(&watchers_lock);
}
