/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_ROWS_H
#define MMN_ROWS_H

struct mmn_client_state;
struct mmn_flight;
struct netlink_callback;
struct sk_buff;

int mmn_rows_dump(struct sk_buff *skb, struct netlink_callback *cb);
int mmn_rows_dump_processes(struct sk_buff *skb, struct netlink_callback *cb);
int mmn_rows_put_client(struct sk_buff *skb, const struct mmn_client_state *s);
int mmn_rows_put_flight(struct sk_buff *skb, const struct mmn_flight *f, const char *comm);
int mmn_rows_put_site(struct sk_buff *skb, unsigned int row);
int mmn_rows_put_unknown(struct sk_buff *skb, unsigned int i);

#endif /* MMN_ROWS_H */
