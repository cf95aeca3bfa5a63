// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * contract: each requirement on the API, checked by a process with memory that a driver
 * mirrors. The name of each test begins with the numbers of the requirements that it
 * checks. TAP on stdout. "contract inexact": the guarantees without a hook.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "devmem.h"
#include "drv.h"

static bool is_exact(const struct contract_record *r)
{
	return r->flags & MMNOTIFY_F_EXACT;
}

static void test_classify(void)
{
	char *p = pages(1, RW);
	int native = add(CONTRACT_NATIVE, p, PAGE, 0);
	int range = add(CONTRACT_RANGE, p, PAGE, 0);
	const struct contract_record *a, *b;

	madvise(p, PAGE, MADV_DONTNEED);
	fetch();
	a = nth(native, CONTRACT_AT_START, 0);
	b = nth(range, CONTRACT_AT_START, 0);
	ok(a->cause == MMNOTIFY_CAUSE_MADV_DONTNEED && is_exact(a),
	   "req 1: a native callback classifies");
	ok(a->cause == b->cause && a->effects == b->effects &&
	   a->flags == b->flags, "req 1: a native callback and a range get the same verdict");
	ok(nth(native, CONTRACT_AT_RESULT, 0)->result == 1,
	   "req 1: classifying one event twice gives the same verdict");
	call(CONTRACT_IOC_DEL, native);
	call(CONTRACT_IOC_DEL, range);
	unmap(p, 1);
}

/* Zapping a part of a huge page splits it first: one pair nests in another. */
static void test_nested(void)
{
	char *raw = mmap(NULL, 2 * HUGE_SIZE, RW, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char *p = (char *)(((unsigned long)raw + HUGE_SIZE - 1) & -HUGE_SIZE);
	const char *name =
		"req 1, 10, 11: a THP split nested in a zap: each end has its start's cause";
	const struct contract_record *outer, *inner;
	int mm, range, native;

	madvise(p, HUGE_SIZE, MADV_HUGEPAGE);
	memset(p, 1, HUGE_SIZE);
	mm = add(CONTRACT_MM, NULL, 0, CONTRACT_END);
	range = add(CONTRACT_RANGE, p, HUGE_SIZE, CONTRACT_END);
	native = add(CONTRACT_NATIVE, p, HUGE_SIZE, 0);
	madvise(p + PAGE, PAGE, MADV_DONTNEED);
	fetch();
	outer = nth(mm, CONTRACT_AT_START, 0);
	inner = nth(mm, CONTRACT_AT_START, 1);
	if (!find(mm, CONTRACT_AT_START, MMNOTIFY_CAUSE_THP_SPLIT)) {
		skip(name, "there was no huge page");
	} else {
		ok(outer->cause == MMNOTIFY_CAUSE_MADV_DONTNEED &&
		   inner->cause == MMNOTIFY_CAUSE_THP_SPLIT &&
		   nth(mm, CONTRACT_AT_END, 0)->cause == inner->cause &&
		   nth(mm, CONTRACT_AT_END, 1)->cause == outer->cause, name);
		ok(nth(range, CONTRACT_AT_END, 0)->cause == inner->cause &&
		   nth(range, CONTRACT_AT_END, 1)->cause == outer->cause &&
		   count(range, CONTRACT_AT_END) == count(range, CONTRACT_AT_START),
		   "req 11: a range gets the nested event's end first");
		ok(nth(native, CONTRACT_AT_START, 1)->cause == inner->cause,
		   "req 1: a native callback classifies the nested event");
	}
	call(CONTRACT_IOC_DEL, native);
	call(CONTRACT_IOC_DEL, range);
	call(CONTRACT_IOC_DEL, mm);
	call(CONTRACT_IOC_SYNC, 0);
	munmap(raw, 2 * HUGE_SIZE);
}

static void test_sequence(void)
{
	char *p = pages(2, RW);
	int id = add(CONTRACT_RANGE, p, PAGE, 0);
	unsigned long long seq = begin(id);

	ok(!retry(id, seq), "req 3: a read without an event needs no retry");
	madvise(p + PAGE, PAGE, MADV_DONTNEED);
	ok(!retry(id, seq), "req 3: an event outside of the range needs no retry");
	madvise(p, PAGE, MADV_DONTNEED);
	ok(retry(id, seq) == 1, "req 3: an event in the range makes a read retry");
	fetch();
	ok(nth(id, CONTRACT_AT_START, 0)->seq & 1, "req 3: the sequence is odd in a callback");
	seq = begin(id);
	ok(!retry(id, seq), "req 3: after the event a new read needs no retry");
	ok(!move(id, p + PAGE, PAGE), "req 2: move");
	madvise(p, PAGE, MADV_DONTNEED);
	madvise(p + PAGE, PAGE, MADV_DONTNEED);
	fetch();
	ok(count(id, CONTRACT_AT_START) == 1 &&
	   nth(id, CONTRACT_AT_START, 0)->start == (unsigned long)p + PAGE,
	   "req 2: after a move a range gets only events of its new place");
	ok(retry(id, seq) == 1, "req 2, 3: a sequence from before the move is stale");
	ok(move(id, p, 0) == -EINVAL && move(id, (void *)-PAGE, 2 * PAGE) == -EOVERFLOW,
	   "req 2: a move to an invalid range fails");
	call(CONTRACT_IOC_DEL, id);
	unmap(p, 2);
}

/* A move works between any two places, from the first byte of the address space to the last. */
static void test_far(void)
{
	int id = add(CONTRACT_RANGE, (void *)1, -1UL, 0);

	ok(!move(id, NULL, PAGE), "req 2: move from the whole address space to its first page");
	ok(!move(id, (void *)1, -1UL), "req 2: move back to the whole address space");
	ok(!move(id, NULL, 1) && !move(id, NULL, 1),
	   "req 2: move to one byte, and to the same byte again");
	call(CONTRACT_IOC_DEL, id);
}

static void test_end(void)
{
	char *p = pages(3, RW);
	int id = add(CONTRACT_RANGE, p, 3 * PAGE, CONTRACT_END);
	const struct contract_record *s, *e;

	madvise(p, PAGE, MADV_DONTNEED);
	fetch();
	s = nth(id, CONTRACT_AT_START, 0);
	e = nth(id, CONTRACT_AT_END, 0);
	ok(count(id, CONTRACT_AT_START) == 1 && count(id, CONTRACT_AT_END) == 1 &&
	   s < e, "req 11: one end() follows one start");
	ok(s->cause == e->cause && s->effects == e->effects && s->start == e->start &&
	   s->end == e->end && is_exact(e), "req 11: end() has the verdict of its start");
	call(CONTRACT_IOC_DEL, id);
	unmap(p, 3);
}

/* ---- pairs of start and end for a whole mm ---- */

static void test_pairs(void)
{
	int all = add(CONTRACT_MM, NULL, 0, CONTRACT_END);
	int gone = add_for(MMNOTIFY_FX_VMA_GONE, CONTRACT_MM, NULL, 0, CONTRACT_END);
	char *p = pages(4, RW);

	fetch();
	madvise(p, PAGE, MADV_DONTNEED);
	mprotect(p, 4 * PAGE, PROT_READ);
	fetch();
	ok(about(all, CONTRACT_AT_START, p, 4) == 2 &&
	   about(all, CONTRACT_AT_END, p, 4) == 2,
	   "req 10: a whole mm gets one start and one end of each event");
	ok(!about(gone, CONTRACT_AT_START, p, 4),
	   "req 18: a filter drops starts without its effects");
	ok(!about(gone, CONTRACT_AT_END, p, 4), "req 10: a filtered start has no end");
	unmap(p, 4);
	fetch();
	ok(about(gone, CONTRACT_AT_START, p, 4) == 1 &&
	   about(gone, CONTRACT_AT_END, p, 4) == 1,
	   "req 10, 18: an event that passes the filter has start and end");
	call(CONTRACT_IOC_DEL, gone);
	call(CONTRACT_IOC_DEL, all);
	call(CONTRACT_IOC_SYNC, 0);
}

static void test_lifetime(void)
{
	int id = add(CONTRACT_MM, NULL, 0, 0), i, leaks = 0;
	cpu_set_t one, other, all;

	fetch();
	ok(call(CONTRACT_IOC_GET, id) == 1, "req 6: a second get returns the same object");
	ok(call(CONTRACT_IOC_UNREGISTER, id) == -EBUSY,
	   "req 6: unregister fails while there is another reference");
	call(CONTRACT_IOC_DEL, id);
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	ok(!count(id, CONTRACT_AT_FREE), "req 6: the first of two puts does not free");
	ok(!call(CONTRACT_IOC_UNREGISTER, id), "req 6: unregister");
	fetch();
	ok(count(id, CONTRACT_AT_RELEASE) == 1 && count(id, CONTRACT_AT_FREE) == 1,
	   "req 6, 7: unregister releases and frees once before it returns");
	id = add(CONTRACT_MM, NULL, 0, CONTRACT_PUT);
	ok(!call(CONTRACT_IOC_UNREGISTER, id), "req 6: unregister with a put in release()");
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	ok(count(id, CONTRACT_AT_RELEASE) == 1 && count(id, CONTRACT_AT_FREE) == 1,
	   "req 6, 7: a put in release() of unregister frees once");

	sched_getaffinity(0, sizeof(all), &all);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	CPU_ZERO(&other);
	CPU_SET(1, &other);
	for (i = 0; i < 16; i++) {
		id = add(CONTRACT_MM, NULL, 0, 0);
		sched_setaffinity(0, sizeof(one), i & 1 ? &one : &other);
		call(CONTRACT_IOC_DEL, id);
		sched_setaffinity(0, sizeof(one), i & 1 ? &other : &one);
		call(CONTRACT_IOC_SYNC, 0);
		fetch();
		leaks += count(id, CONTRACT_AT_FREE) != 1;
	}
	sched_setaffinity(0, sizeof(all), &all);
	ok(!leaks, "req 6, 26: synchronize waits for an object that another CPU frees");
}

/* ---- contents of the verdicts ---- */

/* Maps the zero page: the next write copies it. */
static char *zero_page(char *p)
{
	madvise(p, PAGE, MADV_DONTNEED);
	if (*(volatile char *)p)
		bail("map the zero page");
	fetch();
	return p;
}

static void fork_and_wait(void)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	waitpid(pid, &status, 0);
}

static void test_meaning(void)
{
	char *p = pages(2, RW);
	int id = add(CONTRACT_RANGE, p, 2 * PAGE, 0);
	const struct contract_record *r;

	fork_and_wait();
	fetch();
	r = nth(id, CONTRACT_AT_START, 0);
	ok(r->event == MMNOTIFY_PROTECTION_PAGE && r->cause == MMNOTIFY_CAUSE_FORK,
	   "req 15: fork is the cause");
	ok(r->effects == MMNOTIFY_FX_NO_WRITE && is_exact(r),
	   "req 14: fork removes only write access");
	*(volatile char *)zero_page(p) = 2;
	fetch();
	r = nth(id, CONTRACT_AT_START, 0);
	ok(r->cause == MMNOTIFY_CAUSE_COW && (r->effects & MMNOTIFY_FX_PFN) &&
	   !(r->effects & MMNOTIFY_FX_VMA_GONE),
	   "req 14, 15: copy-on-write replaces the page, the mapping stays");
	munmap(p, PAGE);
	fetch();
	r = nth(id, CONTRACT_AT_START, 0);
	ok(r->event == MMNOTIFY_UNMAP && (r->effects & MMNOTIFY_FX_VMA_GONE) &&
	   r->cause == MMNOTIFY_CAUSE_MUNMAP,
	   "req 14, 15: munmap removes the mapping");
	call(CONTRACT_IOC_DEL, id);
	munmap(p + PAGE, PAGE);
}

static unsigned int perm_of(int id)
{
	fetch();
	return nth(id, CONTRACT_AT_START, 0)->perm;
}

static void test_perm(void)
{
	char *p = pages(2, RW);
	int id = add(CONTRACT_RANGE, p, PAGE, 0);

	mprotect(p, PAGE, PROT_READ);
	ok(perm_of(id) == MMNOTIFY_PERM_RO, "req 16: mprotect to read-only");
	mprotect(p, PAGE, RW);
	ok(perm_of(id) == MMNOTIFY_PERM_RW, "req 16: mprotect to read and write");
	mprotect(p, PAGE, PROT_NONE);
	ok(perm_of(id) == MMNOTIFY_PERM_NONE, "req 16: mprotect to PROT_NONE");
	mprotect(p, PAGE, RW);
	*(volatile char *)p = 1;
	fetch();
	madvise(p, PAGE, MADV_DONTNEED);
	ok(perm_of(id) == MMNOTIFY_PERM_UNKNOWN, "req 16: other events have no permissions");
	call(CONTRACT_IOC_DEL, id);
	unmap(p, 2);
}

static void test_two_pass(bool native)
{
	char *p = pages(1, RW);
	int a = add(CONTRACT_RANGE, p, PAGE, CONTRACT_TWO_PASS);
	int b = add(CONTRACT_RANGE, p, PAGE, CONTRACT_TWO_PASS);
	int c = add(CONTRACT_RANGE, p, PAGE,
		    CONTRACT_TWO_PASS | CONTRACT_NO_FINISH);
	const struct contract_record *last, *first;

	madvise(p, PAGE, MADV_DONTNEED);
	fetch();
	ok(count(a, CONTRACT_AT_FINISH) == 1 && count(b, CONTRACT_AT_FINISH) == 1 &&
	   nth(a, CONTRACT_AT_START, 0) < nth(a, CONTRACT_AT_FINISH, 0) &&
	   nth(b, CONTRACT_AT_START, 0) < nth(b, CONTRACT_AT_FINISH, 0),
	   "req 17: each finish() follows its start");
	last = nth(b, CONTRACT_AT_START, 0);
	if (nth(a, CONTRACT_AT_START, 0) > last)
		last = nth(a, CONTRACT_AT_START, 0);
	first = nth(a, CONTRACT_AT_FINISH, 0);
	if (nth(b, CONTRACT_AT_FINISH, 0) < first)
		first = nth(b, CONTRACT_AT_FINISH, 0);
	ok((last < first) == native, native ?
	   "req 17: all starts come before any finish()" :
	   "req 17: emulated: each finish() follows directly");
	ok(count(c, CONTRACT_AT_START) == 1 && !count(c, CONTRACT_AT_FINISH),
	   "req 17: a start that requests no finish() gets none");
	call(CONTRACT_IOC_DEL, a);
	call(CONTRACT_IOC_DEL, b);
	call(CONTRACT_IOC_DEL, c);
	unmap(p, 1);
}

static void test_filter(bool exact)
{
	char *p = pages(1, RW);
	int id = add_for(MMNOTIFY_FX_VMA_GONE, CONTRACT_RANGE, p, PAGE, CONTRACT_END);
	int mm = add_for(MMNOTIFY_FX_VMA_GONE, CONTRACT_MM, NULL, 0, CONTRACT_END);
	unsigned long long seq = begin(id);
	const struct contract_record *r;

	fetch();
	mprotect(p, PAGE, PROT_READ);
	fetch();
	r = nth(id, CONTRACT_AT_START, 0);
	if (exact) {
		ok(!count(id, CONTRACT_AT_START) && !count(id, CONTRACT_AT_END),
		   "req 18: a range's filter drops events without its effects");
		ok(!retry(id, seq), "req 18: a filtered event does not change the sequence");
	} else {
		ok(count(id, CONTRACT_AT_START) == 1 && !is_exact(r) &&
		   r->effects == MMNOTIFY_FX_ALL,
		   "req 18: an event that is not exact passes every filter");
		ok(retry(id, seq) == 1, "req 18: an event that is not exact changes the sequence");
		ok(count(id, CONTRACT_AT_END) == 1,
		   "req 11, 18: without a hook a start of a range has its end");
		ok(about(mm, CONTRACT_AT_START, p, 1) == 1 &&
		   about(mm, CONTRACT_AT_END, p, 1) == 1,
		   "req 10, 18: without a hook a start of a whole mm has its end");
	}
	munmap(p, PAGE);
	fetch();
	ok(count(id, CONTRACT_AT_START) == 1 && count(id, CONTRACT_AT_END) == 1,
	   exact ? "req 18: an event with its effects passes, with its end" :
		   "req 18: an event with its effects passes without a hook");
	call(CONTRACT_IOC_DEL, id);
	call(CONTRACT_IOC_DEL, mm);
	call(CONTRACT_IOC_SYNC, 0);
	munmap(p - PAGE, 3 * PAGE);
}

/* ---- invalidations that a driver causes itself ---- */

static void self_write(char *p, struct contract_self s)
{
	s.addr = (unsigned long)zero_page(p);
	if (ioctl(dev, CONTRACT_IOC_SELF, &s))
		bail("write for the driver");
	fetch();
}

static bool is_self(int id)
{
	return nth(id, CONTRACT_AT_START, 0)->flags & MMNOTIFY_F_SELF;
}

static void test_self(void)
{
	char *p = pages(1, RW);
	int mine = add(CONTRACT_RANGE, p, PAGE, CONTRACT_END);
	int theirs = add(CONTRACT_RANGE, p, PAGE, CONTRACT_SECOND);

	self_write(p, (struct contract_self){ .depth = 0 });
	ok(nth(mine, CONTRACT_AT_START, 0)->cause == MMNOTIFY_CAUSE_COW &&
	   is_self(mine), "req 13: an event in a driver's section has the flag SELF");
	ok(count(theirs, CONTRACT_AT_START) == 1 && !is_self(theirs),
	   "req 13: another client's copy of the event does not");
	self_write(p, (struct contract_self){ .nested = 1 });
	ok(is_self(mine), "req 13: the end of an inner section leaves the outer one open");
	self_write(p, (struct contract_self){ .depth = CONTRACT_SECTIONS });
	ok(is_self(mine), "req 13: sections nest to any depth");
	self_write(p, (struct contract_self){ .sitters = CONTRACT_SITTERS });
	ok(is_self(mine), "req 13: any number of tasks may have an open section");
	self_write(p, (struct contract_self){ .reclaim = 1 });
	ok(count(mine, CONTRACT_AT_START) == 1 && !is_self(mine),
	   "req 13, 28: reclaim inside of a section does not get the flag SELF");
	*(volatile char *)zero_page(p) = 1;
	fetch();
	ok(count(mine, CONTRACT_AT_START) == 1 && !is_self(mine),
	   "req 13: an event after the section does not get the flag SELF");
	call(CONTRACT_IOC_DEL, mine);
	call(CONTRACT_IOC_DEL, theirs);
	unmap(p, 1);
}

/* The two operations by which a device's driver invalidates: migration, exclusive access. */
static const struct taking {
	unsigned long how;
	unsigned int cause, event;
	const char *missing, *told, *not_told;
} takings[] = {
	{ DEVMEM_IOC_MIGRATE, MMNOTIFY_CAUSE_MIGRATE_VMA, MMNOTIFY_MIGRATE,
	  "this kernel is built without migrate_vma_setup()",
	  "req 12: a migration event has its owner",
	  "req 12: the owner gets no event of its own migration" },
	{ DEVMEM_IOC_EXCLUSIVE, MMNOTIFY_CAUSE_DEVICE_EXCLUSIVE, MMNOTIFY_EXCLUSIVE,
	  "this kernel has no make_device_exclusive()",
	  "req 12: an event of exclusive access has its owner",
	  "req 12: the owner gets no event of its own exclusive access" },
};

static int take(int fd, const struct taking *t, char *p)
{
	struct devmem_range r = { .start = (unsigned long)p, .len = 2 * PAGE };

	p[0] = 1;
	p[PAGE] = 1;
	return ioctl(fd, t->how, &r) ? -errno : 0;
}

static bool has_owner(int id, const struct taking *t)
{
	const struct contract_record *r = find(id, CONTRACT_AT_START, t->cause);

	return r && r->event == t->event && r->owner;
}

static void test_owner(const struct taking *t)
{
	int fd = open("/dev/mmn_devmem", O_RDWR | O_CLOEXEC), id, own, ret, odd = 0;
	char *p = pages(2, RW);
	unsigned int i;

	id = add(CONTRACT_RANGE, p, 2 * PAGE, 0);
	ret = fd < 0 ? -ENODEV : take(fd, t, p);
	if (ret == -EOPNOTSUPP) {
		skip(t->told, t->missing);
	} else if (ret) {
		ok(false, t->told);
	} else {
		fetch();
		ok(has_owner(id, t), t->told);
		for (i = 0; i < nr_recs; i++)
			odd += recs[i].owner && recs[i].event != t->event;
		ok(!odd, "req 12: no other event has an owner");
		own = add(CONTRACT_RANGE, p, 2 * PAGE, CONTRACT_LAST_OWNER);
		take(fd, t, p);
		fetch();
		ok(has_owner(id, t) && !has_owner(own, t), t->not_told);
		mprotect(p, 2 * PAGE, PROT_READ);
		fetch();
		ok(count(own, CONTRACT_AT_START), "req 12: the owner gets all other events");
		call(CONTRACT_IOC_DEL, own);
	}
	call(CONTRACT_IOC_DEL, id);
	unmap(p, 2);
	close(fd);
}

/* ---- calls that a callback may and may not make ---- */

static void test_misuse(void)
{
	char *p = pages(1, RW);
	int id = add(CONTRACT_RANGE, p, PAGE, CONTRACT_MISUSE);

	madvise(p, PAGE, MADV_DONTNEED);
	fetch();
	ok(nth(id, CONTRACT_AT_RESULT, 0)->result == -EDEADLK,
	   "req 22: debug=1: remove in a callback fails");
	ok(nth(id, CONTRACT_AT_RESULT, 1)->result == -EDEADLK,
	   "req 22: debug=1: move in a callback fails");
	call(CONTRACT_IOC_DEL, id);
	id = add(CONTRACT_RANGE, p, PAGE, CONTRACT_REFUSE_ALL | CONTRACT_END);
	*(volatile char *)p = 1;
	ok(!madvise(p, PAGE, MADV_DONTNEED) && !p[0],
	   "req 8: refusing a blockable event does not stop it");
	fetch();
	ok(count(id, CONTRACT_AT_END) == count(id, CONTRACT_AT_START),
	   "req 8, 10: a blockable event that was refused has its end");
	call(CONTRACT_IOC_DEL, id);
	unmap(p, 1);
}

static void test_async(void)
{
	char *p = pages(2, RW);
	int id = add(CONTRACT_RANGE, p, 2 * PAGE, CONTRACT_ASYNC | CONTRACT_END);
	int other = add(CONTRACT_RANGE, p, 2 * PAGE, 0);

	madvise(p, PAGE, MADV_DONTNEED);
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	ok(nth(id, CONTRACT_AT_RESULT, 0)->result == 0,
	   "req 23: remove_async() in a callback");
	ok(count(id, CONTRACT_AT_REMOVED) == 1,
	   "req 23: synchronize waits for removed()");
	ok(nth(id, CONTRACT_AT_REMOVED, 0) > nth(id, CONTRACT_AT_END, 0) &&
	   count(id, CONTRACT_AT_END) == 1, "req 11, 23: removed() comes after end()");
	madvise(p, PAGE, MADV_DONTNEED);
	fetch();
	ok(!count(id, CONTRACT_AT_START), "req 23: a removed range gets no event");
	id = add(CONTRACT_RANGE, p, PAGE, 0);
	ok(!call(CONTRACT_IOC_ASYNC, id), "req 23: remove_async() outside of a callback");
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	ok(count(id, CONTRACT_AT_REMOVED) == 1, "req 23: removed() is called once");
	call(CONTRACT_IOC_DEL, other);
	unmap(p, 2);
}

static void test_widened(void)
{
	const char *name = "req 25: clear_refs is widened to the whole mm";
	int fd = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC);
	char *p = pages(3, RW);
	int id = add(CONTRACT_RANGE, p + PAGE, PAGE, 0);
	const struct contract_record *r;

	if (write(fd, "4", 1) != 1)
		bail("clear_refs");
	close(fd);
	fetch();
	r = find(id, CONTRACT_AT_START, MMNOTIFY_CAUSE_SOFT_DIRTY_CLEAR);
	if (r) {
		ok((r->flags & MMNOTIFY_F_WIDENED) && !r->start, name);
		ok(r->first == (unsigned long)p + PAGE && r->last == r->first + PAGE,
		   "req 25: a widened event is clamped to the range");
	} else {
		skip(name, "this kernel is built without CONFIG_MEM_SOFT_DIRTY");
	}
	munmap(p, 2 * PAGE);
	fetch();
	r = nth(id, CONTRACT_AT_START, 0);
	ok(!(r->flags & MMNOTIFY_F_WIDENED) && r->first == (unsigned long)p + PAGE &&
	   r->last == r->first + PAGE, "req 25: munmap is not widened, and clamped to the range");
	call(CONTRACT_IOC_DEL, id);
	munmap(p + 2 * PAGE, PAGE);
}

/* ---- counters ---- */

/* Reads with read(), since mapping a buffer would itself cause events. */
static long munmaps_counted(void)
{
	static const char row[] = "\nUNMAP munmap ";
	int fd = open("/sys/kernel/debug/mmnotify/counters", O_RDONLY | O_CLOEXEC);
	static char text[1 << 16];
	size_t len = 0;
	ssize_t got;
	char *at;

	while (fd >= 0 && (got = read(fd, text + len, sizeof(text) - 1 - len)) > 0)
		len += got;
	text[len] = 0;
	close(fd);
	at = strstr(text, row);
	return at ? atol(at + strlen(row)) : 0;
}

/* Without the hook: only the callback of the object counts events. */
static void test_counted(void)
{
	int id = add(CONTRACT_MM, NULL, 0, CONTRACT_END);
	char *p = pages(17, RW);
	unsigned int i;
	long before;

	/* The first event resolves the call site. */
	munmap(p + 16 * PAGE, PAGE);
	before = munmaps_counted();
	for (i = 0; i < 16; i++)
		munmap(p + i * PAGE, PAGE);
	ok(munmaps_counted() - before == 16, "req 27: each event is counted once");
	call(CONTRACT_IOC_DEL, id);
	call(CONTRACT_IOC_SYNC, 0);
	fetch();
	unmap(p, 17);
}

int main(int argc, char **argv)
{
	unsigned int i;

	dev = open("/dev/mmn_contract", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		bail("/dev/mmn_contract");
	write_file("/proc/sys/kernel/numa_balancing", "0");
	if (argc > 1 && !strcmp(argv[1], "inexact")) {
		test_filter(false);
		return plan();
	}
	if (argc > 1 && !strcmp(argv[1], "counted")) {
		test_counted();
		return plan();
	}
	test_classify();
	test_nested();
	test_sequence();
	test_far();
	test_end();
	test_pairs();
	test_lifetime();
	test_meaning();
	test_perm();
	/* Two passes are native where the kernel's headers have them. */
	test_two_pass(parameter("mmn_contract", "two_pass") == 'Y');
	test_filter(true);
	test_self();
	for (i = 0; i < NR(takings); i++)
		test_owner(&takings[i]);
	test_misuse();
	test_async();
	test_widened();
	test_hugetlb();
	test_parallel();
	test_lives();
	test_reap();
	test_deaths();
	return plan();
}
