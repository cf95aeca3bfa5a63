/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_LIMITS_H
#define SHIM_LIMITS_H

#include <limits.h>

#define U64_MAX	(~0ULL)

#endif /* SHIM_LIMITS_H */
