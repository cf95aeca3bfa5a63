/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef COMPAT_USER_H
#define COMPAT_USER_H

#include <mmnotify/mmnotify_compat.h>

extern struct mmnotify_client mmn_compat_client;

void mmn_compat_expect(const char *what, long got, long want);
unsigned long mmn_compat_map(unsigned int pages);
void mmn_compat_tests(void);

#endif /* COMPAT_USER_H */
