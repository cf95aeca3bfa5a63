/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_BUILD_BUG_H
#define SHIM_BUILD_BUG_H

#define BUILD_BUG_ON(cond)	((void)sizeof(char[1 - 2 * !!(cond)]))

#endif /* SHIM_BUILD_BUG_H */
