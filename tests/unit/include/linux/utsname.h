/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_UTSNAME_H
#define SHIM_UTSNAME_H

struct new_utsname {
	char release[65];
	char version[65];
};

const struct new_utsname *init_utsname(void);

#endif /* SHIM_UTSNAME_H */
