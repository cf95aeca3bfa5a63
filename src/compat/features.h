/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_COMPAT_FEATURES_H
#define MMN_COMPAT_FEATURES_H

void mmn_features_log(void);

#endif /* MMN_COMPAT_FEATURES_H */
