/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* findings: what happened to which process by which operation, in sentences, worst first. Pure. */
#ifndef FINDINGS_H
#define FINDINGS_H

#include <stdio.h>

#include "event.h"
#include "tally.h"

/*
 * @tasks, @memory: the tasks that did it, and the kinds of memory, most frequent ones
 * @low, @high: all ranges lie between these
 */
struct finding {
	int tgid;
	char comm[COMM_LEN];
	char cause[CAUSE_LEN];
	char behind[CAUSE_LEN];
	struct tally t;
	struct top tasks, memory;
	unsigned long long low, high;
	unsigned int effects;
};

struct findings {
	unsigned int nr, room;
	struct finding *list;
};

/* findings_add() - count an event. @memory: kind of memory, "" if it is not known */
void findings_add(struct findings *f, const struct event *e, const char *memory);

/* findings_sort() - worst first: most time between start and end, then pages; exits last. */
void findings_sort(struct findings *f);

/*
 * finding_facts() - "numa_hint hit gpu-app (4711): 1,537 events, 3,074 pages, ..." without a
 * newline. To be freed.
 */
char *finding_facts(const struct finding *f);

/* finding_print() - the facts, what happened and what to do, for a terminal. */
void finding_print(FILE *out, unsigned int nr, const struct finding *f);

/* finding_effects() - what the effects mean for a device, a sentence. Return: never NULL */
const char *finding_effects(const struct finding *f);

void findings_free(struct findings *f);

#endif /* FINDINGS_H */
