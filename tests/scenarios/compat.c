// SPDX-License-Identifier: GPL-2.0-only
/*
 * compat: the same calls by way of the 32-bit entry, where the numbers are
 * those of i386.
 */
#define _GNU_SOURCE
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "runner.h"

#if defined(__x86_64__)
static sigjmp_buf no_entry;

static void on_signal(int sig)
{
	siglongjmp(no_entry, sig);
}

static long ia32(long nr, long a, long b, long c, long d)
{
	long ret;

	asm volatile("int $0x80" : "=a" (ret)
		     : "0" (nr), "b" (a), "c" (b), "d" (c), "S" (d)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static void probe(struct env *e)
{
	signal(SIGSEGV, on_signal);
	if (sigsetjmp(no_entry, 1) || ia32(20, 0, 0, 0, 0) != getpid())
		skip(e, "no 32-bit system calls on this kernel");
	signal(SIGSEGV, SIG_DFL);
}
#else
static long ia32(long nr, long a, long b, long c, long d)
{
	return nr + a + b + c + d;
}

static void probe(struct env *e)
{
	skip(e, "not this architecture");
}
#endif

/* Memory whose address fits into 32 bits. */
static char *low(struct env *e)
{
	char *p;

	probe(e);
	p = mmap((void *)0x20000000, 8 * PG, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	must(e, p != MAP_FAILED);
	fill(p, 8 * PG, 1);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, true);
	return p;
}

static void run_munmap(struct env *e)
{
	char *p = low(e);

	begin(e);
	must(e, !ia32(91, (long)p, 8 * PG, 0, 0));
}

static void run_mprotect(struct env *e)
{
	char *p = low(e);

	begin(e);
	must(e, !ia32(125, (long)p, 8 * PG, PROT_READ, 0));
}

static void run_madvise(struct env *e)
{
	char *p = low(e);

	begin(e);
	must(e, !ia32(219, (long)p, 8 * PG, MADV_DONTNEED, 0));
}

static void run_mremap(struct env *e)
{
	char *p = low(e);

	begin(e);
	must(e, (int)ia32(163, (long)p, 8 * PG, 4 * PG, 0) == (int)(long)p);
}

const struct scenario compat_scenarios[] = {
	{ .name = "compat_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mprotect", .run = run_mprotect, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "compat_madvise", .run = run_madvise, .expect = {
		MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_mremap", .run = run_mremap, .expect = {
		MUST(UNMAP, MREMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = NULL }
};
