// SPDX-License-Identifier: GPL-2.0-only
/* uffd: what a userfaultfd can do to the memory of its process. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "runner.h"

/* Younger than the header. */
#define FEATURE_MOVE	(1ULL << 16)
#define FEATURE_RWP	(1ULL << 17)
#define MODE_RWP	(1ULL << 3)
struct rwprotect {
	struct uffdio_range range;
	__u64 mode;
};
#define UFFDIO_RWPROTECT_	_IOWR(UFFDIO, 9, struct rwprotect)
struct move {
	__u64 dst, src, len, mode, moved;
};
#define UFFDIO_MOVE_		_IOWR(UFFDIO, 5, struct move)

static int uffd(struct env *e, __u64 features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	need(e, fd >= 0, "no userfaultfd");
	need(e, !ioctl(fd, UFFDIO_API, &api), "userfaultfd lacks the feature");
	return fd;
}

static int registered(struct env *e, char *p, size_t len, __u64 features, __u64 mode)
{
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, len }, .mode = mode,
	};
	int fd = uffd(e, features);

	must(e, !ioctl(fd, UFFDIO_REGISTER, &reg));
	return fd;
}

static void protect(struct env *e, int fd, char *p, size_t len, __u64 mode)
{
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)p, len }, .mode = mode,
	};

	must(e, !ioctl(fd, UFFDIO_WRITEPROTECT, &wp));
}

static void run_register(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	registered(e, p, 8 * PG, 0, UFFDIO_REGISTER_MODE_MISSING);
}

static void run_wp(struct env *e)
{
	char *p = watched_anon(e, 8);
	int fd = registered(e, p, 8 * PG, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
			    UFFDIO_REGISTER_MODE_WP);

	begin(e);
	protect(e, fd, p, 4 * PG, UFFDIO_WRITEPROTECT_MODE_WP);
}

static void run_wp_end(struct env *e)
{
	char *p = anon(e, 8);
	int fd = registered(e, p, 8 * PG, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
			    UFFDIO_REGISTER_MODE_WP);

	protect(e, fd, p, 8 * PG, UFFDIO_WRITEPROTECT_MODE_WP);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	begin(e);
	protect(e, fd, p, 8 * PG, 0);
}

/* Another process has the descriptor: no hint of ours can be meant. */
static void run_wp_remote(struct env *e)
{
	char *p = anon(e, 8);
	int fd = registered(e, p, 8 * PG, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
			    UFFDIO_REGISTER_MODE_WP), fds[2];
	pid_t pid;
	char c;

	must(e, !pipe(fds));
	pid = child(e);
	if (!pid) {
		if (read(fds[0], &c, 1) == 1)
			protect(e, fd, p, 4 * PG, UFFDIO_WRITEPROTECT_MODE_WP);
		_exit(0);
	}
	/* The fork made the pages shared; they become ours again. */
	fill(p, 8 * PG, 3);
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, true);
	begin(e);
	must(e, write(fds[1], "x", 1) == 1);
	reap(e, pid);
}

static void run_unregister(struct env *e)
{
	char *p = watched_anon(e, 8);
	struct uffdio_range range = { (uintptr_t)p, 8 * PG };
	int fd = registered(e, p, 8 * PG, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
			    UFFDIO_REGISTER_MODE_WP);

	begin(e);
	must(e, !ioctl(fd, UFFDIO_UNREGISTER, &range));
}

static void run_close(struct env *e)
{
	char *p = watched_anon(e, 8);
	int fd = registered(e, p, 8 * PG, UFFD_FEATURE_PAGEFAULT_FLAG_WP,
			    UFFDIO_REGISTER_MODE_WP);

	begin(e);
	must(e, !close(fd));
}

static void run_rwp(struct env *e)
{
	char *p = watched_anon(e, 8);
	struct rwprotect rwp = { .range = { (uintptr_t)p, 4 * PG }, .mode = 1 };
	int fd = registered(e, p, 8 * PG, FEATURE_RWP, MODE_RWP);

	begin(e);
	must(e, !ioctl(fd, UFFDIO_RWPROTECT_, &rwp));
}

static void run_move(struct env *e)
{
	char *to = map_at(e, 4 * PG, PG, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *p = watched_anon(e, 4);
	struct move move = {
		.dst = (uintptr_t)to, .src = (uintptr_t)p, .len = 4 * PG,
	};
	int fd = registered(e, to, 4 * PG, FEATURE_MOVE, UFFDIO_REGISTER_MODE_MISSING);

	begin(e);
	must(e, !ioctl(fd, UFFDIO_MOVE_, &move));
}

/* In a system call of its own a NUMA hint could come, too: a group. */
#define LOCAL_WP \
	MUST(PROTECTION_PAGE, PROTECTION, CLEAR, TO_5_10(PV)), \
	MUST(PROTECTION_PAGE, PROTECTION, WRITE, FROM_6_1(PV))

const struct scenario uffd_scenarios[] = {
	{ .name = "uffd_register", .run = run_register, .expect = { },
	  .flags = S_QUICK },
	{ .name = "uffd_wp", .run = run_wp, .expect = { LOCAL_WP },
	  .flags = S_QUICK },
	{ .name = "uffd_wp_end", .run = run_wp_end, .expect = { LOCAL_WP },
	  .flags = S_QUICK },
	{ .name = "uffd_wp_remote", .run = run_wp_remote, .expect = {
		MUST(PROTECTION_PAGE, UFFD_WP, WRITE, ALL(PV)) },
	  .flags = S_QUICK, .demo = "ioctl(UFFDIO_WRITEPROTECT), remote" },
	{ .name = "uffd_unregister", .run = run_unregister, .expect = {
		MUST(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS, FROM_6_1(PV)) },
	  .flags = S_QUICK },
	{ .name = "uffd_close", .run = run_close, .expect = {
		MUST(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS, FROM_6_1(PV)) },
	  .flags = S_QUICK },
	{ .name = "uffd_rwp", .run = run_rwp, .expect = {
		MUST(PROTECTION_PAGE, PROTECTION, ACCESS, FROM_7(PV)) },
	  .flags = S_QUICK },
	{ .name = "uffd_move", .run = run_move, .expect = {
		MUST(CLEAR, UFFD_MOVE, CLEAR, FROM_6_12(C)) },
	  .flags = S_QUICK, .demo = "ioctl(UFFDIO_MOVE)" },
	{ .name = NULL }
};
