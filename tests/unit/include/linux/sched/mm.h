/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_SCHED_MM_H
#define SHIM_SCHED_MM_H

struct mm_struct;

/* The test counts references. */
void mmgrab(struct mm_struct *mm);
void mmdrop(struct mm_struct *mm);

#endif /* SHIM_SCHED_MM_H */
