// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* ops_advice: madvise(), one operation per advice, so that each can be left out. */
#define _GNU_SOURCE
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "fuzz.h"

/* Newer than the header. */
enum {
	COLD = 20, PAGEOUT = 21, POPULATE_READ = 22, POPULATE_WRITE = 23,
	DONTNEED_LOCKED = 24, COLLAPSE = 25, GUARD_INSTALL = 102, GUARD_REMOVE = 103,
};

static long advise(const struct draw *d, int advice)
{
	size_t len;
	char *p = draw_range(d, &len);

	return madvise(p, len, advice) ? -errno : 0;
}

#define ADVICE(name, value)						\
static long op_##name(struct actor *a, const struct draw *d)		\
{									\
	(void)a;							\
	return advise(d, value);					\
}

ADVICE(dontneed, d->a % 8 ? MADV_DONTNEED : DONTNEED_LOCKED)
ADVICE(free, MADV_FREE)
ADVICE(remove, MADV_REMOVE)
ADVICE(pageout, PAGEOUT)
ADVICE(cold, COLD)
ADVICE(willneed, MADV_WILLNEED)
ADVICE(hugepage, d->a & 1 ? MADV_HUGEPAGE : MADV_NOHUGEPAGE)
ADVICE(populate, d->a & 1 ? POPULATE_READ : POPULATE_WRITE)
ADVICE(wipeonfork, d->a % 4 == 1 ? MADV_DONTFORK : d->a % 4 == 3 ? MADV_WIPEONFORK :
		   d->a % 4 == 2 ? MADV_KEEPONFORK : MADV_DOFORK)

/* Not with pages in device memory: ksmd of 7.3 reads them there and crashes. */
static long op_mergeable(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	if (device_takes())
		return -EOPNOTSUPP;
	return madvise(p, len, d->a % 3 ? MADV_MERGEABLE : MADV_UNMERGEABLE) ? -errno : 0;
}

/*
 * Not where userfaultfd has write-protected unpopulated pages: 7.x then retries for ever,
 * since the markers that it wants to remove are kept.
 */
static long op_guard(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	if (d->a & 1)
		uffd_leave(p, len);
	return madvise(p, len, d->a & 1 ? GUARD_INSTALL : GUARD_REMOVE) ? -errno : 0;
}

/* Only ranges of a whole huge page can be collapsed. */
static long op_collapse(struct actor *a, const struct draw *d)
{
	char *p = slot_base(BIG + d->a % (SLOTS - BIG));

	(void)a;
	madvise(p, HUGE, MADV_HUGEPAGE);
	if (d->b & 1)
		touch_range(p, HUGE, true, 1);
	return madvise(p, HUGE, COLLAPSE) ? -errno : 0;
}

/* Another process gives advice for the main process. */
static long op_process_madvise(struct actor *a, const struct draw *d)
{
	static __thread int fd;
	static const int advices[] = { COLD, PAGEOUT, PAGEOUT, MADV_WILLNEED, COLLAPSE };
	struct iovec iov;
	long ret;

	(void)a;
	if (!fd)
		fd = syscall(SYS_pidfd_open, main_pid, 0);
	iov.iov_base = draw_range(d, &iov.iov_len);
	ret = syscall(SYS_process_madvise, fd, &iov, 1UL, advices[d->a % 5], 0);
	return ret < 0 ? -errno : 0;
}

const struct op advice_ops[] = {
	{ "dontneed", 40, BY_MAIN, op_dontneed },
	{ "free", 20, BY_MAIN, op_free },
	{ "remove", 8, BY_MAIN, op_remove },
	{ "pageout", 15, BY_MAIN, op_pageout },
	{ "cold", 10, BY_MAIN, op_cold },
	{ "willneed", 5, BY_MAIN, op_willneed },
	{ "hugepage", 12, BY_MAIN, op_hugepage },
	{ "mergeable", 25, BY_MAIN, op_mergeable },
	{ "guard", 12, BY_MAIN, op_guard },
	{ "populate", 25, BY_MAIN, op_populate },
	{ "wipeonfork", 2, BY_MAIN, op_wipeonfork },
	{ "collapse", 2, BY_MAIN, op_collapse },
	{ "process_madvise", 40, BY_OTHERS, op_process_madvise },
	{ }
};
