/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_MM_H
#define MMN_MM_H

struct mmnotify_client;

unsigned int mmn_mm_take_all(const struct mmnotify_client *client);

#endif /* MMN_MM_H */
