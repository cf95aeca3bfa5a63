// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* process: fork, exec, exit and other ways in which an mm ends. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "actors.h"

#define MANY	128

static void run_fork(struct env *e)
{
	watched_anon(e, 8);
	begin(e);
	fork_and_reap(e);
}

/* fork() gives one event for each VMA. */
static void run_fork_many(struct env *e)
{
	char *p = anon(e, MANY);
	unsigned int i;

	for (i = 0; i < MANY; i += 2)
		must(e, !mprotect(p + i * PG, PG, PROT_READ));
	watch(e, p, MANY * PG);
	device(e, p, MANY * PG, false);
	begin(e);
	fork_and_reap(e);
}

/* fork() does not write-protect shared mappings, so it causes no event. */
static void run_fork_shared(struct env *e)
{
	int fd = memfd(e, 8 * PG, 0);

	watched_shared(e, fd, 8 * PG);
	begin(e);
	fork_and_reap(e);
}

/* Nor does it for private file pages that were never written to. */
static void run_fork_file(struct env *e)
{
	watched_private(e, memfd(e, 8 * PG, 0), 8 * PG);
	begin(e);
	fork_and_reap(e);
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

static bool kill_it(const struct order *o)
{
	return !kill(o->to, SIGKILL);
}

static void run_kill_other(struct env *e)
{
	struct actor o;
	char *p;

	actor_ready(e, &o, kill_it);
	p = watched_anon(e, 8);
	begin(e);
	actor_acts(e, &o, p, 8 * PG, 0);
	fail(e, "still alive");
}

static void become_nothing(void)
{
	static char *const argv[] = { "scenarios", "--nothing", NULL };

	execv("/proc/self/exe", argv);
	_exit(1);
}

static void run_exec(struct env *e)
{
	watched_anon(e, 8);
	begin(e);
	become_nothing();
}

/* The child uses its parent's mm until execve(). */
static void run_vfork_exec(struct env *e)
{
	pid_t pid;

	watched_anon(e, 8);
	begin(e);
	pid = vfork();
	if (!pid)
		become_nothing();
	reap(e, pid);
}

/* ---- threads ---- */

static void *sleeper(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static void *leaver(void *arg)
{
	begin(arg);
	_exit(0);
}

static void *changer(void *arg)
{
	begin(arg);
	become_nothing();
	return NULL;
}

static void *survivor(void *arg)
{
	sleep_ms(50);
	syscall(SYS_exit, 0);
	return arg;
}

static void threads(struct env *e, void *(*last)(void *arg))
{
	pthread_t t;
	unsigned int i;

	for (i = 0; i < 3; i++)
		must(e, !pthread_create(&t, NULL, sleeper, NULL));
	watched_anon(e, 8);
	if (last) {
		must(e, !pthread_create(&t, NULL, last, e));
		sleeper(NULL);
	}
	begin(e);
}

static void run_exit_threads(struct env *e)
{
	threads(e, NULL);
	_exit(0);
}

static void run_exit_by_thread(struct env *e)
{
	threads(e, leaver);
}

static void run_exec_threads(struct env *e)
{
	threads(e, NULL);
	become_nothing();
}

static void run_exec_by_thread(struct env *e)
{
	threads(e, changer);
}

/* The thread group leader exits; the mm ends with the last thread. */
static void run_exit_leader(struct env *e)
{
	pthread_t t;

	watched_anon(e, 8);
	must(e, !pthread_create(&t, NULL, survivor, NULL));
	begin(e);
	syscall(SYS_exit, 0);
}

/* ---- the last user of the mm ---- */

static int ends(void *arg)
{
	(void)arg;
	sleep_ms(200);
	return 0;
}

static int changes(void *arg)
{
	sleep_ms(200);
	become_nothing();
	(void)arg;
	return 1;
}

static pid_t shares_mm(struct env *e, int (*what)(void *arg))
{
	char *stack = anon(e, 64);
	pid_t pid;

	watched_anon(e, 8);
	pid = clone(what, stack + 64 * PG, CLONE_VM | SIGCHLD, NULL);
	must(e, pid > 0);
	begin(e);
	return pid;
}

/* A task that shares the mm outlives the process: the mm ends when that task exits. */
static void run_last_user(struct env *e)
{
	shares_mm(e, ends);
	_exit(0);
}

static void run_last_user_exec(struct env *e)
{
	shares_mm(e, changes);
	_exit(0);
}

/* The process has a new mm after execve(); the watched one ends with its last user. */
static void run_exec_first(struct env *e)
{
	shares_mm(e, ends);
	become_nothing();
}

/* One of two users exits: no event. */
static void run_thread_exit(struct env *e)
{
	reap(e, shares_mm(e, ends));
}

struct holder {
	struct order *order;
	char *page;
	int uffd;
};

/* Serves the holder's page fault once the owner of the mm has exited. */
static void *let_go(void *arg)
{
	struct holder *h = arg;
	struct uffdio_zeropage zero = { .range = { (uintptr_t)h->page, PG } };
	struct uffd_msg msg;

	if (read(h->uffd, &msg, sizeof(msg)) != sizeof(msg))
		return NULL;
	__atomic_store_n(&h->order->what, 1, __ATOMIC_RELEASE);
	while (!kill(h->order->to, 0))
		sleep_ms(2);
	ioctl(h->uffd, UFFDIO_ZEROPAGE, &zero);
	return NULL;
}

/* Reads the memory of another process into a page with a delayed fault. */
static bool hold_mm(const struct order *o)
{
	struct holder h = { .order = (struct order *)o };
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	struct iovec to = { .iov_len = PG }, from = { o->p, PG };
	pthread_t t;

	h.page = mmap(NULL, PG, PROT_READ | PROT_WRITE,
		      MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	h.uffd = syscall(SYS_userfaultfd, O_CLOEXEC);
	reg.range = (struct uffdio_range){ (uintptr_t)h.page, PG };
	to.iov_base = h.page;
	return h.uffd >= 0 && !ioctl(h.uffd, UFFDIO_API, &api) &&
	       !ioctl(h.uffd, UFFDIO_REGISTER, &reg) &&
	       !pthread_create(&t, NULL, let_go, &h) &&
	       process_vm_readv(o->to, &to, 1, &from, 1, 0) == (ssize_t)PG;
}

/* Another process holds the last reference to the mm, and so ends it. */
static void run_other_drops(struct env *e)
{
	struct actor o;

	actor_ready(e, &o, hold_mm);
	o.order->p = watched_anon(e, 8);
	must(e, write(o.process.go, "x", 1) == 1);
	while (!__atomic_load_n(&o.order->what, __ATOMIC_ACQUIRE))
		sleep_ms(2);
	begin(e);
	_exit(0);
}

#define DEATH \
	MUST(RELEASE, EXIT, GONE, AFTER(RE)), \
	MUST(UNMAP, EXIT, GONE, AFTER(U))
#define CHANGE \
	MUST(RELEASE, EXEC, GONE, AFTER(RE)), \
	MUST(UNMAP, EXEC, GONE, AFTER(U))

const struct scenario process_scenarios[] = {
	{ .name = "fork", .run = run_fork, .expect = {
		MUST(PROTECTION_PAGE, FORK, WRITE, ALL(PP)) },
	  .flags = S_QUICK, .demo = "fork()" },
	{ .name = "fork_many_vmas", .run = run_fork_many, .expect = {
		MUST_N(MANY, PROTECTION_PAGE, FORK, WRITE, ALL(PP)) }, .flags = S_QUICK },
	{ .name = "fork_private_file", .run = run_fork_file, .expect = { },
	  .flags = S_QUICK },
	{ .name = "fork_shared", .run = run_fork_shared, .expect = { }, .flags = S_QUICK },
	{ .name = "vfork", .run = run_vfork, .expect = { }, .flags = S_QUICK },
	{ .name = "vfork_exec", .run = run_vfork_exec, .expect = { },
	  .flags = S_QUICK },
	{ .name = "exit", .run = run_exit, .expect = { DEATH },
	  .flags = S_DIES | S_QUICK, .demo = "exit()" },
	{ .name = "exit_killed", .run = run_kill, .expect = { DEATH },
	  .flags = S_DIES | S_QUICK },
	{ .name = "exit_killed_other", .run = run_kill_other, .expect = { DEATH },
	  .flags = S_DIES | S_QUICK },
	{ .name = "exec", .run = run_exec, .expect = { CHANGE },
	  .flags = S_DIES | S_QUICK, .demo = "execve()" },
	{ .name = "exit_threads", .run = run_exit_threads, .expect = { DEATH },
	  .flags = S_DIES | S_QUICK },
	{ .name = "exit_by_thread", .run = run_exit_by_thread, .expect = { DEATH },
	  .flags = S_DIES | S_QUICK },
	{ .name = "exit_leader_first", .run = run_exit_leader, .expect = { DEATH },
	  .flags = S_DIES },
	{ .name = "exec_threads", .run = run_exec_threads, .expect = { CHANGE },
	  .flags = S_DIES | S_QUICK },
	{ .name = "exec_by_thread", .run = run_exec_by_thread, .expect = { CHANGE },
	  .flags = S_DIES | S_QUICK },
	{ .name = "exit_last_user", .run = run_last_user, .expect = { DEATH },
	  .flags = S_DIES },
	{ .name = "exec_last_user", .run = run_last_user_exec, .expect = { CHANGE },
	  .flags = S_DIES },
	{ .name = "exec_then_exit", .run = run_exec_first, .expect = { DEATH },
	  .flags = S_DIES },
	{ .name = "exit_other_drops", .run = run_other_drops, .expect = { DEATH },
	  .flags = S_DIES },
	{ .name = "exit_thread", .run = run_thread_exit, .expect = { } },
	{ .name = NULL }
};
