/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test counts the locks that are held. */
#ifndef SHIM_SOCK_H
#define SHIM_SOCK_H

#include <linux/net.h>
#include <linux/skbuff.h>

/* The test counts the references. */
struct sock {
	int references;
	bool dead;
	struct socket *sk_socket;
	int sk_callback_lock;
};

enum sock_flags { SOCK_DEAD };

static inline bool sock_flag(const struct sock *sk, enum sock_flags flag)
{
	return flag == SOCK_DEAD && sk->dead;
}

static inline void sock_hold(struct sock *sk)
{
	sk->references++;
}

static inline void sock_put(struct sock *sk)
{
	sk->references--;
}

void shim_read_lock(int by);

#define read_lock_bh(lock)	((void)(lock), shim_read_lock(1))
#define read_unlock_bh(lock)	((void)(lock), shim_read_lock(-1))

bool netlink_has_listeners(struct sock *sk, unsigned int group);
int netlink_broadcast_filtered(struct sock *ssk, struct sk_buff *skb, u32 portid, u32 group,
			       int flags, int (*filter)(struct sock *, struct sk_buff *, void *),
			       void *data);

#endif /* SHIM_SOCK_H */
