/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test runs the scheduled work item, or checks that there is none. */
#ifndef SHIM_WORKQUEUE_H
#define SHIM_WORKQUEUE_H

#include <stddef.h>

struct workqueue_struct;

#define WQ_UNBOUND	2

/* The test counts the queues, and may let one fail. */
struct workqueue_struct *alloc_workqueue(const char *fmt, unsigned int flags, int max_active, ...);
void destroy_workqueue(struct workqueue_struct *wq);

struct work_struct {
	void (*func)(struct work_struct *work);
};

struct delayed_work {
	struct work_struct work;
};

#define DECLARE_WORK(name, f)	struct work_struct name = { .func = f }
#define DECLARE_DELAYED_WORK(name, f)	struct delayed_work name = { .work.func = f }

/* The one work item of the file under test if it is scheduled, or NULL. */
extern struct work_struct *shim_scheduled;

static inline void schedule_work(struct work_struct *work)
{
	shim_scheduled = work;
}

static inline void cancel_work_sync(struct work_struct *work)
{
	if (shim_scheduled == work)
		shim_scheduled = NULL;
}

/* Its delay, if it is a delayed one. */
extern unsigned long shim_delay;

/* As in the kernel: a work item that is pending keeps its delay. */
static inline void schedule_delayed_work(struct delayed_work *work, unsigned long delay)
{
	if (shim_scheduled)
		return;
	shim_scheduled = &work->work;
	shim_delay = delay;
}

static inline void cancel_delayed_work(struct delayed_work *work)
{
	cancel_work_sync(&work->work);
}

#define cancel_delayed_work_sync	cancel_delayed_work

#endif /* SHIM_WORKQUEUE_H */
