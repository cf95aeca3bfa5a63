/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test says which capabilities there are. */
#ifndef SHIM_CAPABILITY_H
#define SHIM_CAPABILITY_H

#include <stdbool.h>

#define CAP_SYS_ADMIN	21
#define CAP_PERFMON	38

struct file;
struct user_namespace;

bool file_ns_capable(const struct file *file, struct user_namespace *ns, int cap);

#endif /* SHIM_CAPABILITY_H */
