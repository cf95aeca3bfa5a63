/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A buffer is a list of attributes. Each one, and each header, takes one of the bytes. */
#ifndef SHIM_SKBUFF_H
#define SHIM_SKBUFF_H

#include <linux/errno.h>
#include <linux/types.h>

#define SHIM_ATTRS	400

/* An attribute of a message; @bytes is the size of its number, 0 for a string or a nest. */
struct shim_attr {
	unsigned int message;
	int type;
	unsigned int bytes;
	u64 value;
	char text[304];
};

struct shim_message {
	u8 cmd;
	u32 portid;
	u32 seq;
	int flags;
	bool ended;
};

struct sock;

struct sk_buff {
	unsigned int len;
	unsigned int room;
	unsigned int nr, messages;
	struct shim_attr attrs[SHIM_ATTRS];
	struct shim_message message[SHIM_ATTRS];
	u32 portid;
	u32 dst_group;
	struct sock *sk;
};

#endif /* SHIM_SKBUFF_H */
