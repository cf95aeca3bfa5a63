/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_SCHED_H
#define SHIM_SCHED_H

#define PF_EXITING	0x00000004
#define PF_IO_WORKER	0x00000010
#define PF_MEMALLOC	0x00000800
#define PF_KSWAPD	0x00020000
#define PF_KTHREAD	0x00200000

#define TASK_COMM_LEN	16

struct mm_struct;

struct task_struct {
	struct task_struct *group_leader;
	int pid, tgid;
	unsigned long cgroup;
	struct mm_struct *mm;
	unsigned int flags;
	char comm[TASK_COMM_LEN];
	void *stack;
};

extern struct task_struct shim_current;

#define current		(&shim_current)

#define MAX_SCHEDULE_TIMEOUT	(~0UL >> 1)

static inline int cond_resched(void)
{
	return 0;
}

/* The test decides how long they take. */
void schedule_timeout_uninterruptible(long timeout);
void schedule_timeout_idle(unsigned long timeout);

#endif /* SHIM_SCHED_H */
