// SPDX-License-Identifier: GPL-2.0-only
/* process: fork, copy on write, exec, exit and what else ends an mm. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

static void run_fork(struct env *e)
{
	pid_t pid;

	watched_anon(e, 8);
	begin(e);
	pid = child(e);
	if (!pid)
		_exit(0);
	reap(e, pid);
}

/* Shared memory is not copied on write, so fork says nothing of it. */
static void run_fork_shared(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	pid_t pid;

	watched_shared(e, fd, 8 * PG);
	begin(e);
	pid = child(e);
	if (!pid)
		_exit(0);
	reap(e, pid);
}

static void run_vfork(struct env *e)
{
	pid_t pid;

	watched_anon(e, 8);
	begin(e);
	pid = vfork();
	if (!pid)
		_exit(0);
	reap(e, pid);
}

/* A child that holds the pages of @p until it is released. */
static pid_t sharer(struct env *e, int pipe_fd[2])
{
	pid_t pid;

	must(e, !pipe(pipe_fd));
	pid = child(e);
	if (!pid) {
		char c;

		close(pipe_fd[1]);
		_exit(read(pipe_fd[0], &c, 1) ? 1 : 0);
	}
	return pid;
}

static void run_cow(struct env *e)
{
	char *p = anon(e, 8);
	int fds[2];
	pid_t pid;

	pid = sharer(e, fds);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	begin(e);
	fill(p, 4 * PG, 2);
	close(fds[1]);
	reap(e, pid);
}

static void run_cow_zero(struct env *e)
{
	char *p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, 8 * PG, MADV_NOHUGEPAGE);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	begin(e);
	fill(p, 8 * PG, 2);
}

static void run_cow_file(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);
	char *p = watched_private(e, fd, 8 * PG);

	begin(e);
	fill(p, 3 * PG, 2);
}

/* A device that writes breaks copy-on-write itself, in its own ioctl. */
static void run_cow_device(struct env *e)
{
	char *p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, 8 * PG, MADV_NOHUGEPAGE);
	watch(e, p, 8 * PG);
	device(e, p, 4 * PG, false);
	begin(e);
	device(e, p, 4 * PG, true);
}

/* Another process writes through /proc/PID/mem. */
static void run_cow_remote(struct env *e)
{
	int memory = memfd(e, 8 * PG, 0);
	char *p = watched_private(e, memory, 8 * PG);
	char path[64];
	pid_t pid;

	snprintf(path, sizeof(path), "/proc/%d/mem", getpid());
	pid = child(e);
	if (!pid) {
		int fd = open(path, O_RDWR | O_CLOEXEC);

		sleep_ms(150);
		_exit(fd < 0 || pwrite(fd, "x", 1, (uintptr_t)p) != 1);
	}
	begin(e);
	reap(e, pid);
}

/* The kernel writes for a system call: read() into shared pages. */
static void run_cow_read(struct env *e)
{
	int memory = memfd(e, 8 * PG, 0);
	char *p = watched_private(e, memory, 8 * PG);
	int zero = open("/dev/zero", O_RDONLY | O_CLOEXEC);

	begin(e);
	must(e, read(zero, p, 2 * PG) == 2 * (ssize_t)PG);
}

static void run_exit(struct env *e)
{
	watched_anon(e, 8);
	begin(e);
	_exit(0);
}

static void run_kill(struct env *e)
{
	watched_anon(e, 8);
	begin(e);
	raise(SIGKILL);
}

static void run_exec(struct env *e)
{
	static char *const argv[] = { "scenarios", "--nothing", NULL };

	watched_anon(e, 8);
	begin(e);
	execv("/proc/self/exe", argv);
	fail(e, "execv: %m");
}

/* A task that shares the mm outlives the process: the mm ends with it. */
static int last_one(void *arg)
{
	(void)arg;
	sleep_ms(200);
	return 0;
}

static void run_last_user(struct env *e)
{
	char *stack = anon(e, 16);

	watched_anon(e, 8);
	must(e, clone(last_one, stack + 16 * PG, CLONE_VM | SIGCHLD, NULL) > 0);
	begin(e);
	_exit(0);
}

/* A thread ends: that is no event at all. */
static void run_thread_exit(struct env *e)
{
	char *stack = anon(e, 16);
	int pid;

	watched_anon(e, 8);
	begin(e);
	pid = clone(last_one, stack + 16 * PG, CLONE_VM | SIGCHLD, NULL);
	must(e, pid > 0);
	reap(e, pid);
}

const struct scenario process_scenarios[] = {
	{ .name = "fork", .run = run_fork, .expect = {
		MUST(PROTECTION_PAGE, FORK, WRITE, ALL(PP)) },
	  .flags = S_QUICK, .demo = "fork()" },
	{ .name = "fork_shared", .run = run_fork_shared, .expect = { }, .flags = S_QUICK },
	{ .name = "vfork", .run = run_vfork, .expect = { }, .flags = S_QUICK },
	{ .name = "cow", .run = run_cow, .expect = {
		MUST_N(4, CLEAR, COW, CLEAR, ALL(C)) },
	  .flags = S_QUICK, .demo = "*p = 2 after fork()" },
	{ .name = "cow_zero_page", .run = run_cow_zero, .expect = {
		MUST_N(8, CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "cow_private_file", .run = run_cow_file, .expect = {
		MUST_N(3, CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "cow_device", .run = run_cow_device, .expect = {
		MUST_N(4, CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK | S_DEVICE },
	{ .name = "cow_proc_mem", .run = run_cow_remote, .expect = {
		MUST(CLEAR, COW, CLEAR, ALL(C)),
		MAY("making the helper", PROTECTION_PAGE, FORK, WRITE, ALL(PP)) },
	  .flags = S_QUICK },
	{ .name = "cow_read", .run = run_cow_read, .expect = {
		MUST_N(2, CLEAR, COW, CLEAR, ALL(C)) }, .flags = S_QUICK },
	{ .name = "exit", .run = run_exit, .expect = {
		MUST(RELEASE, EXIT, GONE, ALL(RE)),
		MUST(UNMAP, EXIT, GONE, ALL(U)) },
	  .flags = S_DIES | S_QUICK, .demo = "exit()" },
	{ .name = "exit_killed", .run = run_kill, .expect = {
		MUST(RELEASE, EXIT, GONE, ALL(RE)),
		MUST(UNMAP, EXIT, GONE, ALL(U)) }, .flags = S_DIES | S_QUICK },
	{ .name = "exec", .run = run_exec, .expect = {
		MUST(RELEASE, EXEC, GONE, ALL(RE)),
		MUST(UNMAP, EXEC, GONE, ALL(U)) },
	  .flags = S_DIES | S_QUICK, .demo = "execve()" },
	{ .name = "exit_last_user", .run = run_last_user, .expect = {
		MUST(RELEASE, EXIT, GONE, ALL(RE)),
		MUST(UNMAP, EXIT, GONE, ALL(U)) }, .flags = S_DIES },
	{ .name = "exit_thread", .run = run_thread_exit, .expect = { } },
	{ .name = NULL }
};
