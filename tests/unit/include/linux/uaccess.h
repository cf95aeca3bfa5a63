/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_UACCESS_H
#define SHIM_UACCESS_H

#define __user

/* The test says whether the page can be written. */
int shim_put_user(int value, int *to);

#define put_user(value, to)	shim_put_user(value, to)

#endif /* SHIM_UACCESS_H */
