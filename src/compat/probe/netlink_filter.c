// SPDX-License-Identifier: GPL-2.0-only
/* v6.6: a3377386b564 netlink: Reverse the patch which removed filtering */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/netlink.h>

int probe(struct sock *ssk, struct sk_buff *skb,
	  int (*filter)(struct sock *dsk, struct sk_buff *skb, void *data));
int probe(struct sock *ssk, struct sk_buff *skb,
	  int (*filter)(struct sock *dsk, struct sk_buff *skb, void *data))
{
	return netlink_broadcast_filtered(ssk, skb, 0, 1, GFP_KERNEL, filter, NULL);
}
