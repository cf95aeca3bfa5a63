/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* What a test finds in a buffer of messages. */
#ifndef MESSAGES_H
#define MESSAGES_H

#include <string.h>

#include <net/genetlink.h>

#include "netlink/message.h"

#define ABSENT	(~0ULL - 1)

/* The first attribute of that type in a message. Return: NULL if there is none. */
static inline const struct shim_attr *attr_of(const struct sk_buff *skb, unsigned int message,
					      int type)
{
	unsigned int i;

	for (i = 0; i < skb->nr; i++)
		if (skb->attrs[i].message == message && skb->attrs[i].type == type)
			return &skb->attrs[i];
	return NULL;
}

static inline u64 number(const struct sk_buff *skb, unsigned int message, int type)
{
	const struct shim_attr *a = attr_of(skb, message, type);

	return a ? a->value : ABSENT;
}

/* Has the message this string? With NULL, has it no such attribute? */
static inline bool is_text(const struct sk_buff *skb, unsigned int message, int type,
			   const char *text)
{
	const struct shim_attr *a = attr_of(skb, message, type);

	return text ? a && !strcmp(a->text, text) : !a;
}

/* Have all messages an end? */
static inline bool are_whole(const struct sk_buff *skb)
{
	unsigned int i, ended = 0;

	for (i = 0; i < skb->messages; i++)
		ended += skb->message[i].ended;
	return ended == skb->messages;
}

#endif /* MESSAGES_H */
