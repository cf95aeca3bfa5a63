/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * sdev: the common part of the three sample drivers. An open file (struct sdev) is
 * a device attached to one process. Each object that it tracks (struct sobj: a
 * range, a user pointer, a memory region) has a part of the device's page table. A
 * sample adds the policy of its kind of device: when objects are created, and how
 * an invalidation changes them.
 *
 * Locking: sdev.mutex is taken by the ioctls and guards the attachment; only its
 * holder fills translations or adds objects. It is never taken in a callback.
 * sdev.lock (spinlock) is the driver lock of real drivers: it guards objects,
 * translations and counters, orders them against the sequence, and is the only
 * lock of a callback. The history's lock is innermost. mmap_lock comes between
 * the mutex and the spinlock.
 *
 * The device never touches the memory itself, so it makes no page dirty.
 */
#ifndef MMN_SDEV_H
#define MMN_SDEV_H

#include <linux/completion.h>
#include <linux/hmm.h>
#include <linux/kref.h>
#include <linux/list.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify.h>

#include "device.h"

/* Pages that are faulted, or compared, in one go. */
#define SDEV_CHUNK	512

/* A device translation: HMM_PFN_VALID, maybe HMM_PFN_WRITE, and the PFN; or 0. */
#define SDEV_PTE_BITS	(HMM_PFN_VALID | HMM_PFN_WRITE | ~HMM_PFN_FLAGS)

struct sdev;

/**
 * struct sobj - a tracked range of addresses
 * @list: entry in sdev->objects, until the object is dead
 * @kref: references; sobj_unlink() passes the list's reference to its caller
 * @dev: device that tracks the range
 * @mni: notifier for these addresses; NULL if the object has no translations
 * @start: first byte
 * @end: first byte behind the range
 * @pte: translations, one per page
 * @bytes: size of the object and its translations, as a real driver allocates
 * @present: number of translations that are not 0
 * @checked: value of sdev->checks at the last CHECK of this object
 * @flags: mask of DEVICE_WRITE and DEVICE_IMPLICIT
 * @dead: unlinked; callbacks may still run
 *
 * The first member of the sample's own structure.
 */
struct sobj {
	struct list_head list;
	struct kref kref;
	struct sdev *dev;
	struct mmu_interval_notifier *mni;
	unsigned long start;
	unsigned long end;
	unsigned long *pte;
	size_t bytes;
	unsigned long present;
	unsigned int checked;
	u32 flags;
	bool dead;
};

/**
 * struct sdev_model - a kind of device
 * @name: name of the misc device
 * @client: client to register with mmnotify
 * @private: size of sdev.private, bytes
 * @add: DEVICE_IOC_ADD_RANGE
 * @del: DEVICE_IOC_DEL_RANGE
 * @find: return the object that serves a device's access, with a reference, or
 *	ERR_PTR(); creates it if this kind of device does. In the fault worker
 * @remove: remove the notifier; when it returns, no callback runs or will run
 * @prepare: called before an access, in the fault worker. Optional
 * @attach: called when sdev.mm is set. Optional
 * @detach: stop work items; no objects are left. Optional
 * @migrate: DEVICE_IOC_MIGRATE; returns the number of migrated pages. Optional
 * @owner: owner of the device's own memory; NULL if the device has none
 */
struct sdev_model {
	const char *name;
	struct mmnotify_client *client;
	size_t private;
	int (*add)(struct sdev *dev, const struct device_range *arg);
	int (*del)(struct sdev *dev, const struct device_range *arg);
	struct sobj *(*find)(struct sdev *dev, unsigned long addr, bool write);
	void (*remove)(struct sobj *o);
	void (*prepare)(struct sdev *dev);
	int (*attach)(struct sdev *dev);
	void (*detach)(struct sdev *dev);
	long (*migrate)(struct sdev *dev, unsigned long start, unsigned long end);
	void *owner;
};

struct history;

/**
 * struct sdev - an open file, attached to one process
 * @mutex: see the top of this file
 * @lock: the driver lock, see the top of this file
 * @model: kind of device
 * @mm: mmgrab()ed while attached; each fault takes mmget_not_zero()
 * @mode: DEVICE_NAIVE or DEVICE_AWARE
 * @objects: live objects, under @lock
 * @stat: counters for DEVICE_IOC_STAT, under @lock
 * @revoked: calls of sdev_revoke(), which changes no sequence; under @lock
 * @history: the last verdicts, or NULL
 * @pfns: buffer for SDEV_CHUNK pages, under @mutex
 * @checks: calls of CHECK, under @mutex
 * @work: the fault worker
 * @done: completed when @work has finished
 * @access: request for @work, and the pages that it reached
 * @ret: result of @work
 * @stop: makes @work return early, because the waiting task is being killed
 * @private: data of the sample
 */
struct sdev {
	struct mutex mutex;	/* see the top of this file */
	spinlock_t lock;	/* see the top of this file */
	const struct sdev_model *model;
	struct mm_struct *mm;
	u32 mode;
	struct list_head objects;
	struct device_stat stat;
	unsigned int revoked;
	struct history *history;
	unsigned long *pfns;
	unsigned int checks;
	struct work_struct work;
	struct completion done;
	struct device_access access;
	int ret;
	bool stop;
	void *private;
};

int sdev_init(const struct sdev_model *model);
void sdev_exit(void);
bool sdev_aware(const struct sdev *dev);
u32 sdev_dropped(void);
u32 sdev_effects(const struct mmnotify_info *info);
bool sdev_is_gone(const struct mmnotify_info *info, u32 effects);
void sdev_revoke(struct sdev *dev, unsigned long start, unsigned long end);
void sdev_queue(struct delayed_work *work, unsigned int ms);

int sobj_init(struct sobj *o, struct sdev *dev, const struct device_range *arg,
	      size_t size);
void sobj_link(struct sobj *o, struct mmu_interval_notifier *mni);
void sobj_unlink(struct sobj *o);
void sobj_delete(struct sobj *o);
void sobj_put(struct sobj *o);
struct sobj *sobj_find(struct sdev *dev, unsigned long addr, bool write);
struct sobj *sobj_find_exact(struct sdev *dev, const struct device_range *arg);
int sobj_fault(struct sobj *o, unsigned long start, unsigned long pages,
	       bool write);
void sobj_fill(struct sobj *o);
void sobj_event(struct sobj *o, const struct mmnotify_info *info);
void sobj_zap(struct sobj *o, unsigned long start, unsigned long end);
void sobj_downgrade(struct sobj *o, unsigned long start, unsigned long end);
void sobj_follow(struct sobj *o, u32 effects, unsigned long start,
		 unsigned long end);

int sdev_access_all(struct sdev *dev, struct device_access *arg);

int check_all(struct sdev *dev, struct device_check *result);

int history_start(struct sdev *dev);
void history_stop(struct sdev *dev);
void history_print(struct sdev *dev, unsigned long addr);

#endif /* MMN_SDEV_H */
