/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Of the header that probe.sh makes: what the kernels of today have. */
#ifndef SHIM_GEN_H
#define SHIM_GEN_H

#define MMN_HAVE_SYSCALL_ARGS

#endif /* SHIM_GEN_H */
