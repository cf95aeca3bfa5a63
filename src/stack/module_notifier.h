/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_MODULE_NOTIFIER_H
#define MMN_MODULE_NOTIFIER_H

int mmn_module_notifier_init(void);
void mmn_module_notifier_exit(void);

#endif /* MMN_MODULE_NOTIFIER_H */
