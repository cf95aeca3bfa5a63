/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Messages are lists of attributes, as linux/skbuff.h has them. */
#ifndef SHIM_GENETLINK_H
#define SHIM_GENETLINK_H

#include <stdio.h>

#include <linux/netlink.h>
#include <linux/slab.h>

#include <net/net_namespace.h>

struct module;

/* A file under test has a table with the name of a function of stdio.h. */
#define puts	shim_puts

#define GENL_HDRLEN	4
#define GENLMSG_DEFAULT_SIZE	100

struct genlmsghdr {
	u8 cmd;
};

enum { NLA_U8 = 1 };

struct nla_policy {
	int type, max;
};

#define NLA_POLICY_MAX(_type, _max)	{ .type = (_type), .max = (_max) }

struct genl_info;

struct genl_ops {
	u8 cmd;
	int (*doit)(struct sk_buff *skb, struct genl_info *info);
	int (*start)(struct netlink_callback *cb);
	int (*dumpit)(struct sk_buff *skb, struct netlink_callback *cb);
	int (*done)(struct netlink_callback *cb);
};

struct genl_multicast_group {
	const char *name;
};

struct genl_family {
	const char *name;
	unsigned int version, maxattr, n_ops, n_mcgrps, mcgrp_offset;
	const struct nla_policy *policy;
	bool parallel_ops;
	struct module *module;
	const struct genl_ops *ops;
	const struct genl_multicast_group *mcgrps;
};

int genl_register_family(struct genl_family *family);
int genl_unregister_family(const struct genl_family *family);

struct genl_info {
	u32 snd_portid;
	const struct nlmsghdr *nlhdr;
	struct nlattr **attrs;
	const char *error;
};

#define GENL_SET_ERR_MSG(info, msg)	((info)->error = (msg))

static inline u8 nla_get_u8(const struct nlattr *a)
{
	return a->value;
}

static inline void *nlmsg_data(const struct nlmsghdr *nlh)
{
	return (void *)&nlh->cmd;
}

static inline int nlmsg_attrlen(const struct nlmsghdr *nlh, int hdrlen)
{
	return nlh->attrlen;
}

/* Return: place for an attribute; NULL if there is no room. */
static inline struct shim_attr *shim_put(struct sk_buff *skb, int type, unsigned int bytes,
					 u64 value)
{
	struct shim_attr *a = &skb->attrs[skb->nr];

	if (skb->len >= skb->room)
		return NULL;
	skb->len++;
	skb->nr++;
	*a = (struct shim_attr){ skb->messages - 1, type, bytes, value };
	return a;
}

static inline int shim_put_number(struct sk_buff *skb, int type, unsigned int bytes, u64 value)
{
	return shim_put(skb, type, bytes, value) ? 0 : -EMSGSIZE;
}

#define nla_put_u8(skb, type, value)	shim_put_number(skb, type, 1, (u8)(value))
#define nla_put_u16(skb, type, value)	shim_put_number(skb, type, 2, (u16)(value))
#define nla_put_u32(skb, type, value)	shim_put_number(skb, type, 4, (u32)(value))
#define nla_put_s32(skb, type, value)	shim_put_number(skb, type, 4, (u64)(s64)(value))
#define nla_put_u64_64bit(skb, type, value, pad) \
	((void)(pad), shim_put_number(skb, type, 8, value))

static inline int nla_put_string(struct sk_buff *skb, int type, const char *text)
{
	struct shim_attr *a = shim_put(skb, type, 0, 0);

	if (!a)
		return -EMSGSIZE;
	snprintf(a->text, sizeof(a->text), "%s", text);
	return 0;
}

/* The attributes of a nest follow it. */
static inline struct nlattr *nla_nest_start(struct sk_buff *skb, int type)
{
	return (struct nlattr *)shim_put(skb, type, 0, 0);
}

static inline void nla_nest_end(struct sk_buff *skb, struct nlattr *nest)
{
}

static inline void nla_nest_cancel(struct sk_buff *skb, struct nlattr *nest)
{
	skb->len -= &skb->attrs[skb->nr] - (struct shim_attr *)nest;
	skb->nr = (struct shim_attr *)nest - skb->attrs;
}

static inline void *genlmsg_put(struct sk_buff *skb, u32 portid, u32 seq,
				const struct genl_family *family, int flags, u8 cmd)
{
	struct shim_message *m = &skb->message[skb->messages];

	if (!family || skb->len >= skb->room)
		return NULL;
	skb->len++;
	skb->messages++;
	*m = (struct shim_message){ .cmd = cmd, .portid = portid, .seq = seq, .flags = flags };
	return m;
}

static inline void *genlmsg_put_reply(struct sk_buff *skb, struct genl_info *info,
				      const struct genl_family *family, int flags, u8 cmd)
{
	return genlmsg_put(skb, info->snd_portid, info->nlhdr->nlmsg_seq, family, flags, cmd);
}

static inline void genlmsg_end(struct sk_buff *skb, void *hdr)
{
	((struct shim_message *)hdr)->ended = true;
}

static inline void genlmsg_cancel(struct sk_buff *skb, void *hdr)
{
	skb->messages = (struct shim_message *)hdr - skb->message;
	while (skb->nr && skb->attrs[skb->nr - 1].message >= skb->messages) {
		skb->nr--;
		skb->len--;
	}
	skb->len--;
}

static inline struct shim_message *genlmsg_nlhdr(void *hdr)
{
	return hdr;
}

static inline void nl_dump_check_consistent(struct netlink_callback *cb, struct shim_message *m)
{
	if (cb->prev_seq && cb->seq != cb->prev_seq)
		m->flags |= NLM_F_DUMP_INTR;
	cb->prev_seq = cb->seq;
}

/* The test has these. */
struct sk_buff *genlmsg_new(size_t size, int flags);
void nlmsg_free(struct sk_buff *skb);
int genlmsg_reply(struct sk_buff *skb, struct genl_info *info);

#endif /* SHIM_GENETLINK_H */
