// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * none: backends that hook nothing. Callbacks find the call site on the stack
 * (hook=stack), or only have the native event (hook=none): exact for a release alone.
 */
#include "backends.h"
#include "hook.h"

static int none_attach(void)
{
	return 0;
}

static int none_detach(void)
{
	return 0;
}

const struct mmn_hook_backend mmn_hook_stack = {
	.name = "stack",
	.attach = none_attach,
	.detach = none_detach,
};

const struct mmn_hook_backend mmn_hook_none = {
	.name = "none",
	.attach = none_attach,
	.detach = none_detach,
};
