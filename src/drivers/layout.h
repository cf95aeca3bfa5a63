/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_LAYOUT_H
#define MMN_LAYOUT_H

#include <linux/types.h>

struct mm_struct;

/**
 * DOC: The notifiers of an mm
 *
 * Which notifiers an mm has is private to the kernel: struct mmu_notifier_subscriptions is only
 * declared. It has a list of the notifiers for the whole mm, a tree of those for a range, and the
 * lock of both. At load their places are found out, with notifiers of our own on the mm of the
 * loading process, and proven:
 *
 * - A notifier that was registered last is the first one of the list, so its node points at the
 *   list.
 * - A kprobe shows what the kernel passes to interval_tree_insert(): our node, and the tree. The
 *   lock is held then, and only then.
 * - Read this way, the mm has exactly our notifiers.
 *
 * If anything differs nothing is ever read, and mmn_layout_missing() has the reason. The probe is
 * removed before the load ends.
 *
 * Lists of other mms are read under their lock, as the kernel changes them under it, and in process
 * context. A reference to the mm keeps the structure. Nothing is registered on the mm: that would
 * take mmap_lock, and wait for running callbacks at its end. So the notifiers of a process
 * that hangs in a callback can be read, too.
 */

/**
 * struct mmn_notifiers - notifiers of an mm with the same callback
 * @callback: the function that the start of an event calls; another one of its operations if it
 *	has none
 * @finish: for a range in two passes, the function of the second one; else NULL
 * @release: function for the end of the mm, or NULL
 * @flush: function that flushes a secondary TLB, or NULL
 * @count: number of notifiers
 * @starts: true if @callback is called at the start of an event
 */
struct mmn_notifiers {
	void *callback;
	void *finish;
	void *release;
	void *flush;
	unsigned int count;
	bool starts;
};

#define MMN_LAYOUT_KINDS	32
#define MMN_LAYOUT_RETURNS	4

void mmn_layout_prove(void);
const char *mmn_layout_missing(void);
unsigned int mmn_layout_read(struct mm_struct *mm, struct mmn_notifiers *list);
unsigned long mmn_layout_return(unsigned int i);

#endif /* MMN_LAYOUT_H */
