/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_WATCHERS_H
#define MMN_WATCHERS_H

struct genl_info;
struct sk_buff;

int mmn_watchers_init(void);
void mmn_watchers_exit(void);
int mmn_watchers_set(struct sk_buff *skb, struct genl_info *info);
unsigned int mmn_watchers_count(void);

#endif /* MMN_WATCHERS_H */
