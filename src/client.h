/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_CLIENT_H
#define MMN_CLIENT_H

#include <linux/list.h>
#include <linux/types.h>

struct mmnotify_client;
struct seq_file;
struct task_struct;

/* One running callback, on the stack of the task that runs it. */
struct mmn_delivery {
	struct list_head list;
	const struct task_struct *task; /* NULL: not in the list */
	const struct mmnotify_client *client;
	u64 since;		/* ns; 0: not timed */
};

enum mmn_object { MMN_OBJECT_RANGE, MMN_OBJECT_MM, MMN_NR_OBJECTS };

bool mmn_client_registered(const struct mmnotify_client *client);
int mmn_client_check_ops(const void *ops, size_t size, size_t known);
void mmn_client_born(struct mmnotify_client *client, enum mmn_object object);
void mmn_client_dead(struct mmnotify_client *client, enum mmn_object object);
void mmn_client_enter(struct mmnotify_client *client, struct mmn_delivery *d);
void mmn_client_leave(struct mmn_delivery *d);
bool mmn_client_in_callback(const char *what);
void mmn_client_set_debug(bool on);
void mmn_client_set_timing(bool on);
void mmn_client_show(struct seq_file *m);

#endif /* MMN_CLIENT_H */
