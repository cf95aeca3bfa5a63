// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ops: compatibility of the ops of older and newer drivers. Ops grow at their end only.
 * Longer ops of a newer driver are refused if they use members that this mmnotify does not
 * support. Shorter ops of an older driver are copied and padded with zeros, so that
 * mmnotify does not read beyond the driver's structure.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <mmnotify/mmnotify_types.h>

#include "ops.h"

/* Zero-padded copy of shorter ops; freed with the client. */
struct copy {
	struct list_head list;
	size_t size;
	unsigned long ops[];
};

/* Equal ops share a copy, so the list does not grow with each insertion. */
static struct copy *find_copy(const struct list_head *copies, const void *ops, size_t size)
{
	struct copy *c;

	list_for_each_entry(c, copies, list)
		if (c->size == size && !memcmp(c->ops, ops, size))
			return c;
	return NULL;
}

static const void *ops_lengthen(const struct mmn_ops_kind *kind, const void *ops, size_t size,
				struct mutex *lock, struct list_head *copies)
{
	struct copy *made = kzalloc(sizeof(*made) + kind->known, GFP_KERNEL), *c;

	if (!made)
		return ERR_PTR(-ENOMEM);
	made->size = size;
	memcpy(made->ops, ops, size);
	mutex_lock(lock);
	c = find_copy(copies, ops, size);
	if (!c)
		list_add_tail(&made->list, copies);
	mutex_unlock(lock);
	if (!c)
		return made->ops;
	kfree(made);
	return c->ops;
}

/**
 * mmn_ops_accept() - validate the size of a driver's ops
 * @kind: name and sizes of the structure
 * @client: name of the client, for the log
 * @ops: the driver's ops
 * @size: size of @ops when the driver was compiled, bytes
 * @lock: guards @copies
 * @copies: copies that the client has already
 *
 * Context: Process; may sleep if @size is smaller than mmnotify's ops.
 * Return: @ops, or a zero-padded copy of full length that lives until mmn_ops_free();
 * ERR_PTR(): -EINVAL if @ops is NULL or lacks members of API v1; -E2BIG if @ops uses
 * members that this mmnotify does not support; -ENOMEM.
 */
const void *mmn_ops_accept(const struct mmn_ops_kind *kind, const char *client,
			   const void *ops, size_t size, struct mutex *lock,
			   struct list_head *copies)
{
	if (!ops) {
		pr_warn_ratelimited("client %s: %s(): the ops are NULL: pass the driver's ops\n",
				    client, kind->name);
		return ERR_PTR(-EINVAL);
	}
	if (size < kind->v1) {
		pr_warn_ratelimited("client %s: %s(): the ops have %zu bytes, at least %zu are needed: rebuild the driver against this mmnotify\n",
				    client, kind->name, size, kind->v1);
		return ERR_PTR(-EINVAL);
	}
	if (size < kind->known)
		return ops_lengthen(kind, ops, size, lock, copies);
	if (size > kind->known && memchr_inv(ops + kind->known, 0, size - kind->known)) {
		pr_warn_ratelimited("client %s: %s(): the ops are for a newer mmnotify (%zu bytes, %zu supported): update mmnotify\n",
				    client, kind->name, size, kind->known);
		return ERR_PTR(-E2BIG);
	}
	return ops;
}

/**
 * mmn_ops_check_bits() - refuse unknown effects and reserved members that are set
 * @kind: name and sizes of the structure
 * @client: name of the client, for the log
 * @effects: member effects of the ops
 * @rsvd: member rsvd of the ops
 *
 * Ignoring an unknown effect would filter out events that the driver has to see.
 *
 * Context: Any.
 * Return: 0; -EINVAL if @effects has an unknown bit or @rsvd is not 0.
 */
int mmn_ops_check_bits(const struct mmn_ops_kind *kind, const char *client, u32 effects,
		       u32 rsvd)
{
	if (!(effects & ~MMNOTIFY_FX_ALL) && !rsvd)
		return 0;
	pr_warn_ratelimited("client %s: %s(): the ops have unknown effects (0x%x) or rsvd is not 0 (0x%x): zero the ops, or update mmnotify\n",
			    client, kind->name, effects, rsvd);
	return -EINVAL;
}

/* Called when the client is freed: no object uses the copies any more. */
void mmn_ops_free(struct list_head *copies)
{
	struct copy *c, *next;

	list_for_each_entry_safe(c, next, copies, list)
		kfree(c);
}
