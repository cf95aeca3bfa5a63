// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * family: the generic netlink family mmnotify. The overview is in family.h.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/netlink.h>
#include <linux/printk.h>
#include <linux/skbuff.h>

#include <net/genetlink.h>

#include <mmnotify/mmnotify_netlink.h>

#include "compat/compat.h"
#include "family.h"
#include "message.h"
#include "monitor.h"
#include "rows.h"
#include "snapshot.h"
#include "state.h"
#include "watchers.h"

static bool registered;

/* Of the only request with attributes. */
static const struct nla_policy policy[MMNOTIFY_A_WATCH_MAX + 1] = {
	[MMNOTIFY_A_WATCH_WATCH] = NLA_POLICY_MAX(NLA_U8, 1),
	[MMNOTIFY_A_WATCH_TIMING] = NLA_POLICY_MAX(NLA_U8, 1),
};

/* May the task that sends a request, and the one that opened its socket, see all processes? */
static bool is_allowed(struct sk_buff *skb)
{
	return netlink_capable(skb, CAP_PERFMON) || netlink_capable(skb, CAP_SYS_ADMIN);
}

/* An attribute of a later version must not be ignored: it could be a filter. */
static int check(struct sk_buff *skb, const struct nlmsghdr *nlh)
{
	if (!is_allowed(skb))
		return -EPERM;
	return nlmsg_attrlen(nlh, GENL_HDRLEN) ? -EINVAL : 0;
}

static int get_info(struct sk_buff *skb, struct genl_info *info)
{
	return check(skb, info->nlhdr) ?: mmn_state_reply_info(info);
}

static int get_hook(struct sk_buff *skb, struct genl_info *info)
{
	return check(skb, info->nlhdr) ?: mmn_state_reply_hook(info);
}

static int set_watch(struct sk_buff *skb, struct genl_info *info)
{
	return is_allowed(skb) ? mmn_watchers_set(skb, info) : -EPERM;
}

static int start_dump(struct netlink_callback *cb)
{
	return check(cb->skb, cb->nlh);
}

#define DUMP(name, fn)	{ .cmd = MMNOTIFY_CMD_##name##_GET, .start = start_dump, .dumpit = (fn) }

static const struct genl_ops ops[] = {
	{ .cmd = MMNOTIFY_CMD_INFO_GET, .doit = get_info },
	DUMP(COUNTERS, mmn_rows_dump),
	DUMP(PROCESSES, mmn_rows_dump_processes),
	DUMP(CLIENTS, mmn_rows_dump),
	{
		.cmd = MMNOTIFY_CMD_DRIVERS_GET,
		.start = start_dump,
		.dumpit = mmn_snapshot_dump,
		.done = mmn_snapshot_done,
	},
	DUMP(FLIGHTS, mmn_rows_dump),
	DUMP(SITES, mmn_rows_dump),
	DUMP(CENSUS, mmn_rows_dump),
	{ .cmd = MMNOTIFY_CMD_HOOK_GET, .doit = get_hook },
	DUMP(NAMES, mmn_rows_dump),
	{ .cmd = MMNOTIFY_CMD_WATCH_SET, .doit = set_watch },
};

static const struct genl_multicast_group groups[] = {
	{ .name = MMNOTIFY_MCGRP_MONITOR, MMN_GROUP_FLAGS },
};

/* The ids of family and group are written when it is registered. */
static struct genl_family family = {
	.name = MMNOTIFY_FAMILY_NAME,
	.version = MMNOTIFY_FAMILY_VERSION,
	.maxattr = MMNOTIFY_A_WATCH_MAX,
	.policy = policy,
	.parallel_ops = true,
	.module = THIS_MODULE,
	.ops = ops,
	.n_ops = ARRAY_SIZE(ops),
	.mcgrps = groups,
	.n_mcgrps = MMN_HAVE_GROUP ? ARRAY_SIZE(groups) : 0,
};

/**
 * mmn_family_init() - register the family
 *
 * mmnotify works without it, so a failure is only logged.
 *
 * Context: Module init, when all that can be read is there.
 */
void mmn_family_init(void)
{
	int ret = mmn_watchers_init();

	mmn_message_set_family(&family);
	if (!ret) {
		ret = genl_register_family(&family);
		if (ret)
			mmn_watchers_exit();
	}
	registered = !ret;
	if (registered)
		mmn_monitor_init();
	else
		pr_warn("no generic netlink: the family cannot be registered (%d), so programs cannot read what debugfs shows\n",
			ret);
}

/**
 * mmn_family_exit() - unregister the family
 *
 * Sockets that asked for watching lose it. There is no dump: it would hold the module.
 *
 * Context: Module exit; sleeps.
 */
void mmn_family_exit(void)
{
	if (!registered)
		return;
	mmn_monitor_exit();
	mmn_watchers_exit();
	genl_unregister_family(&family);
}
