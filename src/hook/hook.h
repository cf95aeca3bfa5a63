/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_HOOK_H
#define MMN_HOOK_H

#include <linux/types.h>

struct seq_file;

/**
 * struct mmn_hook_backend - a way to see the call sites
 * @name: for people
 * @caps: MMNOTIFY_CAP_* it gives while attached
 * @unreliable: an end may be missed, so the stack must confirm each record
 * @attach: start to call mmn_hook_start() and mmn_hook_end(); errno
 * @detach: stop, and wait until no call is in flight; errno if the kernel does
 *	not let go of us
 * @is_stuck: is that so already? NULL if it cannot be
 */
struct mmn_hook_backend {
	const char *name;
	u32 caps;
	bool unreliable;
	int (*attach)(void);
	int (*detach)(void);
	bool (*is_stuck)(void);
};

extern bool mmn_hook_for_clients;

void mmn_hook_init(const struct mmn_hook_backend *backend);
void mmn_hook_choose(void);
void mmn_hook_exit(void);
void mmn_hook_get(void);
void mmn_hook_put(void);
u32 mmn_hook_caps(void);
bool mmn_hook_is_attached(void);
void mmn_hook_show(struct seq_file *m);

#endif /* MMN_HOOK_H */
