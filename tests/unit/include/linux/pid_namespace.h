/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_PID_NAMESPACE_H
#define SHIM_PID_NAMESPACE_H

struct pid_namespace {
	int level;
};

extern struct pid_namespace init_pid_ns;

#endif /* SHIM_PID_NAMESPACE_H */
