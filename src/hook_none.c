// SPDX-License-Identifier: GPL-2.0-only
/*
 * hook_none: see nothing. For kernels without ftrace, and for hook=none: the
 * verdicts rest on the native event alone and are never exact.
 */
#include <linux/errno.h>

#include "hook.h"
#include "hook_backends.h"

static int attach(void)
{
	return -EOPNOTSUPP;
}

static void detach(void)
{
}

const struct mmn_hook_backend mmn_hook_none = {
	.name = "none",
	.attach = attach,
	.detach = detach,
};
