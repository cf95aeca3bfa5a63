/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_DEBUGFS_H
#define MMN_DEBUGFS_H

void mmn_debugfs_init(void);
void mmn_debugfs_exit(void);

#endif /* MMN_DEBUGFS_H */
