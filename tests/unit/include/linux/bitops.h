/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_BITOPS_H
#define SHIM_BITOPS_H

#define BITS_PER_BYTE	8

#endif /* SHIM_BITOPS_H */
