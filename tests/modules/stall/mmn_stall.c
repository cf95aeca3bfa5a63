// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_stall: a bare notifier of a whole mm whose callback takes the time in the parameter delay_ms,
 * and does not return while the parameter hold is on, like that of a driver that waits for its
 * device.
 */
#include <linux/delay.h>

#include "whole.h"

static bool hold;
module_param(hold, bool, 0644);
MODULE_PARM_DESC(hold, "callbacks wait until this is off");

static unsigned int delay_ms;
module_param(delay_ms, uint, 0644);
MODULE_PARM_DESC(delay_ms, "time that each callback takes, in ms");

static int mmn_stall_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	unsigned int delay = READ_ONCE(delay_ms);

	if (!mmu_notifier_range_blockable(range))
		return 0;
	if (delay)
		msleep(delay);
	while (READ_ONCE(hold))
		msleep(20);
	return 0;
}

static const struct mmu_notifier_ops stall_ops = {
	.invalidate_range_start = mmn_stall_start,
	.invalidate_range_end = whole_end,
};

static void *attach_stall(struct mm_struct *mm)
{
	return attach_whole(mm, &stall_ops);
}

static struct attacher attachers[] = {
	ATTACHER("mmn_stall", stall, whole),
};

static int __init mmn_stall_init(void)
{
	return bench_register(attachers, ARRAY_SIZE(attachers));
}
module_init(mmn_stall_init);

static void __exit mmn_stall_exit(void)
{
	bench_unregister(attachers, ARRAY_SIZE(attachers));
}
module_exit(mmn_stall_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("A bare notifier that waits, for tests");
MODULE_LICENSE("GPL");
