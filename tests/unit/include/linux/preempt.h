/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_PREEMPT_H
#define SHIM_PREEMPT_H

extern int shim_preempt_off;

#define preempt_disable()	((void)shim_preempt_off++)
#define preempt_enable()	((void)shim_preempt_off--)

#endif /* SHIM_PREEMPT_H */
