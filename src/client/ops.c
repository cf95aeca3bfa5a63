// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops: does mmnotify understand all that the ops of a driver say? Ops grow at their end
 * only. Those of a newer driver are refused if they use what this mmnotify does not know.
 * Those of an older driver are shorter than mmnotify's, which must not read behind them:
 * mmnotify works with a copy that has zeros there.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <mmnotify/mmnotify_types.h>

#include "ops.h"

/* A copy of shorter ops. Lives as long as the client does. */
struct copy {
	struct list_head list;
	size_t size;
	unsigned long ops[];
};

/* Ops that are equal share a copy. */
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
 * mmn_ops_accept() - the ops whose members mmnotify is to use
 * @kind: which structure
 * @client: name of the client, for the log
 * @ops: the driver's ops
 * @size: their size when the driver was compiled, bytes
 * @lock: guards @copies
 * @copies: copies that the client has already
 *
 * Context: Process; may sleep if @size is smaller than mmnotify's ops.
 * Return: @ops, or a copy as long as this mmnotify's that lives until mmn_ops_free();
 * ERR_PTR(): -EINVAL without ops or if members are missing that have always been there;
 * -E2BIG if members are used that this mmnotify does not know; -ENOMEM.
 */
const void *mmn_ops_accept(const struct mmn_ops_kind *kind, const char *client,
			   const void *ops, size_t size, struct mutex *lock,
			   struct list_head *copies)
{
	if (!ops) {
		pr_warn_ratelimited("client %s: %s() without ops\n", client, kind->name);
		return ERR_PTR(-EINVAL);
	}
	if (size < kind->v1) {
		pr_warn_ratelimited("client %s: %s() with ops of %zu bytes, at least %zu are needed: rebuild the driver against this mmnotify\n",
				    client, kind->name, size, kind->v1);
		return ERR_PTR(-EINVAL);
	}
	if (size < kind->known)
		return ops_lengthen(kind, ops, size, lock, copies);
	if (size > kind->known && memchr_inv(ops + kind->known, 0, size - kind->known)) {
		pr_warn_ratelimited("client %s: %s() with ops of a newer mmnotify (%zu bytes, %zu known): update mmnotify\n",
				    client, kind->name, size, kind->known);
		return ERR_PTR(-E2BIG);
	}
	return ops;
}

/**
 * mmn_ops_check_bits() - are all effects known, and is rsvd zero?
 * @kind: which structure
 * @client: name of the client, for the log
 * @effects: the member effects of the ops
 * @rsvd: the member rsvd of the ops
 *
 * A bit that mmnotify ignored would filter out events that the driver has to see.
 *
 * Context: Any.
 * Return: 0 or -EINVAL.
 */
int mmn_ops_check_bits(const struct mmn_ops_kind *kind, const char *client, u32 effects,
		       u32 rsvd)
{
	if (!(effects & ~MMNOTIFY_FX_ALL) && !rsvd)
		return 0;
	pr_warn_ratelimited("client %s: %s() with unknown effects (0x%x) or rsvd not 0 (0x%x): zero the ops, or update mmnotify\n",
			    client, kind->name, effects, rsvd);
	return -EINVAL;
}

/* The client that had the copies is gone. */
void mmn_ops_free(struct list_head *copies)
{
	struct copy *c, *next;

	list_for_each_entry_safe(c, next, copies, list)
		kfree(c);
}
