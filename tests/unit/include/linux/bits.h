/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_BITS_H
#define SHIM_BITS_H

#define BIT(nr)	(1UL << (nr))

#endif /* SHIM_BITS_H */
