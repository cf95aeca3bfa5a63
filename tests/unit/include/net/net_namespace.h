/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_NET_NAMESPACE_H
#define SHIM_NET_NAMESPACE_H

#include <stdbool.h>

struct sock;

struct net {
	struct sock *genl_sock;
};

extern struct net init_net;

static inline bool net_eq(const struct net *a, const struct net *b)
{
	return a == b;
}

#endif /* SHIM_NET_NAMESPACE_H */
