/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The part of netlink that dumps and watchers use. */
#ifndef SHIM_NETLINK_H
#define SHIM_NETLINK_H

#include <linux/notifier.h>
#include <linux/skbuff.h>

#define NETLINK_GENERIC		16
#define NETLINK_URELEASE	1
#define NLM_F_MULTI		2
#define NLM_F_DUMP_INTR		16

struct nlattr {
	u8 value;
};

struct nlmsghdr {
	u32 nlmsg_seq;
	u8 cmd;
	int attrlen;
};

struct netlink_callback {
	struct sk_buff *skb;
	const struct nlmsghdr *nlh;
	unsigned int prev_seq, seq;
	union {
		u8 ctx[48];
		long args[6];
	};
};

struct net;

struct netlink_notify {
	struct net *net;
	u32 portid;
	int protocol;
};

#define NETLINK_CB(skb)		(*(skb))

/* The test has these. */
int netlink_register_notifier(struct notifier_block *nb);
int netlink_unregister_notifier(struct notifier_block *nb);
bool netlink_capable(const struct sk_buff *skb, int cap);

#endif /* SHIM_NETLINK_H */
