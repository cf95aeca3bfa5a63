/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_LOG2_H
#define SHIM_LOG2_H

#define ilog2(n)	(63 - __builtin_clzl(n))

#endif /* SHIM_LOG2_H */
