// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * api: errnos of the mirror device for wrong use, and guarantees that need a second
 * process: release() is called exactly once, no range can be inserted in a dying mm, and
 * modules do not unload while they have users. TAP on stdout.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "mirror.h"
#include "tap.h"

#define DEVICE	"/dev/mmn_mirror"
#define PAGE	4096UL
#define ALL	(MIRROR_TIER_CLASSIFY | MIRROR_TIER_RANGE | MIRROR_TIER_MM)

static void ok(bool good, const char *what)
{
	tap_ok(good, "%s", what);
}

/* Checks that a call returned with errno @want; 0: it succeeded. */
static void fails(int ret, int want, const char *what)
{
	int got = ret < 0 ? errno : 0;

	ok(got == want, what);
	if (got != want)
		printf("# got %s, want %s\n", strerror(got), strerror(want));
}

static int dev_open(void)
{
	int fd = open(DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		bail(DEVICE);
	return fd;
}

static int attach(int fd, unsigned int tiers)
{
	struct mirror_attach a = { .tiers = tiers };

	return ioctl(fd, MIRROR_IOC_ATTACH, &a);
}

static int range(int fd, unsigned long cmd, __u64 start, __u64 len)
{
	struct mirror_range r = { .start = start, .len = len };

	return ioctl(fd, cmd, &r);
}

static int dev_access(int fd, __u64 start, __u64 len, unsigned int write,
		      unsigned int pages)
{
	struct mirror_access a = {
		.start = start, .len = len, .write = write, .pages = pages,
	};

	return ioctl(fd, MIRROR_IOC_ACCESS, &a);
}

static char *map(size_t len, int prot)
{
	char *p = mmap(NULL, len, prot, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED) {
		printf("Bail out! mmap: %s\n", strerror(errno));
		exit(1);
	}
	return p;
}

static void test_before_attach(void)
{
	struct mirror_attach odd = { .tiers = ALL, .rsvd = 1 };
	int fd = dev_open();

	fails(range(fd, MIRROR_IOC_ADD_RANGE, PAGE, PAGE), ENXIO,
	      "add a range before attach");
	fails(ioctl(fd, MIRROR_IOC_ATTACH, NULL), EFAULT, "attach with no argument");
	fails(attach(fd, 0), EINVAL, "attach with no tier");
	fails(attach(fd, 8), EINVAL, "attach with an unknown tier");
	fails(ioctl(fd, MIRROR_IOC_ATTACH, &odd), EINVAL,
	      "attach with a reserved bit");
	close(fd);
}

static void test_ranges(void)
{
	char *p = map(4 * PAGE, PROT_READ | PROT_WRITE), small[8];
	struct mirror_lookup last = { .addr = ~0ULL };
	__u64 start = (unsigned long)p;
	int fd = dev_open(), other = dev_open();

	fails(attach(fd, ALL), 0, "attach");
	fails(attach(fd, ALL), EBUSY, "attach twice");
	fails(attach(other, MIRROR_TIER_MM), EBUSY,
	      "a second log for one process");
	fails(ioctl(fd, _IO('m', 99)), ENOTTY, "an unknown ioctl");
	fails(read(fd, small, sizeof(small)), EINVAL, "read less than a record");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, start + 1, PAGE), EINVAL,
	      "a range that is not aligned");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, start, 0), EINVAL,
	      "a range without length");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, start, MIRROR_MAX_LEN + PAGE),
	      EINVAL, "a range that is too long");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, -PAGE, 2 * PAGE), EOVERFLOW,
	      "a range that wraps around");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, 1UL << 63, PAGE), EOVERFLOW,
	      "a range of the kernel");
	fails(range(fd, MIRROR_IOC_DEL_RANGE, start, PAGE), ENOENT,
	      "delete a range that was never added");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, start, 4 * PAGE), 0, "add a range");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, start, 2 * PAGE), 0,
	      "add a range that overlaps");
	fails(ioctl(fd, MIRROR_IOC_LOOKUP, &last), ENOENT,
	      "look up the last address there is");
	close(other);
	close(fd);
	munmap(p, 4 * PAGE);
}

static void test_access(void)
{
	char *p = map(4 * PAGE, PROT_READ | PROT_WRITE);
	struct mirror_lookup look = { .addr = (unsigned long)p };
	__u64 start = (unsigned long)p;
	int fd = dev_open();

	attach(fd, MIRROR_TIER_RANGE);
	range(fd, MIRROR_IOC_ADD_RANGE, start, 4 * PAGE);
	fails(dev_access(fd, start, 4 * PAGE, 1, 0), 0, "access builds translations");
	ok(!ioctl(fd, MIRROR_IOC_LOOKUP, &look) && look.present && look.writable,
	   "access builds translations that are present and writable");
	fails(dev_access(fd, start + 4 * PAGE, PAGE, 0, 0), ENOENT,
	      "access outside of every range");
	fails(dev_access(fd, start, PAGE, 2, 0), EINVAL, "access of a wrong kind");
	fails(dev_access(fd, start, PAGE, 0, 7), EINVAL,
	      "access with an out member set");
	mprotect(p, PAGE, PROT_READ);
	ok(!ioctl(fd, MIRROR_IOC_LOOKUP, &look) && !look.writable,
	   "mprotect to read-only revokes the device's write access");
	ok(dev_access(fd, start, PAGE, 1, 0) < 0, "the device cannot write to read-only memory");
	munmap(p, PAGE);
	ok(!ioctl(fd, MIRROR_IOC_LOOKUP, &look) && !look.present,
	   "munmap removes the translation");
	fails(dev_access(fd, start, PAGE, 0, 0), EFAULT, "access to unmapped memory fails");
	close(fd);
}

/* A child attaches through the inherited file and dies; the log stays with the file. */
static void test_dying(void)
{
	struct mirror_record rec[64];
	struct mirror_stat stat;
	int fd = dev_open(), status, releases = 0;
	ssize_t n, i;
	pid_t pid;

	pid = fork();
	if (!pid)
		_exit(attach(fd, ALL) ? 1 : 0);
	waitpid(pid, &status, 0);
	ok(!status, "a child attaches through its parent's file");
	fails(range(fd, MIRROR_IOC_ADD_RANGE, PAGE, PAGE), ESRCH,
	      "insert on a dying mm");
	ok(!ioctl(fd, MIRROR_IOC_STAT, &stat) && stat.released == 1,
	   "release is called exactly once");
	while ((n = read(fd, rec, sizeof(rec))) > 0)
		for (i = 0; i < n / (ssize_t)sizeof(*rec); i++)
			releases += rec[i].phase == MIRROR_PHASE_RELEASE;
	ok(releases == 1, "release is logged exactly once");
	close(fd);
}

static int follow(int fd, pid_t pid)
{
	struct mirror_follow f = { .pid = pid };

	return ioctl(fd, MIRROR_IOC_FOLLOW, &f);
}

static void test_not_follow(int fd)
{
	struct mirror_follow odd = { .pid = getpid(), .rsvd = 1 };
	int status = 0;
	pid_t pid;

	fails(ioctl(fd, MIRROR_IOC_FOLLOW, &odd), EINVAL,
	      "follow with a reserved bit");
	fails(follow(fd, 0), ESRCH, "follow process 0");
	fails(follow(fd, 2), ESRCH, "follow a kernel thread");
	pid = fork();
	if (!pid)
		_exit(setuid(1) || !follow(fd, getppid()) || errno != EPERM);
	waitpid(pid, &status, 0);
	ok(!status, "follow another user's process");
}

/* A child that does not use the device itself is followed; it exits when the pipe closes. */
static void test_follow(void)
{
	char *p = map(PAGE, PROT_READ | PROT_WRITE);
	int fd = dev_open(), other = dev_open(), go[2];
	struct mirror_record rec;
	struct mirror_stat stat;
	pid_t pid;

	test_not_follow(fd);
	if (pipe(go))
		exit(1);
	pid = fork();
	if (!pid) {
		close(go[1]);
		_exit(read(go[0], p, 1) != 0 || munmap(p, PAGE));
	}
	fails(follow(fd, pid), 0, "follow another process");
	fails(follow(fd, pid), EBUSY, "follow twice");
	fails(follow(other, pid), EBUSY, "follow a process that another file follows");
	close(go[1]);
	waitpid(pid, NULL, 0);
	ok(!ioctl(fd, MIRROR_IOC_STAT, &stat) && stat.events && !stat.inexact,
	   "events of a followed process are counted, and exact");
	ok(stat.released == 1, "the release of a followed process is counted");
	ok(!stat.logged && !read(fd, &rec, sizeof(rec)),
	   "events of a followed process are not logged");
	close(go[0]);
	close(other);
	close(fd);
	munmap(p, PAGE);
}

static int unload(const char *name)
{
	return syscall(SYS_delete_module, name, O_NONBLOCK);
}

static void test_unload(void)
{
	int fd = dev_open();

	fails(unload("mmnotify"), EWOULDBLOCK, "unload mmnotify under a client");
	fails(unload("mirror"), EWOULDBLOCK, "unload a client under a process");
	close(fd);
}

int main(void)
{
	test_before_attach();
	test_ranges();
	test_access();
	test_dying();
	test_follow();
	test_unload();
	return plan();
}
