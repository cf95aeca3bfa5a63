// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * compat: system calls by the 32-bit entry, which takes the call numbers of i386, and
 * page faults in a 32-bit code segment. A program of arm64 cannot enter AArch32, so there
 * the scenarios are also built as a 32-bit program, and run with the numbers of its ABI.
 */
#define _GNU_SOURCE
#include <linux/falloc.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actors.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP	4
#endif

/* From 424 on all architectures use the same numbers. */
#ifdef __arm__
enum {
	NR_GETPID = 20, NR_BRK = 45, NR_MMAP_OLD = -1, NR_MUNMAP = 91,
	NR_IPC = -1, NR_MPROTECT = 125, NR_MREMAP = 163, NR_MMAP2 = 192,
	NR_FTRUNCATE64 = 194, NR_MADVISE = 220, NR_REMAP_FILE_PAGES = 253,
	NR_FALLOCATE = 352, NR_PROCESS_VM_WRITEV = 377, NR_PKEY_MPROTECT = 394,
	NR_SHMAT = 305, NR_SHMDT = 306, NR_PROCESS_MADVISE = 440,
};
#else
/* Of i386. */
enum {
	NR_GETPID = 20, NR_BRK = 45, NR_MMAP_OLD = 90, NR_MUNMAP = 91,
	NR_IPC = 117, NR_MPROTECT = 125, NR_MREMAP = 163, NR_MMAP2 = 192,
	NR_FTRUNCATE64 = 194, NR_MADVISE = 219, NR_REMAP_FILE_PAGES = 257,
	NR_FALLOCATE = 324, NR_PROCESS_VM_WRITEV = 348, NR_PKEY_MPROTECT = 380,
	NR_SHMAT = 397, NR_SHMDT = 398, NR_PROCESS_MADVISE = 440,
};
#endif

enum { IPC_SHMAT = 21, IPC_SHMDT = 22 };

/* Above any heap, and below 4 GiB. */
#define LOW	((char *)0x60000000)
#define ELSEWHERE ((char *)0x68000000)
#define CALL(nr, ...) CALL_(NR_##nr, __VA_ARGS__, 0, 0, 0, 0, 0, 0)
#define CALL_(nr, a, b, c, d, f, g, ...) \
	ia32(nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(f), (long)(g))

#if defined(__x86_64__)
static sigjmp_buf no_entry;

static void on_signal(int sig)
{
	siglongjmp(no_entry, sig);
}

static int ia32(long nr, long a, long b, long c, long d, long f, long g)
{
	long ret;

	/* The compiler may use the red zone below the stack pointer: skip it before a push. */
	asm volatile("lea -128(%%rsp), %%rsp\n\t"
		     "push %%rbp\n\t"
		     "mov %[last], %%rbp\n\t"
		     "int $0x80\n\t"
		     "pop %%rbp\n\t"
		     "lea 128(%%rsp), %%rsp"
		     : "=a" (ret)
		     : "0" (nr), "b" (a), "c" (b), "d" (c), "S" (d), "D" (f),
		       [last] "r" (g)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static struct far_pointer {
	unsigned int offset;
	unsigned short segment;
} there = { .segment = 0x23 }, back = { .segment = 0x33 };

/*
 * Switches to a 32-bit code segment and back. There it does the system call @nr, or,
 * if that is 0, writes 7 to the byte at @a. 32-bit code cannot address the stack.
 */
static int segment32(long nr, long a, long b)
{
	asm volatile("lea 1f(%%rip), %%r10\n\t"
		     "mov %%r10d, (%%rdi)\n\t"
		     "lea 4f(%%rip), %%r10\n\t"
		     "mov %%r10d, (%%rsi)\n\t"
		     "mov %%rsp, %%r12\n\t"
		     "ljmpl *(%%rdi)\n\t"
		     ".code32\n"
		     "1:\ttest %%eax, %%eax\n\t"
		     "jnz 2f\n\t"
		     "movb $7, (%%ebx)\n\t"
		     "jmp 3f\n"
		     "2:\tint $0x80\n"
		     "3:\tljmpl *(%%esi)\n\t"
		     ".code64\n"
		     "4:\tmov %%r12, %%rsp"
		     : "+a" (nr), "+b" (a), "+c" (b)
		     : "D" (&there), "S" (&back)
		     : "memory", "cc", "r8", "r9", "r10", "r11", "r12");
	return nr;
}

static void probe(struct env *e)
{
	if ((uintptr_t)&back >> 32)
		skip(e, "this program is not below 4 GiB, where 32-bit code can run");
	signal(SIGSEGV, on_signal);
	if (sigsetjmp(no_entry, 1) || CALL(GETPID, 0) != getpid())
		skip(e, "no 32-bit system calls on this kernel");
	signal(SIGSEGV, SIG_DFL);
}
#elif defined(__arm__)
static int ia32(long nr, long a, long b, long c, long d, long f, long g)
{
	long ret;

	/* A second argument of 64 bits takes an even register and the next one. */
	if (nr == NR_FTRUNCATE64)
		ret = syscall(nr, a, 0, b, 0);
	else
		ret = syscall(nr, a, b, c, d, f, g);
	return ret == -1 ? -errno : ret;
}

static int segment32(long nr, long a, long b)
{
	if (nr)
		return ia32(nr, a, b, 0, 0, 0, 0);
	*(char *)a = 7;
	return 0;
}

static void probe(struct env *e)
{
	must(e, CALL(GETPID, 0) == getpid());
}
#else
static int ia32(long nr, long a, long b, long c, long d, long f, long g)
{
	return nr + a + b + c + d + f + g;
}

static int segment32(long nr, long a, long b)
{
	return nr + a + b;
}

static void probe(struct env *e)
{
	skip(e, "scenarios32 has this");
}
#endif

/* ---- memory at the low address ---- */

static char *low(struct env *e)
{
	char *p;

	probe(e);
	p = mmap(LOW, 8 * PG, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	must(e, p != MAP_FAILED);
	fill(p, 8 * PG, 1);
	return p;
}

static char *watched_low(struct env *e)
{
	char *p = low(e);

	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, true);
	return p;
}

static char *low_file(struct env *e, int *fd, int flags)
{
	char *p;

	probe(e);
	*fd = memfd(e, 8 * PG, 0);
	p = mmap(LOW, 8 * PG, PROT_READ | PROT_WRITE, flags | MAP_FIXED, *fd, 0);
	must(e, p != MAP_FAILED);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, flags == MAP_SHARED);
	return p;
}

/* ---- system calls ---- */

static void run_munmap(struct env *e)
{
	char *p = watched_low(e);

	begin(e);
	must(e, !CALL(MUNMAP, p, 8 * PG));
}

static void run_mmap(struct env *e)
{
	char *p = watched_low(e);

	begin(e);
	must(e, CALL(MMAP2, p, 4 * PG, PROT_READ,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1) == (long)p);
}

/* The old mmap() of i386 takes a pointer to its arguments. */
static void run_mmap_old(struct env *e)
{
	static unsigned int args[6];
	char *p = watched_low(e);

	args[0] = (long)p;
	args[1] = 4 * PG;
	args[2] = PROT_READ;
	args[3] = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED;
	args[4] = -1;
	need(e, NR_MMAP_OLD > 0, "not in this ABI");
	begin(e);
	must(e, CALL(MMAP_OLD, args) == (long)p);
}

static void run_brk(struct env *e)
{
	char *p = sbrk(0);

	probe(e);
	must(e, sbrk(-((uintptr_t)p & (PG - 1)) & (PG - 1)) != (void *)-1);
	p = sbrk(16 * PG);
	must(e, (uint64_t)(uintptr_t)p + 16 * PG <= UINT32_MAX);
	fill(p, 16 * PG, 1);
	watch(e, p, 16 * PG);
	device(e, p, 16 * PG, true);
	begin(e);
	must(e, CALL(BRK, p + 8 * PG) == (long)p + 8 * (long)PG);
}

static char *low_segment(struct env *e)
{
	int id = shmget(IPC_PRIVATE, 8 * PG, IPC_CREAT | 0600);
	char *p;

	probe(e);
	need(e, id >= 0, "no System V shared memory");
	p = shmat(id, LOW, 0);
	must(e, p == LOW);
	shmctl(id, IPC_RMID, NULL);
	fill(p, 8 * PG, 1);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, true);
	return p;
}

static void run_shmdt(struct env *e)
{
	char *p = low_segment(e);

	need(e, CALL(SHMDT, 1) == -EINVAL, "no shmdt() but that of ipc()");
	begin(e);
	must(e, !CALL(SHMDT, p));
}

/* The ipc() call, which C libraries before 2019 use for all of System V. */
static void run_ipc_shmdt(struct env *e)
{
	char *p = low_segment(e);

	need(e, NR_IPC > 0, "not in this ABI");
	begin(e);
	must(e, !CALL(IPC, IPC_SHMDT, 0, 0, 0, p));
}

static void run_shmat(struct env *e)
{
	int id = shmget(IPC_PRIVATE, 8 * PG, IPC_CREAT | 0600);
	char *p = watched_low(e);

	need(e, id >= 0, "no System V shared memory");
	need(e, CALL(SHMAT, -1, p, 0) == -EINVAL, "no shmat() but that of ipc()");
	begin(e);
	must(e, CALL(SHMAT, id, p, SHM_REMAP) == (long)p);
	shmctl(id, IPC_RMID, NULL);
}

static void run_ipc_shmat(struct env *e)
{
	int id = shmget(IPC_PRIVATE, 8 * PG, IPC_CREAT | 0600);
	static unsigned int where;
	char *p = watched_low(e);

	need(e, id >= 0, "no System V shared memory");
	need(e, NR_IPC > 0, "not in this ABI");
	begin(e);
	must(e, !CALL(IPC, IPC_SHMAT, id, SHM_REMAP, &where, p));
	must(e, where == (uintptr_t)p);
	shmctl(id, IPC_RMID, NULL);
}

static void run_remap(struct env *e)
{
	int fd;
	char *p = low_file(e, &fd, MAP_SHARED);

	begin(e);
	need(e, !CALL(REMAP_FILE_PAGES, p, 2 * PG, 0, 4), "no remap_file_pages");
}

static void run_mremap_shrink(struct env *e)
{
	char *p = watched_low(e);

	begin(e);
	must(e, CALL(MREMAP, p, 8 * PG, 4 * PG) == (long)p);
}

static void run_mremap_move(struct env *e)
{
	char *p = watched_low(e);

	begin(e);
	must(e, CALL(MREMAP, p, 8 * PG, 8 * PG, MREMAP_MAYMOVE | MREMAP_FIXED,
		     ELSEWHERE) == (long)ELSEWHERE);
}

static void run_mremap_over(struct env *e)
{
	char *from, *p = watched_low(e);

	from = mmap(ELSEWHERE, 8 * PG, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
	must(e, from == ELSEWHERE);
	fill(from, 8 * PG, 2);
	begin(e);
	must(e, CALL(MREMAP, from, 8 * PG, 8 * PG, MREMAP_MAYMOVE | MREMAP_FIXED,
		     p) == (long)p);
}

static void run_mremap_dontunmap(struct env *e)
{
	char *p;

	need_feature(e, F_MREMAP_DONTUNMAP);
	p = watched_low(e);

	begin(e);
	must(e, CALL(MREMAP, p, 8 * PG, 8 * PG, MREMAP_MAYMOVE | MREMAP_DONTUNMAP,
		     ELSEWHERE) > 0);
}

static void run_mprotect(struct env *e)
{
	char *p = watched_low(e);

	begin(e);
	must(e, !CALL(MPROTECT, p, 8 * PG, PROT_READ));
}

static void run_pkey_mprotect(struct env *e)
{
	char *p = watched_low(e);

	begin(e);
	must(e, !CALL(PKEY_MPROTECT, p, 8 * PG, PROT_READ, -1));
}

static void advise(struct env *e, char *p, int advice, const char *what)
{
	begin(e);
	errno = -CALL(MADVISE, p, 8 * PG, advice);
	need(e, !errno, what);
}

static void run_dontneed(struct env *e)
{
	advise(e, watched_low(e), MADV_DONTNEED, "no MADV_DONTNEED");
}

static void run_dontneed_locked(struct env *e)
{
	char *p = low(e);

	must(e, !mlock(p, 8 * PG));
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, true);
	advise(e, p, 24, "no MADV_DONTNEED_LOCKED");
}

static void run_free(struct env *e)
{
	advise(e, watched_low(e), MADV_FREE, "no MADV_FREE");
}

static void run_pageout(struct env *e)
{
	swap_on(e);
	advise(e, watched_low(e), MADV_PAGEOUT, "no MADV_PAGEOUT");
}

static void run_remove(struct env *e)
{
	int fd;

	advise(e, low_file(e, &fd, MAP_SHARED), MADV_REMOVE, "no MADV_REMOVE");
}

static void run_guard(struct env *e)
{
	need_feature(e, F_GUARD);
	advise(e, watched_low(e), 102, "MADV_GUARD_INSTALL");
}

static void run_process_madvise(struct env *e)
{
	static unsigned int iov[2];
	char *p = watched_low(e);
	int fd = syscall(SYS_pidfd_open, getpid(), 0);

	need_feature(e, F_PROCESS_SELF);
	iov[0] = (long)p;
	iov[1] = 4 * PG;
	begin(e);
	must(e, CALL(PROCESS_MADVISE, fd, iov, 1, 24) == 4 * (int)PG);
}

static void run_truncate(struct env *e)
{
	int fd;

	low_file(e, &fd, MAP_SHARED);
	begin(e);
	must(e, !CALL(FTRUNCATE64, fd, 2 * PG));
}

static void run_punch(struct env *e)
{
	int fd;

	low_file(e, &fd, MAP_SHARED);
	begin(e);
	must(e, !CALL(FALLOCATE, fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE,
		      PG, 0, 4 * PG));
}

static void run_writev(struct env *e)
{
	static unsigned int from[2], to[2];
	static char data[2 * MAX_PG];
	long len = 2 * PG;
	int fd;

	to[0] = (long)low_file(e, &fd, MAP_PRIVATE);
	from[0] = (long)data;
	from[1] = len;
	to[1] = len;
	begin(e);
	must(e, CALL(PROCESS_VM_WRITEV, getpid(), from, 1, to, 1) == len);
}

/* A page fault in 32-bit code, and a system call from there. */
static void run_segment_cow(struct env *e)
{
	int fd;
	char *p = low_file(e, &fd, MAP_PRIVATE);

	begin(e);
	segment32(0, (long)p, 0);
	segment32(0, (long)p + PG, 0);
	must(e, p[0] == 7 && p[PG] == 7);
}

static void run_segment_munmap(struct env *e)
{
	char *p = watched_low(e);

	begin(e);
	must(e, !segment32(NR_MUNMAP, (long)p, 8 * PG));
}

const struct scenario compat_scenarios[] = {
	{ .name = "compat_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mmap", .run = run_mmap, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mmap_old", .run = run_mmap_old, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_brk", .run = run_brk, .expect = { MUST(UNMAP, BRK, GONE, ALL(U)) },
	  .flags = S_QUICK },
	{ .name = "compat_shmdt", .run = run_shmdt, .expect = {
		MUST(UNMAP, SHMDT, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_ipc_shmdt", .run = run_ipc_shmdt, .expect = {
		MUST(UNMAP, SHMDT, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_shmat", .run = run_shmat, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_ipc_shmat", .run = run_ipc_shmat, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_remap_file_pages", .run = run_remap, .expect = {
		MUST(UNMAP, MMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mremap", .run = run_mremap_shrink, .expect = {
		MUST(UNMAP, MREMAP_SHRINK, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mremap_move", .run = run_mremap_move, .expect = {
		MUST_N(2, UNMAP, MREMAP_MOVE, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mremap_over", .run = run_mremap_over, .expect = {
		MUST(UNMAP, MREMAP_FIXED, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mremap_dontunmap", .run = run_mremap_dontunmap, .expect = {
		MUST(CLEAR, MREMAP_DONTUNMAP, CLEAR, ALL(U)) }, .flags = S_QUICK },
	{ .name = "compat_mprotect", .run = run_mprotect, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, WRITE, ALL(PV)) }, .flags = S_QUICK },
	{ .name = "compat_pkey_mprotect", .run = run_pkey_mprotect, .expect = {
		MUST(PROTECTION_VMA, PKEY_MPROTECT, WRITE, ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "compat_madvise", .run = run_dontneed, .expect = {
		MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_dontneed_locked", .run = run_dontneed_locked, .expect = {
		MUST(CLEAR, MADV_DONTNEED_LOCKED, CLEAR, HAS(DONTNEED_LOCKED, C)) },
	  .flags = S_QUICK },
	{ .name = "compat_free", .run = run_free, .expect = {
		MUST(CLEAR, MADV_FREE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_pageout", .run = run_pageout, .expect = {
		MUST(CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) } },
	{ .name = "compat_remove", .run = run_remove, .expect = {
		MUST(CLEAR, MADV_REMOVE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_guard", .run = run_guard, .expect = {
		MUST(CLEAR, GUARD_INSTALL, CLEAR, HAS(GUARD, C)) }, .flags = S_QUICK },
	{ .name = "compat_process_madvise", .run = run_process_madvise, .expect = {
		MUST(CLEAR, MADV_DONTNEED_LOCKED, CLEAR, HAS(PROCESS_SELF, C)) },
	  .flags = S_QUICK },
	{ .name = "compat_ftruncate", .run = run_truncate, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_fallocate", .run = run_punch, .expect = {
		MUST(CLEAR, HOLE_PUNCH, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_process_vm_writev", .run = run_writev, .expect = {
		MUST_N(2, CLEAR, COW_GUP, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_segment_cow", .run = run_segment_cow, .expect = {
		MUST_N(2, CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "compat_segment_munmap", .run = run_segment_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .flags = S_QUICK },
	{ .name = NULL }
};
