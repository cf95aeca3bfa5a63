/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_MONITOR_H
#define MMN_MONITOR_H

void mmn_monitor_init(void);
void mmn_monitor_exit(void);
void mmn_monitor_start(void);
void mmn_monitor_stop(void);

#endif /* MMN_MONITOR_H */
