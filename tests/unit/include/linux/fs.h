/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_FS_H
#define SHIM_FS_H

struct file {
	int mode;
};

#endif /* SHIM_FS_H */
