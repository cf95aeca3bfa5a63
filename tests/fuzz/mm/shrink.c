// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * shrink: reduces a run to the smallest one that still fails. First it ends where it
 * failed, then actors take turns. Then kinds of operations are left out, half of them at a
 * time, down to single ones; then the number of steps is halved. A run that fails only
 * sometimes gets several tries.
 */
#include <string.h>
#include <time.h>

#include "fuzz.h"

#define TRIES	3

static time_t until;

/* On success @o->steps is reduced to the step that failed. */
static bool still_fails(struct options *o)
{
	unsigned int i;

	for (i = 0; i < TRIES && time(NULL) < until; i++) {
		if (run_once(o) != RUN_STALE)
			continue;
		if (sh->failed_at && sh->failed_at < o->steps)
			o->steps = sh->failed_at;
		return true;
	}
	return false;
}

static bool try(struct options *best, struct options candidate)
{
	if (time(NULL) >= until || !still_fails(&candidate))
		return false;
	*best = candidate;
	return true;
}

static void print(const struct options *o, const char *what)
{
	const struct op *op;
	unsigned int i;

	printf("# %s: SEED=%llu STEPS=%llu CHECK=%llu KINDS=%#llx%s:", what,
	       (unsigned long long)o->seed, (unsigned long long)o->steps,
	       (unsigned long long)o->check, (unsigned long long)o->kinds,
	       o->serial ? " SERIAL=1" : "");
	for (i = 0; (op = op_get(i)); i++)
		if (o->kinds & 1ULL << i)
			printf(" %s", op->name);
	printf("\n");
	fflush(stdout);
}

/* Leaves out @size kinds of operations at a time. */
static void fewer_kinds(struct options *best, unsigned int size)
{
	unsigned int nr = ops_count(), at;

	for (at = 0; at < nr; at += size) {
		__u64 some = ((size < 64 ? 1ULL << size : 0) - 1) << at;
		struct options o = *best;

		o.kinds &= ~some;
		if (o.kinds == best->kinds)
			continue;
		if (try(best, o))
			print(best, "still fails");
	}
}

void shrink(const struct options *from)
{
	struct options best = *from, o;
	unsigned int size;

	until = time(NULL) + from->shrink;
	if (sh->failed_at && sh->failed_at < best.steps)
		best.steps = sh->failed_at;
	o = best;
	o.check = 1;
	try(&best, o);
	o = best;
	o.serial = true;
	try(&best, o);
	o = best;
	o.quiet_machine = true;
	if (try(&best, o))
		printf("# it needs no background\n");
	print(&best, "fails");
	for (size = 32; size; size /= 2)
		fewer_kinds(&best, size);
	for (o = best; o.steps > 1; o = best) {
		o.steps /= 2;
		if (!try(&best, o))
			break;
	}
	/* Runs once more, so that the history that is printed is of a run that failed. */
	until = time(NULL) + 60;
	o = best;
	still_fails(&o);
	print(&best, time(NULL) < until ? "smallest that fails" : "smallest that failed");
}
