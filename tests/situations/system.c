// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* system: situations that other processes, the kernel or an administrator make. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/io_uring.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "situation.h"

#ifndef MADV_PAGEOUT
#define MADV_PAGEOUT	21
#endif
#ifndef SYS_process_madvise
#define SYS_process_madvise	440
#endif
#define MPOL_BIND	2
#define BALANCING	"/proc/sys/kernel/numa_balancing"

static char *mem;

static void small_pages(size_t len)
{
	mem = memory(len);
	must(!madvise(mem, len, MADV_NOHUGEPAGE));
	fill(mem, len);
}

/* Newer kernels have these in debugfs, older ones are sysctls. */
static void scan_often(void)
{
	static const char * const knobs[][2] = {
		{ "scan_delay_ms", "10" }, { "scan_period_min_ms", "50" },
		{ "scan_period_max_ms", "100" }, { "scan_size_mb", "16" },
	};
	char path[128];
	size_t i;

	for (i = 0; i < sizeof(knobs) / sizeof(*knobs); i++) {
		snprintf(path, sizeof(path), "/sys/kernel/debug/sched/numa_balancing/%s",
			 knobs[i][0]);
		if (set(path, knobs[i][1]))
			continue;
		snprintf(path, sizeof(path), BALANCING "_%s", knobs[i][0]);
		set(path, knobs[i][1]);
	}
}

static void run_on(int cpu)
{
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	must(!sched_setaffinity(0, sizeof(set), &set));
}

static long now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/*
 * The memory is used from the CPUs of both nodes in turns of 500 ms. The kernel scans the memory of
 * tasks that run, so this one does not sleep.
 */
static void wander(long ms)
{
	long begun = now_ms(), passed = 0;
	volatile char *p = mem;
	size_t i;

	while (passed < ms) {
		run_on(passed / 500 % 2);
		for (i = 0; i < 2 * HUGE; i += PG)
			p[i]++;
		passed = now_ms() - begun;
	}
}

static void bind_memory(void)
{
	unsigned long node = 1;

	must(!syscall(SYS_mbind, mem, 2 * HUGE, MPOL_BIND, &node, 64, 0));
}

static void guest(const char *name, bool bound, int go)
{
	char c;

	name_task(name);
	mem = memory(2 * HUGE);
	must(!madvise(mem, 2 * HUGE, MADV_NOHUGEPAGE));
	if (bound)
		bind_memory();
	run_on(0);
	fill(mem, 2 * HUGE);
	vm_create(mem, 2 * HUGE);
	vm_touch(0, 2 * HUGE, true);
	fact(name, "%d", getpid());
	while (read(go, &c, 1) > 0)
		;
	wander(4000);
	_exit(0);
}

/* Two virtual machines; NUMA balancing scans both, and moves the pages of the first. */
static void run_balancing(void)
{
	pid_t a, b;
	int go[2];

	must(!pipe(go));
	set(BALANCING, "0");
	a = fork();
	if (!a) {
		close(go[1]);
		guest("vm-a", false, go[0]);
	}
	b = fork();
	if (!b) {
		close(go[1]);
		guest("vm-b", true, go[0]);
	}
	must(a > 0 && b > 0);
	sleep_ms(500);
	scan_often();
	ready();
	must(set(BALANCING, "1"));
	close(go[1]);
	waitpid(a, NULL, 0);
	waitpid(b, NULL, 0);
	set(BALANCING, "0");
}

/* io_uring pins a buffer; NUMA balancing announces it all the same, and moves none of it. */
static void run_pinned(void)
{
	struct io_uring_params params = { 0 };
	struct iovec v;
	int ring;

	name_task("pinner");
	set(BALANCING, "0");
	run_on(0);
	small_pages(2 * HUGE);
	attach("/dev/mmn_stall");
	ring = syscall(SYS_io_uring_setup, 4, &params);
	v.iov_base = mem;
	v.iov_len = 2 * HUGE;
	must(ring >= 0 && !syscall(SYS_io_uring_register, ring, IORING_REGISTER_BUFFERS, &v, 1));
	fact("buffer", "%p %p", mem, mem + 2 * HUGE);
	scan_often();
	ready();
	must(set(BALANCING, "1"));
	wander(2000);
	set(BALANCING, "0");
}

static void sleep_as(const char *name, const char *group)
{
	char path[64];

	snprintf(path, sizeof(path), "/tmp/pods/%s/cgroup.procs", group);
	must(set(path, "0"));
	name_task(name);
	attach("/dev/mmn_stall");
	small_pages(8 * HUGE);
	fact(name, "%d", getpid());
	sleep_ms(600000);
	_exit(0);
}

/* An agent asks the kernel to reclaim memory of one of two containers. */
static void run_reclaim(void)
{
	pid_t a = fork(), b;

	if (!a)
		sleep_as("pod-a", "a");
	b = fork();
	if (!b)
		sleep_as("pod-b", "b");
	must(a > 0 && b > 0);
	sleep_ms(1000);
	ready();
	name_task("agent");
	set("/tmp/pods/a/memory.reclaim", "8M");
	name_task("situation");
	ready();
	kill(a, SIGKILL);
	kill(b, SIGKILL);
	waitpid(a, NULL, 0);
	waitpid(b, NULL, 0);
}

/* A process with a device is killed. */
static void run_killed(void)
{
	pid_t child = fork();

	if (!child) {
		name_task("victim");
		attach("/dev/mmn_stall");
		small_pages(HUGE);
		sleep_ms(600000);
		_exit(0);
	}
	must(child > 0);
	fact("victim", "%d", child);
	sleep_ms(500);
	ready();
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
}

static pid_t victim;

static void clear_soft_dirty(void)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/clear_refs", victim);
	if (!set(path, "4"))
		fact("no-soft-dirty", "1");
}

static void page_out(void)
{
	struct iovec v = { mem, HUGE / 2 };
	int fd = syscall(SYS_pidfd_open, victim, 0);

	if (fd < 0 || syscall(SYS_process_madvise, fd, &v, 1, MADV_PAGEOUT, 0) < 0)
		fact("no-pageout", "1");
}

/* Other processes change the memory of the victim. */
static void run_remote(void)
{
	small_pages(HUGE);
	victim = fork();
	if (!victim) {
		name_task("victim");
		fill(mem, HUGE);
		attach("/dev/mmn_stall");
		sleep_ms(600000);
		_exit(0);
	}
	must(victim > 0);
	fact("victim", "%d", victim);
	sleep_ms(500);
	ready();
	in_process("criu", clear_soft_dirty);
	in_process("oomd", page_out);
	ready();
	kill(victim, SIGKILL);
	waitpid(victim, NULL, 0);
}

const struct situation system_situations[] = {
	{ "balancing", run_balancing },
	{ "pinned", run_pinned },
	{ "reclaim", run_reclaim },
	{ "killed", run_killed },
	{ "remote", run_remote },
	{ NULL, NULL },
};
