/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify: reports the operation behind an MMU notifier event, and its effects.
 *
 * This header declares the whole API. The parts shared with mmnotify_compat.h are in
 * mmnotify_inline.h. docs/api.md lists every call as a driver writes it, with
 * parameters, context and return value. Event names follow the 2019 series that added
 * events to MMU notifiers (v6); here each event has one meaning on every kernel.
 * Enums, and structures that mmnotify fills or reads, grow at the end only. Structures
 * that a driver embeds keep their layout.
 */
#ifndef MMNOTIFY_H
#define MMNOTIFY_H

#include <linux/atomic.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/module.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify_types.h>

/* Quotes: the copy beside this file. A driver may carry an older copy elsewhere. */
#include "mmnotify_kernel.h"

struct mmnotify_client;
struct mmnotify_info;
struct mmnotify_mm_ops;
struct mmnotify_range_ops;

/**
 * MMNOTIFY_IMPORT_NS() - import the namespace of the exported symbols
 *
 * Context: Once in each module that calls mmnotify, at file scope, followed by a
 * semicolon.
 */
#define MMNOTIFY_IMPORT_NS()	MODULE_INFO(import_ns, "MMNOTIFY")

/* An invalidation whose end has not been delivered to a range yet. */
struct mmnotify_pending {
	/* private: for mmnotify */
	struct mmnotify_pending *next;
	unsigned long event;
};

/**
 * struct mmnotify_range - a range of addresses of one mm that a driver mirrors
 * @mni: native interval notifier; for hmm_range_fault() use mmnotify_range_notifier()
 * @ops: callbacks passed to mmnotify_range_insert()
 * @client: client that the range was inserted for
 * @owner: set by the driver before insertion: MIGRATE and EXCLUSIVE events with this
 *	owner (dev_pagemap.owner) come from the driver itself and are not delivered;
 *	NULL to have all delivered
 *
 * Embedded in a structure of the driver and zeroed before each insertion. It needs no
 * allocation, may be on the stack, and may overlap other ranges.
 */
struct mmnotify_range {
	struct mmu_interval_notifier mni;
	const struct mmnotify_range_ops *ops;
	struct mmnotify_client *client;
	void *owner;
	/* private: for mmnotify; called is @ops, or a longer copy of it */
	const struct mmnotify_range_ops *called;
	void *ends;
	struct mmnotify_pending pending;
	atomic_t undelivered;
	unsigned int lost;
	atomic_t life;
	u32 rsvd32;
	struct mmnotify_range *next;
	struct list_head node;
	struct work_struct removal;
	unsigned long rsvd;
};

/**
 * struct mmnotify_mm - subscription of a driver to a whole mm
 * @mn: native notifier
 * @ops: callbacks passed to mmnotify_mm_get()
 * @client: client that the object was created for
 *
 * Embedded in a structure of the driver, which alloc() of the driver returns zeroed.
 */
struct mmnotify_mm {
	struct mmu_notifier mn;
	const struct mmnotify_mm_ops *ops;
	struct mmnotify_client *client;
	/* private: for mmnotify; called is @ops, or a longer copy of it */
	const struct mmnotify_mm_ops *called;
	struct hlist_node node;
	unsigned int users;
	unsigned int state;
	unsigned long skipped[4];
	unsigned long rsvd[3];
};

/**
 * struct mmnotify_self - a section of a task that runs for its driver, see mmnotify_self_begin()
 *
 * May be on the stack of the task; it must stay valid until mmnotify_self_end().
 */
struct mmnotify_self {
	/* private: for mmnotify */
	struct hlist_node node;
	const struct task_struct *task;
	const struct mm_struct *mm;
	const struct mmnotify_client *client;
	unsigned long rsvd[2];
};

/*
 * With MODVERSIONS, genksyms computes the version of an exported symbol from the types
 * that it reaches. Structures that may grow are hidden from it, so that a driver with
 * older headers still loads: the size is passed at run time instead.
 */
#ifndef __GENKSYMS__
#include "mmnotify_inline.h"
#endif

/*
 * Debian's 7.x kernels have no MODVERSIONS, so an incompatible driver would load. The
 * exported names therefore carry the ABI version, and structure sizes are passed.
 */
#define mmnotify_register(client) \
	mmnotify_register_v1(client, sizeof(*(client)))
#define mmnotify_unregister(client)	mmnotify_unregister_v1(client)
#define mmnotify_classify(range, info) \
	mmnotify_classify_v1(range, info, sizeof(*(info)))
#define mmnotify_range_insert(client, range, mm, start, len, ops) \
	mmnotify_range_insert_v1(client, range, mm, start, len, ops, \
				 sizeof(*(ops)))
#define mmnotify_range_insert_primed(client, range, mm, start, len, ops) \
	mmnotify_range_insert_primed_v1(client, range, mm, start, len, ops, \
					sizeof(*(ops)))
#define mmnotify_range_insert_locked(client, range, mm, start, len, ops) \
	mmnotify_range_insert_locked_v1(client, range, mm, start, len, ops, \
					sizeof(*(ops)))
#define mmnotify_range_move(range, start, len) \
	mmnotify_range_move_v1(range, start, len)
#define mmnotify_range_remove(range)	mmnotify_range_remove_v1(range)
#define mmnotify_range_remove_async(range) \
	mmnotify_range_remove_async_v1(range)
#define mmnotify_prime(mm)		mmnotify_prime_v1(mm)
#define mmnotify_prime_locked(mm)	mmnotify_prime_locked_v1(mm)
#define mmnotify_classify_as(client, range, info) \
	mmnotify_classify_as_v1(client, range, info, sizeof(*(info)))
#define mmnotify_vma_perm(info)		mmnotify_vma_perm_v1(info)
#define mmnotify_self_begin(self, client, mm) \
	mmnotify_self_begin_v1(self, client, mm)
#define mmnotify_self_end(self)		mmnotify_self_end_v1(self)
#define mmnotify_mm_get(client, mm, ops) \
	mmnotify_mm_get_v1(client, mm, ops, sizeof(*(ops)))
#define mmnotify_mm_put(m)		mmnotify_mm_put_v1(m)
#define mmnotify_mm_unregister(m)	mmnotify_mm_unregister_v1(m)
#define mmnotify_synchronize(client)	mmnotify_synchronize_v1(client)
#define mmnotify_caps()			mmnotify_caps_v1()
#define mmnotify_event_name(event)	mmnotify_event_name_v1(event)
#define mmnotify_cause_name(cause)	mmnotify_cause_name_v1(cause)
#define mmnotify_site_name(info, buf, size) \
	mmnotify_site_name_v1(info, buf, size)

int __must_check mmnotify_register_v1(struct mmnotify_client *client, size_t size);
int mmnotify_unregister_v1(struct mmnotify_client *client);
void mmnotify_classify_v1(const struct mmu_notifier_range *range,
			  struct mmnotify_info *info, size_t size);
int __must_check mmnotify_range_insert_v1(struct mmnotify_client *client,
					  struct mmnotify_range *range, struct mm_struct *mm,
					  unsigned long start, unsigned long len,
					  const struct mmnotify_range_ops *ops, size_t size);
int __must_check mmnotify_range_insert_primed_v1(struct mmnotify_client *client,
						 struct mmnotify_range *range,
						 struct mm_struct *mm, unsigned long start,
						 unsigned long len,
						 const struct mmnotify_range_ops *ops,
						 size_t size);
int __must_check mmnotify_range_insert_locked_v1(struct mmnotify_client *client,
						 struct mmnotify_range *range,
						 struct mm_struct *mm, unsigned long start,
						 unsigned long len,
						 const struct mmnotify_range_ops *ops,
						 size_t size);
int __must_check mmnotify_range_move_v1(struct mmnotify_range *range, unsigned long start,
					unsigned long len);
int __must_check mmnotify_range_remove_v1(struct mmnotify_range *range);
int mmnotify_range_remove_async_v1(struct mmnotify_range *range);
int __must_check mmnotify_prime_v1(struct mm_struct *mm);
int __must_check mmnotify_prime_locked_v1(struct mm_struct *mm);
void mmnotify_classify_as_v1(struct mmnotify_client *client,
			     const struct mmu_notifier_range *range,
			     struct mmnotify_info *info, size_t size);
enum mmnotify_perm mmnotify_vma_perm_v1(const struct mmnotify_info *info);
void mmnotify_self_begin_v1(struct mmnotify_self *self,
			    const struct mmnotify_client *client,
			    const struct mm_struct *mm);
void mmnotify_self_end_v1(struct mmnotify_self *self);
struct mmnotify_mm * __must_check mmnotify_mm_get_v1(struct mmnotify_client *client,
						     struct mm_struct *mm,
						     const struct mmnotify_mm_ops *ops,
						     size_t size);
void mmnotify_mm_put_v1(struct mmnotify_mm *m);
int __must_check mmnotify_mm_unregister_v1(struct mmnotify_mm *m);
void mmnotify_synchronize_v1(struct mmnotify_client *client);
u32 mmnotify_caps_v1(void);
const char *mmnotify_event_name_v1(unsigned int event);
const char *mmnotify_cause_name_v1(unsigned int cause);
int mmnotify_site_name_v1(const struct mmnotify_info *info, char *buf,
			  size_t size);

#endif /* MMNOTIFY_H */
