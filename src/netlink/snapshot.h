/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_SNAPSHOT_H
#define MMN_SNAPSHOT_H

struct netlink_callback;
struct sk_buff;

int mmn_snapshot_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mmn_snapshot_done(struct netlink_callback *cb);

#endif /* MMN_SNAPSHOT_H */
