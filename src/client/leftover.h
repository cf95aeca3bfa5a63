/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_LEFTOVER_H
#define MMN_LEFTOVER_H

int mmn_leftover_init(void);
void mmn_leftover_exit(void);

#endif /* MMN_LEFTOVER_H */
