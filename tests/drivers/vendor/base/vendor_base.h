/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef VENDOR_BASE_H
#define VENDOR_BASE_H

unsigned int vendor_base_effects(void);

#endif /* VENDOR_BASE_H */
