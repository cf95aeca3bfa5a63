// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * fault: copy-on-write is broken by a write of the process itself, by the kernel on
 * behalf of the process, or by an access of another process.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actors.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE	23
#endif

/* Anonymous pages that the process shares with a child. */
static char *shared_anon(struct env *e, pid_t *pid, int *release)
{
	char *p = anon(e, 8);

	*pid = sharer(e, release);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	return p;
}

/* Pages of a file in a private mapping that was only read so far. */
static char *private_file(struct env *e)
{
	return watched_private(e, memfd(e, 8 * PG, 0), 8 * PG);
}

/* ---- writes of the process itself ---- */

static void run_cow(struct env *e)
{
	int release;
	pid_t pid;
	char *p = shared_anon(e, &pid, &release);

	begin(e);
	fill(p, 4 * PG, 2);
	unshare_pages(e, pid, release);
}

static void run_zero_page(struct env *e)
{
	char *p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, 8 * PG, MADV_NOHUGEPAGE);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	begin(e);
	fill(p, 8 * PG, 2);
}

static void run_file(struct env *e)
{
	char *p = private_file(e);

	begin(e);
	fill(p, 3 * PG, 2);
}

/* A write access of a device breaks copy-on-write in the driver's own ioctl(). */
static void run_device(struct env *e)
{
	char *p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, 8 * PG, MADV_NOHUGEPAGE);
	watch(e, p, 8 * PG);
	device(e, p, 4 * PG, false);
	begin(e);
	device(e, p, 4 * PG, true);
}

/* The kernel writes during a system call: read() into shared pages. */
static void run_read(struct env *e)
{
	char *p = private_file(e);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	begin(e);
	must(e, read(zero, p, 2 * PG) == 2 * (ssize_t)PG);
}

/* The kernel writes during an ioctl(). */
static void run_ioctl(struct env *e)
{
	char *p = private_file(e);
	int fds[2];

	must(e, !pipe(fds));
	begin(e);
	must(e, !ioctl(fds[0], FIONREAD, p));
}

/* Direct I/O: the pages are pinned as the target of a read from disk. */
static void run_direct_io(struct env *e)
{
	int fd = ext4_file(e, "direct", 4 * PG), release;
	char path[64], *p;
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	fd = open(path, O_RDONLY | O_DIRECT | O_CLOEXEC);
	need(e, fd >= 0, "no direct I/O");
	p = shared_anon(e, &pid, &release);
	begin(e);
	must(e, read(fd, p, 2 * PG) == 2 * (ssize_t)PG);
	unshare_pages(e, pid, release);
}

/* A worker of io_uring writes on behalf of the process. */
static void run_uring_read(struct env *e)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_READ, .len = 2 * PG };
	struct worker r;

	worker_open(e, &r);
	sqe.addr = (uintptr_t)private_file(e);
	sqe.fd = open("/dev/zero", O_RDONLY | O_CLOEXEC);
	begin(e);
	must(e, worker_do(e, &r, &sqe) == 2 * (int)PG);
}

static void on_signal(int sig)
{
	(void)sig;
}

/* The frame of the next signal is written to pages that a child shares. */
static void await_signal(struct env *e, int sig, pid_t *pid, int *release)
{
	struct sigaction sa = { .sa_handler = on_signal, .sa_flags = SA_ONSTACK };
	stack_t s = { .ss_size = 8 * PG };

	s.ss_sp = shared_anon(e, pid, release);
	must(e, !sigaltstack(&s, NULL) && !sigaction(sig, &sa, NULL));
}

static void run_signal(struct env *e)
{
	int release;
	pid_t pid;

	await_signal(e, SIGUSR1, &pid, &release);
	begin(e);
	must(e, !raise(SIGUSR1));
	unshare_pages(e, pid, release);
}

/*
 * A signal is delivered on return from a system call that could itself break
 * copy-on-write. A seccomp filter raises the signal instead of doing the call.
 */
static void signal_in(struct env *e, unsigned int nr)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, nr, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog filter = { ARRAY_SIZE(code), code };
	int release;
	pid_t pid;

	await_signal(e, SIGSYS, &pid, &release);
	must(e, !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	need(e, !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter), "no seccomp");
	begin(e);
	syscall(nr, 0, 0, MADV_UNMERGEABLE, 0, 0, 0);
	unshare_pages(e, pid, release);
}

static void run_signal_writev(struct env *e)
{
	signal_in(e, SYS_process_vm_writev);
}

static void run_signal_unmerge(struct env *e)
{
	signal_in(e, SYS_madvise);
}

static void run_signal_write(struct env *e)
{
	signal_in(e, SYS_pwrite64);
}

static void run_populate(struct env *e)
{
	int release;
	pid_t pid;
	char *p = shared_anon(e, &pid, &release);

	begin(e);
	need(e, !madvise(p, 4 * PG, MADV_POPULATE_WRITE), "no MADV_POPULATE_WRITE");
	unshare_pages(e, pid, release);
}

/* mlock() breaks copy-on-write before it locks the pages. */
static void run_mlock(struct env *e)
{
	int release;
	pid_t pid;
	char *p = shared_anon(e, &pid, &release);

	begin(e);
	must(e, !mlock(p, 4 * PG));
	unshare_pages(e, pid, release);
}

#define SWAPPED	(1ULL << 62)

static bool all_swapped(char *p, unsigned int pages)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	unsigned int i, n = 0;
	__u64 entry;

	for (i = 0; i < pages; i++)
		n += pread(fd, &entry, 8, ((uintptr_t)p / PG + i) * 8) == 8 &&
		     (entry & SWAPPED);
	close(fd);
	return n == pages;
}

/* A write fault swaps in a page that a child shares. */
static void run_swap(struct env *e)
{
	int release;
	pid_t pid;
	char *p;

	swap_on(e);
	p = anon(e, 8);
	must(e, !madvise(p, 8 * PG, MADV_PAGEOUT));
	if (!all_swapped(p, 8))
		skip(e, "the pages were not swapped out");
	pid = sharer(e, &release);
	watch(e, p, 8 * PG);
	begin(e);
	fill(p, 4 * PG, 2);
	unshare_pages(e, pid, release);
}

/* ---- several threads, several processes ---- */

struct writer {
	char *p;
	volatile bool stop;
};

static void *keep_writing(void *arg)
{
	struct writer *w = arg;

	while (!w->stop)
		fill(w->p, 8 * PG, 3);
	return NULL;
}

/* One thread writes while another one calls fork(). */
static void run_threads(struct env *e)
{
	struct writer w = { .p = watched_anon(e, 8) };
	pthread_t thread;
	unsigned int i;
	int release;
	pid_t pid;

	must(e, !pthread_create(&thread, NULL, keep_writing, &w));
	begin(e);
	for (i = 0; i < 4; i++) {
		pid = sharer(e, &release);
		sleep_ms(10);
		unshare_pages(e, pid, release);
	}
	w.stop = true;
	must(e, !pthread_join(thread, NULL));
}

/* No huge page is free for the parent's copy, so the kernel unmaps the child's page. */
static void run_hugetlb_shortage(struct env *e)
{
	char *p;
	pid_t pid;

	hugetlb(e, 1);
	p = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	need(e, p != MAP_FAILED, "no hugetlb page");
	*p = 1;
	pid = child(e);
	if (!pid) {
		watch(e, p, HUGE);
		device(e, p, HUGE, false);
		begin(e);
		pause();
	}
	while (!e->sh->begun && !e->sh->result)
		sleep_ms(5);
	*p = 2;
}

/* ---- accesses of another process ---- */

static bool write_mem(const struct order *o)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", o->to);
	fd = open(path, O_RDWR | O_CLOEXEC);
	return fd >= 0 && pwrite(fd, path, 1, (uintptr_t)o->p) == 1 &&
	       !close(fd);
}

/* All system calls that write to /proc/self/mem. */
static bool write_mem_all(const struct order *o)
{
	struct iovec iov = { "x", 1 };
	int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);

	return fd >= 0 && lseek(fd, (uintptr_t)o->p, SEEK_SET) >= 0 &&
	       write(fd, "x", 1) == 1 &&
	       lseek(fd, (uintptr_t)o->p + PG, SEEK_SET) >= 0 &&
	       writev(fd, &iov, 1) == 1 &&
	       pwritev(fd, &iov, 1, (uintptr_t)o->p + 2 * PG) == 1 &&
	       pwritev2(fd, &iov, 1, (uintptr_t)o->p + 3 * PG, 0) == 1;
}

static bool poke(const struct order *o)
{
	return !ptrace(PTRACE_ATTACH, o->to, NULL, NULL) &&
	       waitpid(o->to, NULL, __WALL) == o->to &&
	       !ptrace(PTRACE_POKEDATA, o->to, o->p, (void *)5) &&
	       !ptrace(PTRACE_DETACH, o->to, NULL, NULL);
}

static bool write_vector(const struct order *o)
{
	static char data[4 * MAX_PG];
	struct iovec from = { data, o->len }, to = { o->p, o->len };

	return process_vm_writev(o->to, &from, 1, &to, 1, 0) == (ssize_t)o->len;
}

static void by_another(struct env *e, bool (*act)(const struct order *), size_t len)
{
	struct actor o;
	char *p;

	actor_ready(e, &o, act);
	p = private_file(e);
	begin(e);
	actor_acts(e, &o, p, len, 0);
}

static void run_proc_mem(struct env *e)
{
	by_another(e, write_mem, 1);
}

static void run_ptrace(struct env *e)
{
	by_another(e, poke, 8);
}

static void run_writev(struct env *e)
{
	by_another(e, write_vector, 4 * PG);
}

static void run_writev_self(struct env *e)
{
	struct order o = { .to = getpid(), .p = private_file(e), .len = 3 * PG };

	begin(e);
	must(e, write_vector(&o));
}

static void run_self_mem(struct env *e)
{
	struct order o = { .to = getpid(), .p = private_file(e), .len = 1 };

	begin(e);
	must(e, write_mem(&o));
}

static void run_self_mem_all(struct env *e)
{
	struct order o = { .to = getpid(), .p = private_file(e) };

	begin(e);
	must(e, write_mem_all(&o));
}

static void run_self_mem_worker(struct env *e)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_WRITE, .len = 1 };
	struct worker w;
	static char c;

	worker_open(e, &w);
	sqe.off = (uintptr_t)private_file(e);
	sqe.addr = (uintptr_t)&c;
	sqe.fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
	begin(e);
	must(e, worker_do(e, &w, &sqe) == 1);
}

/* A debugger writes a breakpoint to pages that the process itself may not write. */
static void run_breakpoint(struct env *e)
{
	struct actor o;
	char *p;

	actor_ready(e, &o, poke);
	p = private_file(e);
	must(e, !mprotect(p, 8 * PG, PROT_READ | PROT_EXEC));
	device(e, p, 8 * PG, false);
	begin(e);
	actor_acts(e, &o, p, 8, 0);
}

#define COW_N(n)	MUST_N(n, CLEAR, COW, CLEAR, ALL(C))
#define GUP_N(n)	MUST_N(n, CLEAR, COW_GUP, CLEAR, ALL(C))

const struct scenario fault_scenarios[] = {
	{ .name = "cow", .run = run_cow, .expect = { COW_N(4) },
	  .flags = S_QUICK, .demo = "*p = 2 after fork()" },
	{ .name = "cow_zero_page", .run = run_zero_page, .expect = { COW_N(8) },
	  .flags = S_QUICK },
	{ .name = "cow_private_file", .run = run_file, .expect = { COW_N(3) },
	  .flags = S_QUICK },
	{ .name = "cow_device", .run = run_device, .expect = { COW_N(4) },
	  .flags = S_QUICK | S_DEVICE },
	{ .name = "cow_read", .run = run_read, .expect = { COW_N(2) },
	  .flags = S_QUICK },
	{ .name = "cow_ioctl", .run = run_ioctl, .expect = { COW_N(1) },
	  .flags = S_QUICK },
	{ .name = "cow_direct_io", .run = run_direct_io, .expect = { COW_N(2) } },
	{ .name = "cow_io_uring_read", .run = run_uring_read, .expect = { COW_N(2) } },
	{ .name = "cow_signal", .run = run_signal, .expect = { COW_N(1) },
	  .flags = S_QUICK },
	{ .name = "cow_signal_writev", .run = run_signal_writev,
	  .expect = { COW_N(1) }, .flags = S_QUICK },
	{ .name = "cow_signal_unmerge", .run = run_signal_unmerge,
	  .expect = { COW_N(1) }, .flags = S_QUICK },
	{ .name = "cow_signal_write", .run = run_signal_write,
	  .expect = { COW_N(1) }, .flags = S_QUICK },
	{ .name = "cow_populate", .run = run_populate, .expect = {
		MUST_N(4, CLEAR, COW, CLEAR, HAS(POPULATE, C)) }, .flags = S_QUICK },
	{ .name = "cow_mlock", .run = run_mlock, .expect = { COW_N(4) },
	  .flags = S_QUICK },
	{ .name = "cow_swap", .run = run_swap, .expect = { COW_N(4) } },
	{ .name = "cow_threads", .run = run_threads, .expect = {
		COW_N(1),
		MUST_N(4, PROTECTION_PAGE, FORK, WRITE, ALL(PP)) } },
	{ .name = "hugetlb_cow_shortage", .run = run_hugetlb_shortage, .expect = {
		MUST(CLEAR, HUGETLB_COW, CLEAR, BY(HUGETLB_NESTED, U, C)) } },
	{ .name = "cow_proc_mem", .run = run_proc_mem, .expect = { GUP_N(1) },
	  .flags = S_QUICK },
	{ .name = "cow_self_mem", .run = run_self_mem, .expect = { GUP_N(1) },
	  .flags = S_QUICK },
	{ .name = "cow_self_mem_all", .run = run_self_mem_all,
	  .expect = { GUP_N(4) }, .flags = S_QUICK },
	{ .name = "cow_self_mem_io_uring", .run = run_self_mem_worker,
	  .expect = { GUP_N(1) } },
	{ .name = "cow_ptrace", .run = run_ptrace, .expect = { GUP_N(1) },
	  .flags = S_QUICK },
	{ .name = "cow_breakpoint", .run = run_breakpoint, .expect = { GUP_N(1) },
	  .flags = S_QUICK },
	{ .name = "process_vm_writev", .run = run_writev, .expect = { GUP_N(4) },
	  .flags = S_QUICK },
	{ .name = "process_vm_writev_self", .run = run_writev_self,
	  .expect = { GUP_N(3) }, .flags = S_QUICK },
	{ .name = NULL }
};
