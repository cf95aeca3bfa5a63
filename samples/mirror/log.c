// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * log: every verdict of the device's callbacks, until user space reads it.
 */
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "log.h"
#include "mirror.h"

/* Start and end of an event for each page of a huge page, in all tiers. */
#define LOG_RECORDS	(16 * PTRS_PER_PTE)

struct mirror_entry {
	struct mirror_record rec;
	unsigned long site;
};

void mirror_log_init(struct mirror_log *log)
{
	spin_lock_init(&log->lock);
}

/* Called before the first callback; without a ring, events are only counted. */
int mirror_log_alloc(struct mirror_log *log)
{
	if (!log->ring)
		log->ring = kvcalloc(LOG_RECORDS, sizeof(*log->ring), GFP_KERNEL);
	return log->ring ? 0 : -ENOMEM;
}

void mirror_log_free(struct mirror_log *log)
{
	kvfree(log->ring);
}

static void fill_record(struct mirror_record *rec,
			const struct mmnotify_info *info, u16 tier, u16 phase)
{
	memset(rec, 0, sizeof(*rec));
	rec->start = info->start;
	rec->end = info->end;
	rec->effects = info->effects;
	rec->flags = info->flags;
	rec->tgid = current->tgid;
	rec->event = info->event;
	rec->cause = info->cause;
	rec->native = info->native;
	rec->tier = tier;
	rec->phase = phase;
	strscpy(rec->comm, current->comm, sizeof(rec->comm));
}

/* Context: any callback; does not sleep. */
void mirror_log_add(struct mirror_log *log, const struct mmnotify_info *info,
		    u16 tier, u16 phase)
{
	struct mirror_entry *e;

	spin_lock(&log->lock);
	if (phase == MIRROR_PHASE_START) {
		log->events++;
		log->inexact += !(info->flags & MMNOTIFY_F_EXACT);
	}
	if (!log->ring) {
		spin_unlock(&log->lock);
		return;
	}
	if (log->head - log->tail == LOG_RECORDS) {
		log->dropped++;
	} else {
		e = &log->ring[log->head % LOG_RECORDS];
		fill_record(&e->rec, info, tier, phase);
		e->rec.seq = log->head;
		e->site = info->site;
		log->head++;
	}
	spin_unlock(&log->lock);
}

static bool log_take(struct mirror_log *log, struct mirror_entry *e)
{
	bool some;

	spin_lock(&log->lock);
	some = log->tail != log->head;
	if (some)
		*e = log->ring[log->tail++ % LOG_RECORDS];
	spin_unlock(&log->lock);
	return some;
}

/* Returns whole records. Names of call sites are resolved here, not in the callback. */
ssize_t mirror_log_read(struct mirror_log *log, char __user *buf, size_t size)
{
	struct mmnotify_info info = { };
	struct mirror_entry e;
	ssize_t done = 0;

	if (size < sizeof(e.rec))
		return -EINVAL;
	while (size - done >= sizeof(e.rec) && log_take(log, &e)) {
		info.site = e.site;
		mmnotify_site_name(&info, e.rec.site, sizeof(e.rec.site));
		if (copy_to_user(buf + done, &e.rec, sizeof(e.rec)))
			return -EFAULT;
		done += sizeof(e.rec);
	}
	return done;
}
