/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_JIFFIES_H
#define SHIM_JIFFIES_H

#define HZ	250

#endif /* SHIM_JIFFIES_H */
