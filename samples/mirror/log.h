/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MIRROR_LOG_H
#define MIRROR_LOG_H

#include <linux/spinlock.h>
#include <linux/types.h>

struct mirror_entry;
struct mmnotify_info;

/* A ring of fixed size: callbacks must not allocate. */
struct mirror_log {
	spinlock_t lock;	/* guards all below */
	struct mirror_entry *ring; /* NULL: only @events and @inexact are counted */
	u64 head;		/* next to write */
	u64 tail;		/* next to read */
	u64 dropped;
	u64 events;
	u64 inexact;
};

void mirror_log_init(struct mirror_log *log);
int mirror_log_alloc(struct mirror_log *log);
void mirror_log_free(struct mirror_log *log);
void mirror_log_add(struct mirror_log *log, const struct mmnotify_info *info,
		    u16 tier, u16 phase);
ssize_t mirror_log_read(struct mirror_log *log, char __user *buf, size_t size);

#endif /* MIRROR_LOG_H */
