/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* An unwinder of the kernel, with ORC or with frame pointers, which tests define. */
#ifndef SHIM_UNWIND_H
#define SHIM_UNWIND_H

#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/types.h>

struct unwind_state {
#ifdef CONFIG_UNWINDER_ORC
	unsigned long sp, bp, ip;
	bool signal, full_regs;
	bool done;
#else
	unsigned int at;
#endif
	bool error;
	struct pt_regs *regs;
};

bool unwind_done(struct unwind_state *s);
bool unwind_next_frame(struct unwind_state *s);
unsigned long unwind_get_return_address(struct unwind_state *s);
void unwind_start(struct unwind_state *s, struct task_struct *task, struct pt_regs *regs,
		  unsigned long *first_frame);

#endif /* SHIM_UNWIND_H */
