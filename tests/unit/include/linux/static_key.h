/* SPDX-License-Identifier: GPL-2.0-only */
/* The test switches the keys. */
#ifndef SHIM_STATIC_KEY_H
#define SHIM_STATIC_KEY_H

#include <stdbool.h>

struct static_key_false {
	bool on;
};

#define DECLARE_STATIC_KEY_FALSE(name)	extern struct static_key_false name
#define DEFINE_STATIC_KEY_FALSE(name)	struct static_key_false name
#define static_branch_unlikely(key)	((key)->on)
#define static_branch_enable(key)	((key)->on = true)
#define static_branch_disable(key)	((key)->on = false)

#endif /* SHIM_STATIC_KEY_H */
