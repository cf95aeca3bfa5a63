/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_MATH64_H
#define SHIM_MATH64_H

#define div_u64(a, b)	((a) / (b))

#endif /* SHIM_MATH64_H */
