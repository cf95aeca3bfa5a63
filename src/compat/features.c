// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * features: logs which capabilities (mmnotify_caps()) this kernel cannot have.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/printk.h>

#include "compat.h"
#include "features.h"

struct feature {
	bool have;
	const char *lacks;
};

static const struct feature features[] __initconst = {
	{ MMN_HAVE_RANGES,
	  "interval notifiers: mmnotify_range_insert() and mmnotify_prime() return -EOPNOTSUPP" },
	{ MMN_HAVE_FTRACE, "what hook=ftrace needs: observers use hook=kprobe" },
	{ MMN_HAVE_KPROBES, "what hook=kprobe needs" },
	{ MMN_HAVE_NETLINK, "generic netlink: programs cannot read what debugfs shows" },
	{ MMN_HAVE_STACK,
	  "an unwinder that does not guess: verdicts that need the stack are not exact" },
};

/**
 * mmn_features_log() - log the features that the kernel lacks
 *
 * Context: Module init.
 */
void __init mmn_features_log(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(features); i++)
		if (!features[i].have)
			pr_notice("this kernel lacks %s\n", features[i].lacks);
}
