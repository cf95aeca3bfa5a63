// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * targets: hooks the functions of a backend one after the other. Verdicts need the start and the
 * end of events. The others only tell observers whose mm it is.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/bits.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "targets.h"

static const struct {
	const char *name;
	bool optional;
} targets[MMN_NR_TARGETS] = {
	[MMN_TARGET_END] = { "__mmu_notifier_invalidate_range_end" },
	[MMN_TARGET_RELEASE] = { "__mmu_notifier_release", .optional = true },
	[MMN_TARGET_REGISTER] = { "__mmu_notifier_register", .optional = true },
	[MMN_TARGET_START] = { "__mmu_notifier_invalidate_range_start" },
};

/**
 * mmn_targets_attach() - hook all functions
 * @t: the functions of a backend
 *
 * If it fails, some may be hooked: mmn_targets_detach() removes these.
 *
 * Context: Process, may sleep.
 * Return: 0, or the errno of a function that is not optional.
 */
int mmn_targets_attach(struct mmn_targets *t)
{
	unsigned int i;
	int ret;

	for (i = 0; i < MMN_NR_TARGETS; i++) {
		if (t->attached & BIT(i))
			continue;
		ret = t->attach(i, targets[i].name);
		if (!ret)
			t->attached |= BIT(i);
		else if (targets[i].optional)
			pr_warn_once("cannot hook %s (%d): processes that get or lose a notifier while events are watched may be missing\n",
				     targets[i].name, ret);
		else
			return ret;
	}
	return 0;
}

/**
 * mmn_targets_detach() - remove the hooks of all functions
 * @t: the functions of a backend
 *
 * Context: Process, may sleep.
 * Return: 0, or the errno of the first one that stays: those before it stay, too.
 */
int mmn_targets_detach(struct mmn_targets *t)
{
	unsigned int i = MMN_NR_TARGETS;
	int ret;

	while (i--) {
		if (!(t->attached & BIT(i)))
			continue;
		ret = t->detach(i);
		if (ret)
			return ret;
		t->attached &= ~BIT(i);
	}
	return 0;
}
