/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_SELF_H
#define MMN_SELF_H

#include <linux/atomic.h>
#include <linux/compiler.h>

struct mmnotify_client;
struct mmnotify_info;

extern atomic_t mmn_self_sections;
void mmn_self_mark_slow(const struct mmnotify_client *client,
			struct mmnotify_info *info);

/**
 * mmn_self_mark() - set MMNOTIFY_F_SELF if the client raised the event itself
 * @client: client that the event is delivered to
 * @info: verdict of the event
 *
 * Context: A notifier callback.
 */
static inline void mmn_self_mark(const struct mmnotify_client *client,
				 struct mmnotify_info *info)
{
	if (unlikely(atomic_read(&mmn_self_sections)))
		mmn_self_mark_slow(client, info);
}

#endif /* MMN_SELF_H */
