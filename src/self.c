// SPDX-License-Identifier: GPL-2.0-only
/*
 * self: which events does a driver raise itself? A driver that migrates pages
 * hears of its own work through notifiers, and mostly without an owner
 * (try_to_migrate_one()). It says when it works, we say which events are its own.
 *
 * A task that works for a driver may be diverted: it allocates, and reclaims or
 * compacts pages of the same mm on the way. Those are not the driver's own, so
 * only causes that a driver raises on purpose count, and nothing in reclaim.
 */
#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/hash.h>
#include <linux/kernel.h>
#include <linux/sched.h>

#include <mmnotify/mmnotify.h>

#include "compat/export.h"
#include "self.h"

#define SELF_BITS	7
#define SELF_PROBES	8

/*
 * Open sections. A slot is claimed by its task, and only that task ever compares
 * the rest of it: nobody else needs to see it consistent.
 */
static struct section {
	const struct task_struct *task;
	const struct mm_struct *mm;
	const struct mmnotify_client *client;
} sections[1 << SELF_BITS];

atomic_t mmn_self_sections;

static unsigned int slot(unsigned int probe)
{
	return (hash_ptr(current, SELF_BITS) + probe) &
	       (ARRAY_SIZE(sections) - 1);
}

/**
 * mmnotify_self_begin_v1() - from here on this task works for the driver
 * @client: a registered client
 * @mm: whose pages it works on
 *
 * Until mmnotify_self_end(), events of @mm that this task raises and whose
 * cause is migrate_vma, device_exclusive, device_exclusive_restore, cow, cow_gup
 * or driver_zap are delivered to @client with MMNOTIFY_F_SELF; other clients do
 * not see the flag. Sections nest. See mmnotify_self_begin().
 *
 * Context: Any.
 * Return: a cookie for mmnotify_self_end(); 0, also legal there, if too many
 * sections are open: then the flag is not set.
 */
unsigned int mmnotify_self_begin_v1(struct mmnotify_client *client,
				    const struct mm_struct *mm)
{
	unsigned int i, n;

	for (i = 0; i < SELF_PROBES; i++) {
		n = slot(i);
		if (READ_ONCE(sections[n].task) ||
		    cmpxchg(&sections[n].task, NULL, current))
			continue;
		sections[n].mm = mm;
		sections[n].client = client;
		atomic_inc(&mmn_self_sections);
		return n + 1;
	}
	return 0;
}
MMN_EXPORT(mmnotify_self_begin_v1);

/**
 * mmnotify_self_end_v1() - the work is done
 * @cookie: from mmnotify_self_begin() of the same task; see mmnotify_self_end()
 *
 * Context: Any.
 */
void mmnotify_self_end_v1(unsigned int cookie)
{
	if (!cookie || WARN_ON_ONCE(cookie > ARRAY_SIZE(sections) ||
				    sections[cookie - 1].task != current))
		return;
	atomic_dec(&mmn_self_sections);
	/* Pairs with the cmpxchg() of the slot's next owner. */
	smp_store_release(&sections[cookie - 1].task, NULL);
}
MMN_EXPORT(mmnotify_self_end_v1);

static bool is_open(const struct mmnotify_client *client,
		    const struct mm_struct *mm)
{
	const struct section *s;
	unsigned int i;

	for (i = 0; i < SELF_PROBES; i++) {
		s = &sections[slot(i)];
		if (READ_ONCE(s->task) == current && s->mm == mm &&
		    s->client == client)
			return true;
	}
	return false;
}

static bool may_be_own(unsigned int cause)
{
	switch (cause) {
	case MMNOTIFY_CAUSE_MIGRATE_VMA:
	case MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE:
	case MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE_RESTORE:
	case MMNOTIFY_CAUSE_COW:
	case MMNOTIFY_CAUSE_COW_GUP:
	case MMNOTIFY_CAUSE_DRIVER_ZAP:
		return true;
	default:
		return false;
	}
}

/* Some section is open. For mmn_self_mark(). */
void mmn_self_mark_open(const struct mmnotify_client *client,
			struct mmnotify_info *info)
{
	if (!(info->flags & MMNOTIFY_F_EXACT) ||
	    (current->flags & PF_MEMALLOC) || !may_be_own(info->cause))
		return;
	if (is_open(client, info->mm))
		info->flags |= MMNOTIFY_F_SELF;
}
