/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_STACKTRACE_H
#define SHIM_STACKTRACE_H
#endif /* SHIM_STACKTRACE_H */
