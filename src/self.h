/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_SELF_H
#define MMN_SELF_H

struct mmnotify_client;
struct mmnotify_info;

void mmn_self_mark(const struct mmnotify_client *client,
		   struct mmnotify_info *info);

#endif /* MMN_SELF_H */
