// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * message: the group is heard by sockets that a program with the capability opened, and by no
 * other; a message that was not filled is freed, not sent.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/fs.h>
#include <linux/user_namespace.h>

#include <mmnotify/mmnotify_netlink.h>

#include <net/sock.h>

#include "messages.h"
#include "tap.h"

struct user_namespace init_user_ns;
struct net init_net;

static struct sk_buff buffer;
static struct genl_family family = { .mcgrp_offset = 4 };
static unsigned int allocated, sent, replies;
static bool no_memory, listens;
static int caps[2], locks;

int shim_locks_held;
bool shim_unlocked;

bool file_ns_capable(const struct file *file, struct user_namespace *ns, int cap)
{
	shim_unlocked |= !locks;
	return ns == &init_user_ns && (cap == caps[0] || cap == caps[1]);
}

void shim_read_lock(int by)
{
	locks += by;
}

struct sk_buff *genlmsg_new(size_t size, int flags)
{
	unsigned int room = buffer.room;

	if (no_memory)
		return NULL;
	allocated++;
	memset(&buffer, 0, sizeof(buffer));
	buffer.room = room;
	return &buffer;
}

void nlmsg_free(struct sk_buff *skb)
{
	allocated--;
}

int genlmsg_reply(struct sk_buff *skb, struct genl_info *info)
{
	replies += skb->message[0].ended;
	allocated--;
	return 0;
}

bool netlink_has_listeners(struct sock *sk, unsigned int group)
{
	return listens && sk == init_net.genl_sock && group == 4;
}

static struct sock sock;
static bool refused;

/* One socket is in the group. */
int netlink_broadcast_filtered(struct sock *ssk, struct sk_buff *skb, u32 portid, u32 group,
			       int flags, int (*filter)(struct sock *, struct sk_buff *, void *),
			       void *data)
{
	refused = filter(&sock, skb, data);
	sent += !refused && group == 4 && skb->dst_group == 4 && skb->message[0].ended;
	allocated--;
	return 0;
}

static int put_result;

static int put(struct sk_buff *skb)
{
	return nla_put_u8(skb, 3, 5) ?: put_result;
}

static struct nlmsghdr header = { .nlmsg_seq = 9 };
static struct genl_info info = { .snd_portid = 7, .nlhdr = &header };

static void test_reply(void)
{
	buffer.room = 10;
	ok(!mmn_message_reply(&info, MMNOTIFY_CMD_INFO_GET, put) && replies == 1 && !allocated &&
	   buffer.message[0].portid == 7 && buffer.message[0].seq == 9 &&
	   buffer.message[0].cmd == MMNOTIFY_CMD_INFO_GET && number(&buffer, 0, 3) == 5,
	   "a request is answered");
	put_result = -EMSGSIZE;
	ok(mmn_message_reply(&info, 1, put) == -EMSGSIZE && replies == 1 && !allocated,
	   "not if the answer cannot be filled");
	put_result = 0;
	buffer.room = 0;
	ok(mmn_message_reply(&info, 1, put) == -EMSGSIZE && replies == 1 && !allocated,
	   "nor without room for its header");
	no_memory = true;
	ok(mmn_message_reply(&info, 1, put) == -ENOMEM && !allocated, "nor without memory");
	no_memory = false;
	buffer.room = 10;
}

static void test_row(void)
{
	struct sk_buff request = { .portid = 7 };
	struct netlink_callback cb = { .skb = &request, .nlh = &header };
	struct shim_message *m;

	buffer.messages = 0;
	m = mmn_message_begin_row(&buffer, &cb, 6);
	ok(m && m->portid == 7 && m->seq == 9 && m->flags == NLM_F_MULTI && m->cmd == 6,
	   "a row is a part of the answer to its dump");
}

/* Sends a message to a socket that @file has. Return: does it get it? */
static bool hears(struct file *file, int cap, int other_cap)
{
	struct socket socket = { .file = file };
	unsigned int before = sent;
	struct sk_buff *skb;
	void *hdr;

	sock.sk_socket = &socket;
	caps[0] = cap;
	caps[1] = other_cap;
	skb = mmn_message_begin(12, &hdr);
	return mmn_message_send(skb, hdr, 0) && sent == before + 1 && !refused;
}

static void test_group(void)
{
	struct file file = { };
	struct sk_buff *skb;
	void *hdr;

	ok(hears(&file, CAP_PERFMON, -1) && hears(&file, CAP_SYS_ADMIN, -1),
	   "a socket that a program with a capability opened hears the group");
	ok(!hears(&file, -1, -1) && refused && !hears(&file, 0, 1), "not without it");
	ok(!hears(NULL, CAP_PERFMON, CAP_SYS_ADMIN), "nor a socket of the kernel");
	sock.sk_socket = NULL;
	skb = mmn_message_begin(12, &hdr);
	mmn_message_send(skb, hdr, 0);
	ok(refused && !allocated && !locks && !shim_unlocked, "nor one that is being closed");
	skb = mmn_message_begin(12, &hdr);
	refused = false;
	ok(!mmn_message_send(skb, hdr, -EMSGSIZE) && !refused && !allocated,
	   "a message that was not filled is not sent");
	no_memory = true;
	ok(!mmn_message_begin(12, &hdr), "without memory there is no message");
	no_memory = false;
	ok(!mmn_message_has_listeners(), "the group has no listeners");
	listens = true;
	ok(mmn_message_has_listeners(), "or has some");
}

int main(void)
{
	mmn_message_set_family(&family);
	test_reply();
	test_row();
	test_group();
	return tap_done();
}
