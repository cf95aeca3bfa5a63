/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_STACKTRACE_H
#define SHIM_STACKTRACE_H
#endif /* SHIM_STACKTRACE_H */
