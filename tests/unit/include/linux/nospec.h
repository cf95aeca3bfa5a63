/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_NOSPEC_H
#define SHIM_NOSPEC_H

#include <linux/types.h>

static inline size_t array_index_nospec(size_t i, size_t size)
{
	return i < size ? i : 0;
}

#endif /* SHIM_NOSPEC_H */
