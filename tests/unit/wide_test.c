// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * wide: ranges that copy the verdict of their event's leader, in a model of the kernel's tree of
 * ranges. Tasks run events in turns of one callback, with few addresses and bounds, so that most
 * events look like an earlier one. Other tasks keep the sequence odd, overwrite slots, insert and
 * remove ranges, and replace an mm by another one at the same address. No range may get a verdict
 * of another event, or read a range that was freed (the address sanitizer watches).
 *
 * The rules of the tree are those of mm/mmu_notifier.c: mn_itree_inv_start_range(),
 * mn_itree_inv_end(), mmu_interval_notifier_insert() and _remove().
 */
#include <stdlib.h>
#include <string.h>

#include "event_events.h"
#include "tap.h"

#define NR_TASKS	6
#define NR_MMS		2
#define NR_RANGES	12
#define MAX_DEPTH	2
#define STEPS		3000000

struct model_mm {
	unsigned long seq;
	unsigned int active;
	/* In the order of their start; of equal ones the later one is behind. */
	struct interval_tree_node *tree[NR_RANGES];
	unsigned int nr;
	struct interval_tree_node *inserted[NR_RANGES], *removed[NR_RANGES];
	unsigned int nr_inserted, nr_removed;
	/* Out of the tree, but their removal has not returned. */
	struct interval_tree_node *gone[NR_RANGES];
	unsigned int nr_gone;
};

struct model_event {
	struct mmn_event_identity id;
	unsigned int mm, verdict, next;
	unsigned long start, end, seq;
	/* Those that get the event, as the frozen tree has them. */
	struct interval_tree_node *ranges[NR_RANGES];
	unsigned int nr;
};

static struct model_mm mms[NR_MMS];
static struct model_event events[NR_TASKS][MAX_DEPTH];
static unsigned int depths[NR_TASKS];
static unsigned long tasks[NR_TASKS];
static unsigned int seed, verdicts;
/* Tasks share slots, events nest, and other drivers get them, too. */
static bool crowded;
static bool ending;
static unsigned long led, followed, wrong, recounted, replaced_mms;

static unsigned int any(unsigned int below)
{
	return rand_r(&seed) % below;
}

static void tree_insert(struct model_mm *m, struct interval_tree_node *node)
{
	unsigned int i = m->nr++;

	for (; i && m->tree[i - 1]->start > node->start; i--)
		m->tree[i] = m->tree[i - 1];
	m->tree[i] = node;
}

static void tree_remove(struct model_mm *m, struct interval_tree_node *node)
{
	unsigned int i = 0;

	while (m->tree[i] != node)
		i++;
	m->nr--;
	memmove(m->tree + i, m->tree + i + 1, (m->nr - i) * sizeof(*m->tree));
	m->gone[m->nr_gone++] = node;
}

/*
 * The removals of the ranges that are not in the tree any more go on: they change the generation,
 * drop the mm, and then the driver frees its range.
 */
static void finish_removals(struct model_mm *m)
{
	while (m->nr_gone) {
		mmn_event_new_generation();
		free(m->gone[--m->nr_gone]);
	}
}

static void insert(struct model_mm *m)
{
	struct interval_tree_node *node;

	if (m->nr + m->nr_inserted + m->nr_gone == NR_RANGES)
		return;
	node = calloc(1, sizeof(*node));
	node->start = 0x1000 * any(4);
	node->last = node->start + 0x1000 * (1 + any(3)) - 1;
	if (m->active && m->seq & 1) {
		m->inserted[m->nr_inserted++] = node;
		return;
	}
	if (m->active)
		m->seq |= 1;
	tree_insert(m, node);
}

static bool is_removed(const struct model_mm *m, const struct interval_tree_node *node)
{
	unsigned int i;

	for (i = 0; i < m->nr_removed; i++)
		if (m->removed[i] == node)
			return true;
	return false;
}

static void remove_one(struct model_mm *m)
{
	struct interval_tree_node *node;

	if (!m->nr)
		return;
	node = m->tree[any(m->nr)];
	if (is_removed(m, node))
		return;
	if (m->seq & 1)
		m->removed[m->nr_removed++] = node;
	else
		tree_remove(m, node);
}

static void end_event(struct model_mm *m)
{
	unsigned int i;

	if (--m->active || !(m->seq & 1))
		return;
	m->seq++;
	for (i = 0; i < m->nr_inserted; i++)
		tree_insert(m, m->inserted[i]);
	for (i = 0; i < m->nr_removed; i++)
		tree_remove(m, m->removed[i]);
	m->nr_inserted = 0;
	m->nr_removed = 0;
}

/* Without ranges and events an mm may be freed, and another one begin at its address. */
static void replace_mm(struct model_mm *m)
{
	unsigned int i;

	if (m->active)
		return;
	while (m->nr)
		tree_remove(m, m->tree[0]);
	finish_removals(m);
	m->seq = 2;
	replaced_mms++;
	for (i = 0; i < 3 && !ending; i++)
		insert(m);
}

static void begin_event(unsigned int t)
{
	struct model_event *e = &events[t][depths[t]];
	struct model_mm *m;
	unsigned int i;

	memset(e, 0, sizeof(*e));
	e->mm = any(NR_MMS);
	m = &mms[e->mm];
	e->start = 0x1000 * any(2);
	e->end = e->start + 0x2000 * (1 + any(2));
	/* A nested event is further down the stack. */
	e->id = event(tasks[t], 0x100 + 0x100 * depths[t] + 8 * any(2));
	e->id.id = mmn_event_id(mm(e->mm + 1), e->id.task, e->start, e->end);
	e->verdict = ++verdicts % 30000;
	for (i = 0; i < m->nr; i++)
		if (m->tree[i]->start < e->end &&
		    m->tree[i]->last >= e->start)
			e->ranges[e->nr++] = m->tree[i];
	m->active++;
	if (e->nr)
		m->seq |= 1;
	e->seq = m->seq;
	depths[t]++;
}

/* The native callback of a range, as in src/client/deliver.c. */
static void call(const struct model_event *e, const struct interval_tree_node *node)
{
	struct mmn_event *home = mmn_event_home(e->id.task);
	struct mmn_verdict v = verdict(e->verdict), got;
	unsigned long site;
	bool first;

	if (mmn_event_may_follow(home, node, e->id.range) &&
	    mmn_event_follow(home, &e->id, node, e->seq, &site, &got)) {
		followed++;
		wrong += site != e->verdict || !is(&got, e->verdict);
		return;
	}
	first = mmn_event_keep(home, &e->id, e->verdict, &v, node, any(8) == 0,
			       mmn_event_seq(e->seq));
	led++;
	recounted += first && e->next > 1;
}

/* A driver of tier 1 or an mm object gets the event, too. */
static void call_other(const struct model_event *e)
{
	static const char others[2];
	struct mmn_verdict v = verdict(e->verdict);

	mmn_event_keep(mmn_event_home(e->id.task), &e->id, e->verdict, &v, &others[any(2)],
		       any(2), 0);
}

static void go_on(unsigned int t)
{
	struct model_event *e = &events[t][depths[t] - 1];

	/* A refused start ends the event early. */
	if (e->next == e->nr || any(32) == 0) {
		depths[t]--;
		end_event(&mms[e->mm]);
		return;
	}
	call(e, e->ranges[e->next++]);
	if (crowded && any(16) == 0)
		call_other(e);
}

static void step(void)
{
	unsigned int t = any(NR_TASKS), what = any(64);

	if (what == 0)
		insert(&mms[any(NR_MMS)]);
	else if (what == 1)
		remove_one(&mms[any(NR_MMS)]);
	else if (what == 3)
		finish_removals(&mms[any(NR_MMS)]);
	else if (what == 2)
		replace_mm(&mms[any(NR_MMS)]);
	else if (!depths[t] || (crowded && depths[t] < MAX_DEPTH && what < 8))
		begin_event(t);
	else
		go_on(t);
}

static void clean_up(void)
{
	unsigned int i;

	ending = true;
	for (i = 0; i < NR_TASKS; i++)
		while (depths[i])
			go_on(i);
	for (i = 0; i < NR_MMS; i++)
		replace_mm(&mms[i]);
}

static void run(bool crowd)
{
	unsigned int i;

	forget_all();
	seed = 1;
	crowded = crowd;
	ending = false;
	led = 0;
	followed = 0;
	wrong = 0;
	recounted = 0;
	replaced_mms = 0;
	for (i = 0; i < NR_TASKS; i++)
		tasks[i] = crowd && i < 3 ? neighbour(1, i) : 1000 + i;
	for (i = 0; i < NR_MMS; i++)
		mms[i].seq = 2;
	for (i = 0; i < STEPS; i++)
		step();
	clean_up();
	printf("# %lu led, %lu followed, %lu counted again, %lu mms replaced\n", led, followed,
	       recounted, replaced_mms);
}

static void test_crowded(void)
{
	run(true);
	ok(!wrong, "no range got the verdict of another event, where tasks share slots");
	ok(followed > 100000 && led > 100000 && replaced_mms > 1000, "all of it happened");
}

static void test_calm(void)
{
	run(false);
	ok(!wrong, "no range got the verdict of another event, where each task has a slot");
	ok(followed > led / 2, "many ranges follow, although some start where their leader does");
	ok(!recounted, "each event is counted once");
}

int main(void)
{
	test_crowded();
	test_calm();
	return tap_done();
}
