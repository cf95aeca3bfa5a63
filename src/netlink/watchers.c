// SPDX-License-Identifier: GPL-2.0-only
/*
 * watchers: the sockets that asked for watching. Each one counts as an observer until it asks for
 * the opposite, or is closed.
 */
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/netlink.h>
#include <linux/notifier.h>
#include <linux/slab.h>

#include <net/genetlink.h>
#include <net/net_namespace.h>

#include <mmnotify/mmnotify_netlink.h>

#include "client/client.h"
#include "hook/watch.h"
#include "monitor.h"
#include "watchers.h"

/* @portid: number of the socket, in the initial network namespace */
struct watcher {
	struct list_head list;
	u32 portid;
};

/* Guards the list, its length, and @closed. */
static DEFINE_MUTEX(watchers_lock);
static LIST_HEAD(watchers);
static unsigned int nr_watchers;
static bool closed;

static struct watcher *find(u32 portid)
{
	struct watcher *w;

	lockdep_assert_held(&watchers_lock);
	list_for_each_entry(w, &watchers, list)
		if (w->portid == portid)
			return w;
	return NULL;
}

static int add(u32 portid)
{
	struct watcher *w = closed ? NULL : kzalloc(sizeof(*w), GFP_KERNEL);
	int ret;

	if (!w)
		return closed ? -ENODEV : -ENOMEM;
	ret = mmn_watch_observe(true);
	if (ret) {
		kfree(w);
		return ret;
	}
	mmn_client_time(true);
	w->portid = portid;
	list_add(&w->list, &watchers);
	if (!nr_watchers++)
		mmn_monitor_start();
	return 0;
}

static void drop(struct watcher *w)
{
	lockdep_assert_held(&watchers_lock);
	if (!--nr_watchers)
		mmn_monitor_stop();
	list_del(&w->list);
	kfree(w);
	mmn_client_time(false);
	mmn_watch_observe(false);
}

static int set(u32 portid, bool on)
{
	struct watcher *w;
	int ret = 0;

	mutex_lock(&watchers_lock);
	w = find(portid);
	if (on && !w)
		ret = add(portid);
	else if (!on && w)
		drop(w);
	mutex_unlock(&watchers_lock);
	return ret;
}

/**
 * mmn_watchers_set() - answer watch-set
 * @info: the request
 *
 * Context: Process, may sleep.
 * Return: 0; -EINVAL if the request has no attribute; -EOPNOTSUPP if callbacks cannot be timed;
 * -ENOMEM; -ENODEV if mmnotify is being unloaded.
 */
int mmn_watchers_set(struct genl_info *info)
{
	const struct nlattr *watch = info->attrs[MMNOTIFY_A_WATCH_WATCH];
	const struct nlattr *timing = info->attrs[MMNOTIFY_A_WATCH_TIMING];

	if (!watch && !timing) {
		GENL_SET_ERR_MSG(info, "neither watch nor timing is given");
		return -EINVAL;
	}
	if (timing && nla_get_u8(timing)) {
		GENL_SET_ERR_MSG(info, "callbacks of drivers cannot be timed here");
		return -EOPNOTSUPP;
	}
	return watch ? set(info->snd_portid, nla_get_u8(watch)) : 0;
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

/* A socket of any protocol and network namespace is closed. */
static int released(struct notifier_block *nb, unsigned long event, void *data)
{
	const struct netlink_notify *n = data;

	if (event == NETLINK_URELEASE && n->protocol == NETLINK_GENERIC &&
	    net_eq(n->net, &init_net))
		set(n->portid, false);
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
