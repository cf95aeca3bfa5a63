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

/* An mm and its process. */
struct mmn_process_mm {
	struct mm_struct *mm;
	struct mmn_process process;
};

enum mmn_process_state { MMN_PROCESS_GONE, MMN_PROCESS_ENDED, MMN_PROCESS_LIVE };

int mmn_process_init(void);
void mmn_process_exit(void);
void mmn_process_get(const struct mm_struct *mm, struct mmn_process *p);
void mmn_process_find(const struct mm_struct *mm, struct mmn_process *p);
void mmn_process_register(const struct mm_struct *mm);
void mmn_process_release(const struct mm_struct *mm);
void mmn_process_count(const struct mm_struct *mm, unsigned int cause, u64 pages, u64 ns);
u32 mmn_process_id(const struct mm_struct *mm);
enum mmn_process_state mmn_process_by_id(u32 id, struct mmn_process *p);
int mmn_process_mms(struct mmn_process_mm **mms);
void mmn_process_put_mms(struct mmn_process_mm *mms, unsigned int nr);
void mmn_process_show(struct seq_file *m);
void mmn_process_start(void);
void mmn_process_stop(void);

#endif /* MMN_PROCESS_H */
