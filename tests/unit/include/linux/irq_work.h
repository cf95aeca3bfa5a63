/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test runs the irq_work that is queued. */
#ifndef SHIM_IRQ_WORK_H
#define SHIM_IRQ_WORK_H

#include <stdbool.h>
#include <stddef.h>

struct irq_work {
	void (*func)(struct irq_work *work);
};

/* The one irq_work of the file under test if it is queued, or NULL. */
extern struct irq_work *shim_irq_work;

static inline void init_irq_work(struct irq_work *work, void (*func)(struct irq_work *work))
{
	work->func = func;
}

static inline bool irq_work_queue(struct irq_work *work)
{
	shim_irq_work = work;
	return true;
}

/* Waits for it: it has run afterwards. */
static inline void irq_work_sync(struct irq_work *work)
{
	if (shim_irq_work == work)
		work->func(work);
	shim_irq_work = NULL;
}

#endif /* SHIM_IRQ_WORK_H */
