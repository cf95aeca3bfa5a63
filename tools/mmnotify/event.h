/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * event: one line of the tracepoints mmnotify:invalidate_start and invalidate_end as a structure.
 * Fields are found by name, so a module that appends some does not matter.
 */
#ifndef EVENT_H
#define EVENT_H

#include <stdbool.h>
#include <stddef.h>

struct tep_event;
struct tep_handle;
struct tep_record;

#define COMM_LEN	17
#define CAUSE_LEN	29

/*
 * @ts: clock of the trace, ns
 * @is_start: a start; only a RELEASE has no end
 * @pid: the task that did it; @task is its name, "" if it is not known
 * @tgid, @comm: the process whose memory it is
 * @site: address of the kernel function that announced it, and @site_name, never NULL
 * @ns: time from its start to its end; 0 at a start
 * @behind: the operation behind a split, "" if there is none or the module does not tell
 */
struct event {
	unsigned long long ts;
	unsigned long long start, end;
	unsigned long long site;
	unsigned long long ns;
	unsigned long long cgroup;
	unsigned long long id;
	unsigned int effects;
	unsigned int kind;
	unsigned int native;
	unsigned int flags;
	int pid;
	int tgid;
	int cpu;
	bool is_start;
	char cause[CAUSE_LEN];
	char behind[CAUSE_LEN];
	char comm[COMM_LEN];
	char task[COMM_LEN];
	const char *site_name;
};

/* event_is_ours() - is it one of the two tracepoints? */
bool event_is_ours(const struct tep_event *event);

/* event_decode() - fill @e, but for the name of the task. Return: true if it is one of ours. */
bool event_decode(struct tep_event *event, struct tep_record *record, struct event *e);

/* event_pages() - pages of its range; 0 for all addresses. */
unsigned long long event_pages(const struct event *e);

/* event_is_all() - is its range the whole address space? */
bool event_is_all(const struct event *e);

/* event_is_exact() - is the verdict exact? */
bool event_is_exact(const struct event *e);

/* Addresses of a stack, innermost first. */
#define STACK_MAX	64
struct stack {
	unsigned int nr;
	bool user;
	unsigned long long at[STACK_MAX];
};

/* stack_decode() - Return: true if the record is a stack of kernel or user space. */
bool stack_decode(struct tep_event *event, struct tep_record *record, struct stack *stack);

/* symbols_from_kernel() - let @tep have the functions of the running kernel, when one is needed. */
void symbols_from_kernel(struct tep_handle *tep);

/* symbol_of() - name of the kernel function at @addr, "" if it is not known. */
const char *symbol_of(struct tep_handle *tep, unsigned long long addr);

#endif /* EVENT_H */
