/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_USER_NAMESPACE_H
#define SHIM_USER_NAMESPACE_H

struct user_namespace {
	int level;
};

extern struct user_namespace init_user_ns;

#endif /* SHIM_USER_NAMESPACE_H */
