/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_HOOK_BACKENDS_H
#define MMN_HOOK_BACKENDS_H

#include "hook.h"

/* In the order of preference. The kernel may not support the first two. */
extern const struct mmn_hook_backend mmn_hook_ftrace;
extern const struct mmn_hook_backend mmn_hook_kprobe;
extern const struct mmn_hook_backend mmn_hook_stack;
extern const struct mmn_hook_backend mmn_hook_none;

#endif /* MMN_HOOK_BACKENDS_H */
