// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* none: the two backends without a hook, which can always be attached and detached. */
#include <string.h>

#include <linux/kernel.h>

#include "hook/backends.h"
#include "tap.h"

static bool works(const struct mmn_hook_backend *b, const char *name)
{
	return !strcmp(b->name, name) && !b->caps && !b->unreliable && !b->is_stuck &&
	       !b->attach() && !b->detach();
}

int main(void)
{
	ok(works(&mmn_hook_stack, "stack"), "the stack");
	ok(works(&mmn_hook_none, "none"), "none");
	return tap_done();
}
