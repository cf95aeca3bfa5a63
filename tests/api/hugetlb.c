// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * hugetlb: guarantees for hugetlb pages. On some kernels, up to 6.1, their unmapping
 * announces itself inside the pair of its caller. Where page tables may be shared, an
 * event is wider than the pages that change.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drv.h"
#include "kernel.h"

#define GIG		(1UL << 30)
#define IN_HUGE		(HUGE_SIZE / PAGE)
#define NR_HUGE		"/proc/sys/vm/nr_hugepages"

/* Far from other mappings; page tables may be shared where a mapping covers a GiB. */
#define PLACE		((char *)(1UL << 44))

/* A whole mm, and a range that begins in the middle of the first huge page. */
struct mirror {
	int mm, range;
};

static struct mirror mirror(const char *p, size_t len)
{
	struct mirror m = {
		.mm = add(CONTRACT_MM, NULL, 0, CONTRACT_END),
		.range = add(CONTRACT_RANGE, p + HUGE_SIZE / 2, len, CONTRACT_END),
	};

	fetch();
	return m;
}

static void unmirror(const struct mirror *m)
{
	call(CONTRACT_IOC_DEL, m->range);
	call(CONTRACT_IOC_DEL, m->mm);
	call(CONTRACT_IOC_SYNC, 0);
}

/* Two pages are touched, the others are not reserved. */
static char *map_huge(size_t len, int flags, int fd)
{
	char *p = mmap(PLACE, len, RW, flags | MAP_FIXED_NOREPLACE | MAP_NORESERVE,
		       fd, 0);

	if (p != PLACE)
		bail("mmap of hugetlb pages");
	p[0] = 1;
	p[HUGE_SIZE] = 1;
	return p;
}

static int huge_file(size_t len)
{
	int fd = memfd_create("contract", MFD_CLOEXEC | MFD_HUGETLB);

	if (fd < 0 || ftruncate(fd, len))
		bail("a hugetlb file");
	return fd;
}

static bool same(const struct contract_record *a, const struct contract_record *b)
{
	return a->event == b->event && a->cause == b->cause &&
	       a->start == b->start && a->end == b->end;
}

/* Return: true if this task's starts have their ends in reverse order. */
static bool nests(int id)
{
	const struct contract_record *open[8], *r;
	unsigned int i, n = 0;

	for (i = 0; i < nr_recs; i++) {
		r = &recs[i];
		if (r->id != (unsigned int)id || r->tid != (unsigned int)getpid())
			continue;
		if (r->phase == CONTRACT_AT_START && n < NR(open))
			open[n++] = r;
		else if (r->phase != CONTRACT_AT_END || !n || !same(open[--n], r))
			return false;
	}
	return !n;
}

static void check_pairs(const struct mirror *m, unsigned int n, const char *p,
			unsigned int pages)
{
	ok(count(m->range, CONTRACT_AT_START) == n &&
	   about(m->mm, CONTRACT_AT_START, p, pages) == n, n > 1 ?
	   "req 1, 10: hugetlb: up to 6.1 one pair nested in another" :
	   "req 1, 10: hugetlb: exactly one pair");
	ok(nests(m->mm), "req 10: hugetlb: a whole mm gets the ends in reverse order");
	ok(nests(m->range), "req 11: hugetlb: a range gets the ends in reverse order");
}

static bool is(const struct contract_record *r, unsigned int event,
	       unsigned int cause, unsigned int flags)
{
	return r->event == event && r->cause == cause &&
	       (r->flags & (MMNOTIFY_F_EXACT | MMNOTIFY_F_WIDENED)) ==
	       (MMNOTIFY_F_EXACT | flags) &&
	       !(r->effects & MMNOTIFY_FX_VMA_GONE) == (event != MMNOTIFY_UNMAP);
}

static bool spans(const struct contract_record *r, const char *start,
		  const char *end)
{
	return r->start == (unsigned long)start && r->end == (unsigned long)end;
}

static bool clamped(const struct contract_record *r, const char *first,
		    const char *last)
{
	return r->first == (unsigned long)first && r->last == (unsigned long)last;
}

static void test_gone(bool nested)
{
	char *p = map_huge(2 * HUGE_SIZE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1);
	struct mirror m = mirror(p, HUGE_SIZE);
	char *from = p + HUGE_SIZE / 2, *to = p + HUGE_SIZE;
	const struct contract_record *outer, *inner;

	munmap(p, HUGE_SIZE);
	fetch();
	outer = nth(m.range, CONTRACT_AT_START, 0);
	inner = nth(m.range, CONTRACT_AT_START, 1);
	ok(is(outer, MMNOTIFY_UNMAP, MMNOTIFY_CAUSE_MUNMAP, 0) && spans(outer, p, to),
	   "req 14, 15: hugetlb: munmap is an UNMAP of exactly these pages");
	ok(clamped(outer, from, to), "req 25: hugetlb: the UNMAP is clamped to the range");
	if (nested) {
		ok(is(inner, MMNOTIFY_CLEAR, MMNOTIFY_CAUSE_HUGETLB_UNMAP,
		      MMNOTIFY_F_WIDENED),
		   "req 14, 15, 25: hugetlb: nested in it a CLEAR that may be widened");
		ok(clamped(inner, from, to),
		   "req 25: hugetlb: the nested CLEAR is clamped to the range");
	}
	check_pairs(&m, nested ? 2 : 1, p, IN_HUGE);
	unmirror(&m);
	munmap(p + HUGE_SIZE, HUGE_SIZE);
}

/* The mapping stays. Up to 6.1 one call site announces both kinds: widened and not. */
static void test_truncate(bool nested)
{
	int fd = huge_file(2 * HUGE_SIZE);
	char *p = map_huge(2 * HUGE_SIZE, MAP_SHARED, fd);
	struct mirror m = mirror(p, HUGE_SIZE);
	char *cut = p + HUGE_SIZE;
	const struct contract_record *r;

	if (ftruncate(fd, HUGE_SIZE))
		bail("ftruncate");
	fetch();
	r = nth(m.range, CONTRACT_AT_START, 0);
	ok(is(r, MMNOTIFY_CLEAR, MMNOTIFY_CAUSE_TRUNCATE,
	      nested ? MMNOTIFY_F_WIDENED : 0) && spans(r, cut, cut + HUGE_SIZE),
	   "req 14, 15: hugetlb: ftruncate is a CLEAR of the pages cut off");
	ok(clamped(r, cut, cut + HUGE_SIZE / 2),
	   "req 25: hugetlb: the CLEAR of ftruncate is clamped to the range");
	check_pairs(&m, 1, cut, IN_HUGE);
	unmirror(&m);
	munmap(p, 2 * HUGE_SIZE);
	close(fd);
}

static void test_punch(bool nested)
{
	int fd = huge_file(GIG);
	char *p = map_huge(GIG, MAP_SHARED, fd);
	struct mirror m = mirror(p, HUGE_SIZE);
	const struct contract_record *r;

	if (fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, HUGE_SIZE,
		      HUGE_SIZE))
		bail("fallocate");
	fetch();
	r = nth(m.range, CONTRACT_AT_START, 0);
	ok(is(r, MMNOTIFY_CLEAR, MMNOTIFY_CAUSE_HOLE_PUNCH,
	      nested ? MMNOTIFY_F_WIDENED : 0) && spans(r, p, p + GIG),
	   "req 14, 15, 25: hugetlb: a hole is a CLEAR of all that may share page tables");
	ok(clamped(r, p + HUGE_SIZE / 2, p + HUGE_SIZE * 3 / 2),
	   "req 25: hugetlb: the CLEAR of a hole is clamped to the range");
	check_pairs(&m, 1, p, IN_HUGE);
	unmirror(&m);
	munmap(p, GIG);
	close(fd);
}

static bool reserve(const char *pages)
{
	char text[16] = "";
	FILE *f;

	write_file(NR_HUGE, pages);
	f = fopen(NR_HUGE, "re");
	if (!f)
		return false;
	if (!fgets(text, sizeof(text), f))
		text[0] = 0;
	fclose(f);
	return atoi(text) >= atoi(pages);
}

void test_hugetlb(void)
{
	bool nested = kernel_calls("__unmap_hugepage_range",
				   "__mmu_notifier_invalidate_range_start");

	if (reserve("2")) {
		test_gone(nested);
		test_truncate(nested);
		test_punch(nested);
	} else {
		skip("req 10: hugetlb: exactly one pair", "no huge page could be reserved");
	}
	reserve("0");
}
