/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_NET_H
#define SHIM_NET_H

struct file;

struct socket {
	struct file *file;
};

#endif /* SHIM_NET_H */
