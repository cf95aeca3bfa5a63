/* SPDX-License-Identifier: GPL-2.0-only */
/* The test counts the locks that are held. */
#ifndef SHIM_SOCK_H
#define SHIM_SOCK_H

#include <linux/net.h>
#include <linux/skbuff.h>

struct sock {
	struct socket *sk_socket;
	int sk_callback_lock;
};

void shim_read_lock(int by);

#define read_lock_bh(lock)	((void)(lock), shim_read_lock(1))
#define read_unlock_bh(lock)	((void)(lock), shim_read_lock(-1))

bool netlink_has_listeners(struct sock *sk, unsigned int group);
int netlink_broadcast_filtered(struct sock *ssk, struct sk_buff *skb, u32 portid, u32 group,
			       int flags, int (*filter)(struct sock *, struct sk_buff *, void *),
			       void *data);

#endif /* SHIM_SOCK_H */
