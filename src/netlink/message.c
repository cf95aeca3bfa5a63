// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * message: answers to requests, and messages to the multicast group.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/kernel.h>
#include <linux/net.h>
#include <linux/netlink.h>
#include <linux/skbuff.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include <net/genetlink.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "compat/compat.h"
#include "message.h"

/* Set before the first message. */
static const struct genl_family *family;

/**
 * mmn_message_set_family() - set the family of all messages
 * @f: the family
 *
 * Context: Module init.
 */
void mmn_message_set_family(const struct genl_family *f)
{
	family = f;
}

/**
 * mmn_message_begin_row() - begin a message of a dump
 * @skb: buffer of the dump
 * @cb: the dump
 * @cmd: MMNOTIFY_CMD_*
 *
 * Context: Process.
 * Return: its header; NULL if there is no room.
 */
void *mmn_message_begin_row(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd)
{
	return genlmsg_put(skb, NETLINK_CB(cb->skb).portid, cb->nlh->nlmsg_seq, family,
			   NLM_F_MULTI, cmd);
}

/**
 * mmn_message_reply() - answer a request with one message
 * @info: the request
 * @cmd: MMNOTIFY_CMD_*
 * @put: puts the attributes
 *
 * Context: Process, may sleep.
 * Return: 0 or an errno.
 */
int mmn_message_reply(struct genl_info *info, u8 cmd, int (*put)(struct sk_buff *skb))
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);
	void *hdr;
	int ret;

	if (!skb)
		return -ENOMEM;
	hdr = genlmsg_put_reply(skb, info, family, 0, cmd);
	ret = hdr ? put(skb) : -EMSGSIZE;
	if (ret) {
		nlmsg_free(skb);
		return ret;
	}
	genlmsg_end(skb, hdr);
	return genlmsg_reply(skb, info);
}

/**
 * mmn_message_has_listeners() - has a socket joined the group?
 *
 * Context: Any.
 * Return: true if one has, also one that gets nothing.
 */
bool mmn_message_has_listeners(void)
{
	return MMN_HAVE_GROUP && netlink_has_listeners(init_net.genl_sock, family->mcgrp_offset);
}

/* The file has the credentials of the program that opened the socket. */
static bool may_hear(const struct file *file)
{
	return file_ns_capable(file, &init_user_ns, CAP_PERFMON) ||
	       file_ns_capable(file, &init_user_ns, CAP_SYS_ADMIN);
}

/* A socket without a file belongs to the kernel, or is being closed. */
static int __maybe_unused is_refused(struct sock *sk, struct sk_buff *skb, void *unused)
{
	bool may;

	read_lock_bh(&sk->sk_callback_lock);
	may = sk->sk_socket && sk->sk_socket->file && may_hear(sk->sk_socket->file);
	read_unlock_bh(&sk->sk_callback_lock);
	return !may;
}

static void send(struct sk_buff *skb)
{
	NETLINK_CB(skb).dst_group = family->mcgrp_offset;
	mmn_broadcast(init_net.genl_sock, skb, family->mcgrp_offset, is_refused);
}

/**
 * mmn_message_begin() - begin a message to the group
 * @cmd: MMNOTIFY_CMD_*
 * @hdr: filled with its header
 *
 * Context: Process, may sleep.
 * Return: the message, to be passed to mmn_message_send(); NULL without memory.
 */
struct sk_buff *mmn_message_begin(u8 cmd, void **hdr)
{
	struct sk_buff *skb = genlmsg_new(GENLMSG_DEFAULT_SIZE, GFP_KERNEL);

	if (!skb)
		return NULL;
	*hdr = genlmsg_put(skb, 0, 0, family, 0, cmd);
	return skb;
}

/**
 * mmn_message_send() - send a message to the group
 * @skb: message from mmn_message_begin(), which is freed
 * @hdr: header from mmn_message_begin()
 * @error: result of filling it
 *
 * Context: Process, may sleep.
 * Return: false if the message was not filled, so that nothing is sent.
 */
bool mmn_message_send(struct sk_buff *skb, void *hdr, int error)
{
	if (error) {
		nlmsg_free(skb);
		return false;
	}
	genlmsg_end(skb, hdr);
	send(skb);
	return true;
}
