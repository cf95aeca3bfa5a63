/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_WATCH_H
#define MMN_WATCH_H

#include <linux/types.h>

int mmn_watch_set(bool on);
int mmn_watch_time(bool on);
int mmn_watch_observe(bool on);
bool mmn_watch_since(s64 *when);
void mmn_watch_exit(void);

#endif /* MMN_WATCH_H */
