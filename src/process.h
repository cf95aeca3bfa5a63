/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_PROCESS_H
#define MMN_PROCESS_H

#include <linux/sched.h>
#include <linux/types.h>

struct mm_struct;
struct seq_file;

/**
 * struct mmn_process - the process that an mm belongs to
 * @cgroup: number of its cgroup in the hierarchy of version 2; 0 if it is not known
 * @tgid: its number; 0 if it is not known
 * @comm: name of its main thread, padded with zeros
 */
struct mmn_process {
	u64 cgroup;
	u32 tgid;
	char comm[TASK_COMM_LEN];
};

int mmn_process_init(void);
void mmn_process_exit(void);
void mmn_process_get(const struct mm_struct *mm, struct mmn_process *p);
void mmn_process_find(const struct mm_struct *mm, struct mmn_process *p);
void mmn_process_register(const struct mm_struct *mm);
void mmn_process_release(const struct mm_struct *mm);
void mmn_process_count(const struct mm_struct *mm, unsigned int cause, u64 pages, u64 ns);
void mmn_process_show(struct seq_file *m);
void mmn_process_start(void);
void mmn_process_stop(void);

#endif /* MMN_PROCESS_H */
