/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/*
 * mmnotify: why did the mm invalidate my translations?
 *
 * The header of the whole API; what it shares with mmnotify_compat.h is in
 * mmnotify_inline.h. docs/api.md has every call as a driver writes it, with its
 * parameters, context and return value. The vocabulary of events follows the series of 2019
 * that gave mmu notifiers their events (v6); here it has one meaning on every
 * kernel. Enums grow at the end, and so do the structures that mmnotify fills or reads;
 * those that a driver embeds keep their layout.
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

struct mmnotify_client;
struct mmnotify_info;
struct mmnotify_mm_ops;
struct mmnotify_range_ops;

/**
 * MMNOTIFY_IMPORT_NS() - import the namespace of the exported names
 *
 * Context: Once in each module that calls mmnotify, at file scope, with a
 * semicolon.
 */
#define MMNOTIFY_IMPORT_NS()	MODULE_INFO(import_ns, "MMNOTIFY")

/* An invalidation whose end a range waits for. */
struct mmnotify_pending {
	/* private: mmnotify's */
	struct mmnotify_pending *next;
	unsigned long event;
};

/**
 * struct mmnotify_range - a range of addresses of one mm that a driver mirrors
 * @mni: the native object; what hmm_range_fault() needs, see mmnotify_range_notifier()
 * @ops: the callbacks
 * @client: the client that the range was inserted for
 * @owner: set by the driver before it inserts: MIGRATE and EXCLUSIVE events with
 *	this owner (dev_pagemap.owner) are its own and not delivered. NULL: all are
 *
 * Embedded in the driver's own structure, zeroed before each insertion; needs
 * no allocation, may live on the stack and may overlap others.
 */
struct mmnotify_range {
	struct mmu_interval_notifier mni;
	const struct mmnotify_range_ops *ops;
	struct mmnotify_client *client;
	void *owner;
	/* private: mmnotify's; called is @ops, or a copy of it that is longer */
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
 * struct mmnotify_mm - a driver's hold on one mm
 * @mn: the native object
 * @ops: the callbacks
 * @client: the client that the object was made for
 *
 * Embedded in the driver's own structure, which its alloc() makes, zeroed.
 */
struct mmnotify_mm {
	struct mmu_notifier mn;
	const struct mmnotify_mm_ops *ops;
	struct mmnotify_client *client;
	/* private: mmnotify's; called is @ops, or a copy of it that is longer */
	const struct mmnotify_mm_ops *called;
	struct hlist_node node;
	unsigned int users;
	unsigned int state;
	unsigned long skipped[4];
	unsigned long rsvd[3];
};

/**
 * struct mmnotify_self - a task works for its driver, see mmnotify_self_begin()
 *
 * On the stack of the task, or anywhere else that outlives mmnotify_self_end().
 */
struct mmnotify_self {
	/* private: mmnotify's */
	struct hlist_node node;
	const struct task_struct *task;
	const struct mm_struct *mm;
	const struct mmnotify_client *client;
	unsigned long rsvd[2];
};

/*
 * With MODVERSIONS genksyms makes the version of an exported name from the types
 * that it reaches. Of those that may grow it sees a declaration only, so that a
 * driver loads whose headers are older than mmnotify: their sizes travel along.
 */
#ifndef __GENKSYMS__
/* The copy beside this file: a driver may carry an older one. */
#include "mmnotify_inline.h"
#endif

/*
 * Debian's 7.x kernels have no MODVERSIONS: a stale driver would load. So the
 * names carry the ABI version and the sizes travel along.
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
