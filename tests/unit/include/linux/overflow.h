/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_OVERFLOW_H
#define SHIM_OVERFLOW_H

#include <stddef.h>

#define struct_size(p, member, n)	offsetof(typeof(*(p)), member[n])

#endif /* SHIM_OVERFLOW_H */
