// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * advice: every madvise() advice, given in each way that the kernel has: by the process
 * itself, with madvise() or process_madvise(), by another process, and by a worker of
 * io_uring. More of pageout is in reclaim.c, of memory failure in hwpoison.c, of
 * KSM in ksm.c.
 */
#define _GNU_SOURCE
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "actors.h"

/* Newer than the header. */
#define POPULATE_READ	22
#define POPULATE_WRITE	23
#define DONTNEED_LOCKED	24
#define COLLAPSE	25
#define SOFT_OFFLINE	101
#define GUARD_INSTALL	102
#define GUARD_REMOVE	103

/**
 * struct advice - one advice
 * @advice: MADV_*
 * @name: name of @advice as text
 * @quiet: true if the advice invalidates nothing
 * @old: true if every kernel has it, with transparent huge pages if it is about them
 */
struct advice {
	int advice;
	const char *name;
	bool quiet;
	bool old;
};

#define ADVICE(a)	.advice = (a), .name = #a
#define OLD(a)		.advice = (a), .name = #a, .old = true

static const struct advice advices[] = {
	{ OLD(MADV_NORMAL), .quiet = true },
	{ OLD(MADV_RANDOM), .quiet = true },
	{ OLD(MADV_SEQUENTIAL), .quiet = true },
	{ OLD(MADV_WILLNEED), .quiet = true },
	{ OLD(MADV_DONTNEED) },
	{ OLD(MADV_FREE) },
	{ OLD(MADV_REMOVE) },
	{ OLD(MADV_DONTFORK), .quiet = true },
	{ OLD(MADV_DOFORK), .quiet = true },
	{ ADVICE(MADV_MERGEABLE), .quiet = true },
	/* Without merged pages there is nothing to invalidate. */
	{ ADVICE(MADV_UNMERGEABLE), .quiet = true },
	{ ADVICE(MADV_HUGEPAGE), .quiet = true },
	{ ADVICE(MADV_NOHUGEPAGE), .quiet = true },
	{ OLD(MADV_DONTDUMP), .quiet = true },
	{ OLD(MADV_DODUMP), .quiet = true },
	{ OLD(MADV_WIPEONFORK), .quiet = true },
	{ OLD(MADV_KEEPONFORK), .quiet = true },
	{ OLD(MADV_COLD), .quiet = true },
	{ OLD(MADV_PAGEOUT) },
	{ ADVICE(POPULATE_READ), .quiet = true },
	{ ADVICE(POPULATE_WRITE), .quiet = true },
	{ ADVICE(DONTNEED_LOCKED) },
	{ ADVICE(COLLAPSE) },
	{ ADVICE(MADV_HWPOISON) },
	{ ADVICE(SOFT_OFFLINE) },
	{ ADVICE(GUARD_INSTALL) },
	{ ADVICE(GUARD_REMOVE), .quiet = true },
};

enum way { MADVISE, PROCESS, OTHER, WORKER };

/* The kernel checks an advice even if it is given for no memory. */
static bool allowed(const struct advice *a, enum way from)
{
	if (from == MADVISE || from == WORKER)
		return a->old || !madvise(NULL, 0, a->advice);
	return !advise_process(from == PROCESS ? getpid() : getppid(), NULL, 0, a->advice);
}

struct adviser {
	enum way from;
	struct actor other;
	struct worker worker;
};

static bool advise_other(const struct order *o)
{
	return !advise_process(o->to, o->p, o->len, o->what);
}

static void ready(struct env *e, struct adviser *a, enum way from)
{
	a->from = from;
	if (from == PROCESS || from == OTHER)
		need_feature(e, F_PROCESS_MADVISE);
	if (from == OTHER)
		actor_ready(e, &a->other, advise_other);
	if (from == WORKER)
		worker_open(e, &a->worker);
}

static int tell(struct env *e, struct adviser *a, char *p, size_t len, int advice)
{
	switch (a->from) {
	case MADVISE:
		return madvise(p, len, advice);
	case PROCESS:
		return advise_process(getpid(), p, len, advice);
	case WORKER:
		return worker_madvise(e, &a->worker, p, len, advice);
	default:
		actor_acts(e, &a->other, p, len, advice);
		return 0;
	}
}

/* Skips the scenario if the kernel does not have the advice; otherwise it must succeed. */
static void check_allowed(struct env *e, enum way from, int advice)
{
	size_t i;

	for (i = 0; advices[i].advice != advice; i++)
		must(e, i < ARRAY_SIZE(advices));
	if (!allowed(&advices[i], from))
		skip(e, "this kernel does not have %s%s", advices[i].name,
		     from == MADVISE || from == WORKER ? "" : " by process_madvise()");
}

enum memory { ANON, LOCKED, SHARED, SCATTERED };

static char *memory(struct env *e, enum memory kind, size_t *len)
{
	char *p;

	*len = 4 * PG;
	switch (kind) {
	case ANON:
		return watched_anon(e, 8);
	case LOCKED:
		p = anon(e, 8);
		must(e, !mlock(p, 8 * PG));
		watch(e, p, 8 * PG);
		device(e, p, 8 * PG, true);
		return p;
	case SHARED:
		return watched_shared(e, memfd(e, 8 * PG, 0), 8 * PG);
	default:
		/* Small pages that can be collapsed into a huge page. */
		*len = HUGE;
		p = map_at(e, HUGE, HUGE, PROT_READ | PROT_WRITE,
			   MAP_PRIVATE | MAP_ANONYMOUS, -1);
		fill(p, HUGE, 1);
		watch(e, p, HUGE);
		device(e, p, HUGE, true);
		return p;
	}
}

/*
 * Repeats the advice until each tier has logged @pages events: reclaim is only a
 * request, and the kernel skips pages that it cannot isolate at the moment.
 */
static void advise_pages(struct env *e, enum way from, enum memory kind, int advice,
			 unsigned int cause, unsigned int pages)
{
	unsigned int tries = 0;
	struct adviser a;
	size_t len;
	char *p;

	check_allowed(e, from, advice);
	ready(e, &a, from);
	p = memory(e, kind, &len);
	begin(e);
	do {
		must(e, !tell(e, &a, p, len, advice));
	} while (pages && !seen_times(e, cause, pages) && tries++ < 200);
}

static void advise(struct env *e, enum way from, enum memory kind, int advice)
{
	advise_pages(e, from, kind, advice, 0, 0);
}

#define RUN(name, from, kind, advice)					\
	static void run_##name(struct env *e)				\
	{								\
		advise(e, from, kind, advice);				\
	}

RUN(dontneed, MADVISE, ANON, MADV_DONTNEED)
RUN(dontneed_locked, MADVISE, LOCKED, DONTNEED_LOCKED)
RUN(dontneed_unlocked, MADVISE, ANON, DONTNEED_LOCKED)
RUN(free, MADVISE, ANON, MADV_FREE)
RUN(guard, MADVISE, ANON, GUARD_INSTALL)
RUN(process_dontneed, PROCESS, ANON, MADV_DONTNEED)
RUN(process_dontneed_locked, PROCESS, LOCKED, DONTNEED_LOCKED)
RUN(process_free, PROCESS, ANON, MADV_FREE)
RUN(process_remove, PROCESS, SHARED, MADV_REMOVE)
RUN(process_collapse, PROCESS, SCATTERED, COLLAPSE)
RUN(process_guard, PROCESS, ANON, GUARD_INSTALL)
RUN(other_collapse, OTHER, SCATTERED, COLLAPSE)
RUN(worker_dontneed_locked, WORKER, LOCKED, DONTNEED_LOCKED)
RUN(worker_free, WORKER, ANON, MADV_FREE)
RUN(worker_remove, WORKER, SHARED, MADV_REMOVE)
RUN(worker_collapse, WORKER, SCATTERED, COLLAPSE)
RUN(worker_guard, WORKER, ANON, GUARD_INSTALL)

RUN(process_soft_offline, PROCESS, ANON, SOFT_OFFLINE)
RUN(worker_soft_offline, WORKER, ANON, SOFT_OFFLINE)

static void on_bus(int sig)
{
	(void)sig;
}

static void run_process_hwpoison(struct env *e)
{
	signal(SIGBUS, on_bus);
	advise(e, PROCESS, ANON, MADV_HWPOISON);
}

static void run_worker_hwpoison(struct env *e)
{
	signal(SIGBUS, on_bus);
	advise(e, WORKER, ANON, MADV_HWPOISON);
	/* A worker cannot handle the SIGBUS, so 6.12 has killed the process before this line. */
	_exit(0);
}

static void run_process_pageout(struct env *e)
{
	swap_on(e);
	advise_pages(e, PROCESS, ANON, MADV_PAGEOUT, MMNOTIFY_CAUSE_MADV_PAGEOUT, 4);
}

/* Gives each quiet advice in turn; none of them may cause an event. */
static void quiet(struct env *e, enum way from)
{
	const struct advice *a;
	struct adviser adviser;
	char *p;

	swap_on(e);
	ready(e, &adviser, from);
	p = watched_anon(e, 8);
	begin(e);
	for (a = advices; a < advices + ARRAY_SIZE(advices); a++) {
		bool refused;

		if (!a->quiet)
			continue;
		refused = tell(e, &adviser, p, 4 * PG, a->advice);
		if (refused != !allowed(a, from))
			fail(e, "%s was %s", a->name,
			     refused ? "refused" : "taken");
	}
}

static void run_quiet(struct env *e)
{
	quiet(e, MADVISE);
}

static void run_process_quiet(struct env *e)
{
	quiet(e, PROCESS);
}

static void run_worker_quiet(struct env *e)
{
	quiet(e, WORKER);
}

static bool age(const struct order *o)
{
	bool willneed = !advise_process(o->to, NULL, 0, MADV_WILLNEED);

	return !advise_process(o->to, o->p, o->len, MADV_COLD) &&
	       !advise_process(o->to, o->p, o->len, MADV_WILLNEED) == willneed;
}

static void run_other_quiet(struct env *e)
{
	struct actor o;
	char *p;

	need_feature(e, F_PROCESS_MADVISE);
	actor_ready(e, &o, age);
	p = watched_anon(e, 8);
	begin(e);
	actor_acts(e, &o, p, 4 * PG, 0);
}

/* Installs a guard where a guard is already, and removes it. */
static void run_guard_remove(struct env *e)
{
	char *p = watched_anon(e, 8);

	check_allowed(e, MADVISE, GUARD_INSTALL);
	must(e, !madvise(p, 4 * PG, GUARD_INSTALL));
	device(e, p + 4 * PG, 4 * PG, true);
	begin(e);
	must(e, !madvise(p, 4 * PG, GUARD_INSTALL));
	must(e, !madvise(p, 4 * PG, GUARD_REMOVE));
}

/* fork() treats a VMA as its advice demands. */
static void fork_after(struct env *e, int advice)
{
	char *p = watched_anon(e, 8);

	must(e, !madvise(p, 8 * PG, advice));
	begin(e);
	fork_and_reap(e);
}

static void run_dontfork(struct env *e)
{
	fork_after(e, MADV_DONTFORK);
}

static void run_wipeonfork(struct env *e)
{
	fork_after(e, MADV_WIPEONFORK);
}

const struct scenario advice_scenarios[] = {
	{ .name = "madv_dontneed", .run = run_dontneed, .expect = {
		MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) },
	  .flags = S_QUICK, .demo = "madvise(p, MADV_DONTNEED)" },
	{ .name = "madv_dontneed_locked", .run = run_dontneed_locked, .expect = {
		MUST(CLEAR, MADV_DONTNEED_LOCKED, CLEAR, HAS(DONTNEED_LOCKED, C)) },
	  .flags = S_QUICK },
	{ .name = "madv_dontneed_unlocked", .run = run_dontneed_unlocked, .expect = {
		MUST(CLEAR, MADV_DONTNEED_LOCKED, CLEAR, HAS(DONTNEED_LOCKED, C)) },
	  .flags = S_QUICK },
	{ .name = "madv_free", .run = run_free, .expect = {
		MUST(CLEAR, MADV_FREE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "guard_install", .run = run_guard, .expect = {
		MUST(CLEAR, GUARD_INSTALL, CLEAR, HAS(GUARD, C)) }, .flags = S_QUICK },
	{ .name = "guard_remove", .run = run_guard_remove, .expect = { },
	  .flags = S_QUICK },
	{ .name = "madv_quiet", .run = run_quiet, .expect = { } },
	{ .name = "madv_dontfork", .run = run_dontfork, .expect = { },
	  .flags = S_QUICK },
	{ .name = "madv_wipeonfork", .run = run_wipeonfork, .expect = { },
	  .flags = S_QUICK },
	{ .name = "process_madvise_dontneed", .run = run_process_dontneed, .expect = {
		MUST(CLEAR, MADV_DONTNEED, CLEAR, HAS(PROCESS_SELF, C)) }, .flags = S_QUICK },
	{ .name = "process_madvise_dontneed_locked", .run = run_process_dontneed_locked,
	  .expect = { MUST(CLEAR, MADV_DONTNEED_LOCKED, CLEAR, HAS(PROCESS_SELF, C)) },
	  .flags = S_QUICK },
	{ .name = "process_madvise_free", .run = run_process_free, .expect = {
		MUST(CLEAR, MADV_FREE, CLEAR, HAS(PROCESS_SELF, C)) }, .flags = S_QUICK },
	{ .name = "process_madvise_remove", .run = run_process_remove, .expect = {
		MUST(CLEAR, MADV_REMOVE, CLEAR, HAS(PROCESS_SELF, C)) }, .flags = S_QUICK },
	{ .name = "process_madvise_guard", .run = run_process_guard, .expect = {
		MUST(CLEAR, GUARD_INSTALL, CLEAR, HAS(PROCESS_SELF, C)) }, .flags = S_QUICK },
	{ .name = "process_madvise_self_pageout", .run = run_process_pageout, .expect = {
		MUST_N(4, CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) } },
	{ .name = "process_madvise_collapse", .run = run_process_collapse, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(COLLAPSE, C)) } },
	{ .name = "process_madvise_other_collapse", .run = run_other_collapse,
	  .expect = { MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(COLLAPSE, C)) } },
	{ .name = "process_madvise_quiet", .run = run_process_quiet, .expect = { } },
	{ .name = "process_madvise_other_quiet", .run = run_other_quiet, .expect = { } },
	/* The advice of a worker is in no register, so both kinds of DONTNEED look alike. */
	{ .name = "io_uring_dontneed_locked", .run = run_worker_dontneed_locked,
	  .expect = { MUST(CLEAR, MADV_DONTNEED, CLEAR, HAS(DONTNEED_LOCKED, C)) } },
	{ .name = "io_uring_free", .run = run_worker_free, .expect = {
		MUST(CLEAR, MADV_FREE, CLEAR, ALL(C)) } },
	{ .name = "io_uring_remove", .run = run_worker_remove, .expect = {
		MUST(CLEAR, MADV_REMOVE, CLEAR, ALL(C)) } },
	{ .name = "io_uring_collapse", .run = run_worker_collapse, .expect = {
		MUST(CLEAR, MADV_COLLAPSE, CLEAR, HAS(COLLAPSE, C)) } },
	{ .name = "io_uring_guard", .run = run_worker_guard, .expect = {
		MUST(CLEAR, GUARD_INSTALL, CLEAR, HAS(GUARD, C)) } },
	/* These offline pages for good, so they run on a machine of their own. */
	{ .name = "process_madvise_soft_offline", .run = run_process_soft_offline,
	  .expect = { MUST(CLEAR, SOFT_OFFLINE, CLEAR, HAS(PROCESS_SELF, C)) }, .machine = "long" },
	{ .name = "process_madvise_hwpoison", .run = run_process_hwpoison,
	  .expect = { MUST(CLEAR, HWPOISON, CLEAR, HAS(PROCESS_SELF, C)) }, .machine = "long" },
	{ .name = "io_uring_soft_offline", .run = run_worker_soft_offline,
	  .expect = { MUST(CLEAR, SOFT_OFFLINE, CLEAR, ALL(C)) }, .machine = "long" },
	{ .name = "io_uring_hwpoison", .run = run_worker_hwpoison,
	  .expect = { MUST(CLEAR, HWPOISON, CLEAR, ALL(C)),
		      MUST(RELEASE, EXIT, GONE, AFTER(RE)),
		      MUST(UNMAP, EXIT, GONE, AFTER(U)) },
	  .flags = S_DIES, .machine = "long" },
	{ .name = "io_uring_quiet", .run = run_worker_quiet, .expect = { } },
	{ .name = NULL }
};
