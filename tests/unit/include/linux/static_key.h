/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test switches the keys. */
#ifndef SHIM_STATIC_KEY_H
#define SHIM_STATIC_KEY_H

#include <stdbool.h>

/* As in the kernel, it is on while its count is not 0. */
struct static_key_false {
	int on;
};

#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name
#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name
#define static_branch_unlikely(key)	((key)->on != 0)
#define static_branch_enable(key)	((key)->on = 1)
#define static_branch_disable(key)	((key)->on = 0)
#define static_branch_inc(key)		((key)->on++)
#define static_branch_dec(key)		((key)->on--)
#define static_key_enabled(key)		((key)->on != 0)

#endif /* SHIM_STATIC_KEY_H */
