/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_COMPAT_H
#define SHIM_COMPAT_H

#endif /* SHIM_COMPAT_H */
