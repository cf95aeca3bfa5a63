// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * reap: memory is reaped from a process that is about to die. To be reaped in time the
 * process is in uninterruptible sleep in write() to a frozen file system.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/fs.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

#ifndef SYS_pidfd_open
#define SYS_pidfd_open	434
#endif
#ifndef SYS_process_mrelease
#define SYS_process_mrelease 448
#endif

/* Return: pid of a watched child that hangs in write(). */
static pid_t victim(struct env *e, int fs)
{
	int fd = ext4_file(e, "frozen", PG);
	pid_t pid = child(e);

	if (pid) {
		while (!e->sh->begun && !kill(pid, 0) && !e->sh->result)
			sleep_ms(5);
		sleep_ms(50);
		return pid;
	}
	watched_anon(e, 8);
	must(e, !put("/proc/self/oom_score_adj", "1000"));
	must(e, !ioctl(fs, FIFREEZE, 0));
	begin(e);
	_exit(write(fd, "x", 1) != 1);
}

static void run_mrelease(struct env *e)
{
	int fs = open(ext4(e), O_RDONLY | O_DIRECTORY | O_CLOEXEC), pidfd;
	long ret;
	pid_t pid;

	need_feature(e, F_MRELEASE);
	pid = victim(e, fs);
	pidfd = syscall(SYS_pidfd_open, pid, 0);
	kill(pid, SIGKILL);
	ret = syscall(SYS_process_mrelease, pidfd, 0);
	ioctl(fs, FITHAW, 0);
	must(e, !ret);
	waitpid(pid, NULL, 0);
}

static void run_oom(struct env *e)
{
	int fs = open(ext4(e), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool came;
	pid_t pid;

	need(e, !access("/proc/sysrq-trigger", W_OK), "no sysrq");
	pid = victim(e, fs);
	put("/proc/sysrq-trigger", "f");
	came = wait_for_cause(e, MMNOTIFY_CAUSE_OOM_REAPER, 8000);
	sleep_ms(100);
	ioctl(fs, FITHAW, 0);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	if (!came)
		fail(e, "the OOM reaper did not come within 8 s");
}

/* exit_mmap() of an OOM victim may reap, too, even if the OOM reaper already did. */
static void run_oom_exit(struct env *e)
{
	pid_t pid;

	need(e, !access("/proc/sysrq-trigger", W_OK), "no sysrq");
	pid = child(e);
	if (!pid) {
		watched_anon(e, 8);
		must(e, !put("/proc/self/oom_score_adj", "1000"));
		begin(e);
		for (;;)
			pause();
	}
	while (!e->sh->begun && !e->sh->result)
		sleep_ms(5);
	put("/proc/sysrq-trigger", "f");
	waitpid(pid, NULL, 0);
}

#define DEATH \
	MUST(RELEASE, EXIT, GONE, AFTER(RE)), \
	MUST(UNMAP, EXIT, GONE, AFTER(U))
#define REAPS_ITSELF	MUST(CLEAR, EXIT, CLEAR, AFTER_BY(EXIT_REAPS, U))

const struct scenario reap_scenarios[] = {
	{ .name = "process_mrelease", .run = run_mrelease, .expect = {
		MUST(CLEAR, PROCESS_MRELEASE, CLEAR, HAS_BY(MRELEASE, REAPER_CLEARS, C, U)),
		DEATH },
	  .flags = S_DIES, .demo = "process_mrelease(pidfd)" },
	{ .name = "oom_reaper", .run = run_oom, .expect = {
		MUST(CLEAR, OOM_REAPER, CLEAR, BY(REAPER_CLEARS, C, U)), DEATH,
		REAPS_ITSELF },
	  .flags = S_DIES },
	{ .name = "oom_exit", .run = run_oom_exit, .expect = {
		MAY("the reaper may be first", CLEAR, OOM_REAPER, CLEAR,
		    BY(REAPER_CLEARS, C, U)),
		DEATH, REAPS_ITSELF }, .flags = S_DIES },
	{ .name = NULL }
};
