/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
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

/**
 * struct mmn_process_entry - a process of which events are counted
 * @id: number of the entry, which no other one has
 * @index: where its counts are
 * @since: when counting began, in seconds of the clock of /proc/uptime
 * @until: when it ended, if it has
 * @ended: true if it has
 * @process: the process
 */
struct mmn_process_entry {
	u32 id;
	u32 index;
	s64 since;
	s64 until;
	bool ended;
	struct mmn_process process;
};

/* Events of a process and a cause that have ended, pages in their ranges, and their time. */
struct mmn_process_count {
	u64 events;
	u64 pages;
	u64 ns;
};

/**
 * struct mmn_process_walk - position of a reader of all entries
 * @at: the position: first the table, then the ring
 * @moved: entries that had moved to the ring when the walk began
 * @lost: an entry may have been missed
 */
struct mmn_process_walk {
	u64 at;
	u64 moved;
	bool lost;
};

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
void mmn_process_begin(struct mmn_process_walk *w);
bool mmn_process_read(struct mmn_process_walk *w, struct mmn_process_entry *e);
void mmn_process_read_count(const struct mmn_process_entry *e, unsigned int cause,
			    struct mmn_process_count *c);
bool mmn_process_is_same(const struct mmn_process_entry *e);
u64 mmn_process_without_entry(void);
void mmn_process_show(struct seq_file *m);
void mmn_process_start(void);
void mmn_process_stop(void);

#endif /* MMN_PROCESS_H */
