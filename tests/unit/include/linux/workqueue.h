/* SPDX-License-Identifier: GPL-2.0-only */
/* The test runs the scheduled work item, or checks that there is none. */
#ifndef SHIM_WORKQUEUE_H
#define SHIM_WORKQUEUE_H

#include <stddef.h>

struct work_struct {
	void (*func)(struct work_struct *work);
};

#define DECLARE_WORK(name, f)	struct work_struct name = { .func = f }

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

#endif /* SHIM_WORKQUEUE_H */
