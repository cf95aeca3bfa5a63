/* SPDX-License-Identifier: GPL-2.0-only */
/* A stack of the kernel's unwinder with frame pointers, which tests define. */
#ifndef SHIM_UNWIND_H
#define SHIM_UNWIND_H

#include <linux/ptrace.h>
#include <linux/sched.h>
#include <linux/types.h>

struct unwind_state {
	unsigned int at;
	bool error;
	struct pt_regs *regs;
};

bool unwind_done(struct unwind_state *s);
bool unwind_next_frame(struct unwind_state *s);
unsigned long unwind_get_return_address(struct unwind_state *s);
void unwind_start(struct unwind_state *s, struct task_struct *task, struct pt_regs *regs,
		  unsigned long *first_frame);

#endif /* SHIM_UNWIND_H */
