/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_MESSAGE_H
#define MMN_MESSAGE_H

#include <linux/types.h>

struct genl_family;
struct genl_info;
struct netlink_callback;
struct sk_buff;

void mmn_message_set_family(const struct genl_family *f);
bool mmn_message_has_listeners(void);
void *mmn_message_begin_row(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd);
int mmn_message_reply(struct genl_info *info, u8 cmd, int (*put)(struct sk_buff *skb));
struct sk_buff *mmn_message_begin(u8 cmd, void **hdr);
bool mmn_message_send(struct sk_buff *skb, void *hdr, int error);

#endif /* MMN_MESSAGE_H */
