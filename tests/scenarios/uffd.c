// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* uffd: operations of a userfaultfd on memory, and the ways in which it ends. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "actors.h"

/* Newer than the header. */
#define FEATURE_MOVE	(1ULL << 16)
#define FEATURE_RWP	(1ULL << 17)
#define FEATURE_ASYNC	(1ULL << 15)
#define FEATURE_WP	UFFD_FEATURE_PAGEFAULT_FLAG_WP
#define FEATURE_WP_FILE	(FEATURE_WP | UFFD_FEATURE_WP_HUGETLBFS_SHMEM)
#define MODE_MISSING	UFFDIO_REGISTER_MODE_MISSING
#define MODE_WP		UFFDIO_REGISTER_MODE_WP
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
#ifndef SYS_close_range
#define SYS_close_range	436
#endif

static const char *lacking(__u64 features)
{
	if (features & FEATURE_RWP)
		return lack_of(F_UFFD_RWP);
	if (features & FEATURE_MOVE)
		return lack_of(F_UFFD_MOVE);
	if (features & FEATURE_ASYNC)
		return lack_of(F_UFFD_WP_ASYNC);
	if (features & UFFD_FEATURE_WP_HUGETLBFS_SHMEM)
		return lack_of(F_UFFD_WP_FILE);
	return "write protection by userfaultfd";
}

static int uffd(struct env *e, __u64 features)
{
	struct uffdio_api api = { .api = UFFD_API, .features = features };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	need(e, fd >= 0, "no userfaultfd");
	/* A kernel may accept a feature that it is built without: then it does not list it. */
	if (ioctl(fd, UFFDIO_API, &api) || (api.features & features) != features)
		skip(e, "this kernel does not have %s", lacking(features & ~api.features));
	return fd;
}

static void enlist(struct env *e, int fd, char *p, size_t len, __u64 mode)
{
	struct uffdio_register reg = {
		.range = { (uintptr_t)p, len }, .mode = mode,
	};

	must(e, !ioctl(fd, UFFDIO_REGISTER, &reg));
}

static int registered(struct env *e, char *p, size_t len, __u64 features, __u64 mode)
{
	int fd = uffd(e, features);

	enlist(e, fd, p, len, mode);
	return fd;
}

static bool protect(int fd, char *p, size_t len, bool on)
{
	struct uffdio_writeprotect wp = {
		.range = { (uintptr_t)p, len },
		.mode = on ? UFFDIO_WRITEPROTECT_MODE_WP : 0,
	};

	return !ioctl(fd, UFFDIO_WRITEPROTECT, &wp);
}

static bool protect_rw(int fd, char *p, size_t len, bool on)
{
	struct rwprotect rwp = { .range = { (uintptr_t)p, len }, .mode = on };

	return !ioctl(fd, UFFDIO_RWPROTECT_, &rwp);
}

static char *watched_huge(struct env *e, char *p)
{
	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	return p;
}

static char *watched_hugetlb(struct env *e, int flags)
{
	char *p;

	hugetlb(e, 2);
	p = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		 flags | MAP_ANONYMOUS | MAP_HUGETLB, -1, 0);
	need(e, p != MAP_FAILED, "no hugetlb page");
	*p = 1;
	return watched_huge(e, p);
}

/* ---- operations that invalidate nothing ---- */

static void run_register(struct env *e)
{
	char *p = watched_anon(e, 8);

	begin(e);
	registered(e, p, 8 * PG, 0, MODE_MISSING);
}

/* Fills missing pages. */
static void run_fill(struct env *e)
{
	char *p = map_at(e, 8 * PG, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1), *from = anon(e, 4);
	struct uffdio_copy copy = {
		.dst = (uintptr_t)p, .src = (uintptr_t)from, .len = 4 * PG,
	};
	struct uffdio_zeropage zero = { .range = { (uintptr_t)p + 4 * PG, 4 * PG } };
	int fd = registered(e, p, 8 * PG, 0, MODE_MISSING);

	watch(e, p, 8 * PG);
	begin(e);
	must(e, !ioctl(fd, UFFDIO_COPY, &copy));
	must(e, !ioctl(fd, UFFDIO_ZEROPAGE, &zero));
}

/* ---- protection, in general ---- */

/* The two ioctls that protect pages. */
struct kind {
	__u64 features, mode;
	bool (*protect)(int fd, char *p, size_t len, bool on);
};

static const struct kind wp = { FEATURE_WP, MODE_WP, protect };
static const struct kind wp_file = { FEATURE_WP_FILE, MODE_WP, protect };
static const struct kind rwp = { FEATURE_RWP, MODE_RWP, protect_rw };

static void of_anon(struct env *e, const struct kind *k)
{
	char *p = watched_anon(e, 8);
	int fd = registered(e, p, 8 * PG, k->features, k->mode);

	begin(e);
	must(e, k->protect(fd, p, 4 * PG, true));
}

static void of_thp(struct env *e, const struct kind *k)
{
	char *p = watched_huge(e, thp(e));
	int fd = registered(e, p, HUGE, k->features, k->mode);

	begin(e);
	must(e, k->protect(fd, p, HUGE, true));
}

static void of_shmem(struct env *e, const struct kind *k)
{
	int fd = uffd(e, k->features);
	char *p = watched_shared(e, memfd(e, 8 * PG, 0), 8 * PG);

	enlist(e, fd, p, 8 * PG, k->mode);
	begin(e);
	must(e, k->protect(fd, p, 4 * PG, true));
}

static void of_hugetlb(struct env *e, const struct kind *k, int flags)
{
	int fd = uffd(e, k->features);
	char *p = watched_hugetlb(e, flags);

	enlist(e, fd, p, HUGE, k->mode);
	begin(e);
	must(e, k->protect(fd, p, HUGE, true));
}

/* ---- write protection ---- */

static void run_wp(struct env *e)
{
	of_anon(e, &wp);
}

static void run_wp_end(struct env *e)
{
	char *p = anon(e, 8);
	int fd = registered(e, p, 8 * PG, FEATURE_WP, MODE_WP);

	must(e, protect(fd, p, 8 * PG, true));
	watch(e, p, 8 * PG);
	device(e, p, 8 * PG, false);
	begin(e);
	must(e, protect(fd, p, 8 * PG, false));
}

/* The next write removes the protection, which causes no event. */
static void run_wp_async(struct env *e)
{
	char *p = watched_anon(e, 8);
	int fd = registered(e, p, 8 * PG, FEATURE_WP | FEATURE_ASYNC, MODE_WP);

	begin(e);
	must(e, protect(fd, p, 4 * PG, true));
	fill(p, 4 * PG, 2);
}

static void run_wp_thp(struct env *e)
{
	of_thp(e, &wp);
}

static void run_wp_thp_part(struct env *e)
{
	char *p = watched_huge(e, thp(e));
	int fd = registered(e, p, HUGE, FEATURE_WP, MODE_WP);

	begin(e);
	must(e, protect(fd, p + 7 * PG, PG, true));
}

static void run_wp_shmem(struct env *e)
{
	of_shmem(e, &wp_file);
}

static void run_wp_hugetlb(struct env *e)
{
	of_hugetlb(e, &wp_file, MAP_SHARED);
}

static void run_wp_hugetlb_private(struct env *e)
{
	of_hugetlb(e, &wp_file, MAP_PRIVATE);
}

/* Another process uses the descriptor. */
static bool act_protect(const struct order *o)
{
	return protect(o->what, o->p, o->len, true);
}

static bool act_protect_rw(const struct order *o)
{
	return protect_rw(o->what, o->p, o->len, true);
}

static void by_another(struct env *e, __u64 features, __u64 mode,
		       bool (*act)(const struct order *))
{
	int fd = uffd(e, features);
	struct actor o;
	char *p;

	actor_ready(e, &o, act);
	p = watched_anon(e, 8);
	enlist(e, fd, p, 8 * PG, mode);
	begin(e);
	actor_acts(e, &o, p, 4 * PG, fd);
}

static void run_wp_remote(struct env *e)
{
	by_another(e, FEATURE_WP, MODE_WP, act_protect);
}

/* ---- protection against reads and writes ---- */

static void run_rwp(struct env *e)
{
	of_anon(e, &rwp);
}

static void run_rwp_end(struct env *e)
{
	char *p = watched_anon(e, 8);
	int fd = registered(e, p, 8 * PG, FEATURE_RWP, MODE_RWP);

	must(e, protect_rw(fd, p, 4 * PG, true));
	begin(e);
	must(e, protect_rw(fd, p, 4 * PG, false));
}

static void run_rwp_thp(struct env *e)
{
	of_thp(e, &rwp);
}

static void run_rwp_shmem(struct env *e)
{
	of_shmem(e, &rwp);
}

static void run_rwp_hugetlb(struct env *e)
{
	of_hugetlb(e, &rwp, MAP_SHARED);
}

static void run_rwp_remote(struct env *e)
{
	by_another(e, FEATURE_RWP, MODE_RWP, act_protect_rw);
}

/* ---- the end of a registration ---- */

static void unregister(struct env *e, __u64 features, __u64 mode)
{
	char *p = watched_anon(e, 8);
	struct uffdio_range range = { (uintptr_t)p, 8 * PG };
	int fd = registered(e, p, 8 * PG, features, mode);

	begin(e);
	must(e, !ioctl(fd, UFFDIO_UNREGISTER, &range));
}

static void run_unregister(struct env *e)
{
	unregister(e, FEATURE_WP, MODE_WP);
}

static void run_rwp_unregister(struct env *e)
{
	unregister(e, FEATURE_RWP, MODE_RWP);
}

static void run_unregister_hugetlb(struct env *e)
{
	int fd = uffd(e, FEATURE_WP_FILE);
	char *p = watched_hugetlb(e, MAP_SHARED);
	struct uffdio_range range = { (uintptr_t)p, HUGE };

	enlist(e, fd, p, HUGE, MODE_WP);
	begin(e);
	must(e, !ioctl(fd, UFFDIO_UNREGISTER, &range));
}

static int open_wp(struct env *e)
{
	char *p = watched_anon(e, 8);

	return registered(e, p, 8 * PG, FEATURE_WP, MODE_WP);
}

static void run_close(struct env *e)
{
	int fd = open_wp(e);

	begin(e);
	must(e, !close(fd));
}

static void run_dup(struct env *e)
{
	int fd = open_wp(e);

	begin(e);
	must(e, dup2(e->fd, fd) == fd);
}

static void run_close_range(struct env *e)
{
	int fd = open_wp(e);

	begin(e);
	need(e, !syscall(SYS_close_range, fd, fd, 0), "no close_range");
}

/* Another process has the last descriptor, and closes it. */
static bool act_close(const struct order *o)
{
	return !close(o->what);
}

static bool act_exit(const struct order *o)
{
	(void)o;
	_exit(0);
}

static bool act_exec(const struct order *o)
{
	static char *const argv[] = { "scenarios", "--nothing", NULL };

	(void)o;
	execv("/proc/self/exe", argv);
	return false;
}

static void last_of_another(struct env *e, bool (*act)(const struct order *))
{
	int fd = uffd(e, FEATURE_WP);
	struct actor o;
	char *p;

	actor_ready(e, &o, act);
	p = watched_anon(e, 8);
	enlist(e, fd, p, 8 * PG, MODE_WP);
	must(e, !close(fd));
	begin(e);
	actor_acts(e, &o, p, 8 * PG, fd);
}

static void run_close_other(struct env *e)
{
	last_of_another(e, act_close);
}

static void run_exit_other(struct env *e)
{
	last_of_another(e, act_exit);
}

static void run_exec_other(struct env *e)
{
	last_of_another(e, act_exec);
}

/* The process exits with its userfaultfd open: the events have the cause exit. */
static void run_exit(struct env *e)
{
	open_wp(e);
	begin(e);
	_exit(0);
}

static void run_exec(struct env *e)
{
	open_wp(e);
	begin(e);
	act_exec(NULL);
	fail(e, "execv: %m");
}

/* ---- UFFDIO_MOVE ---- */

static void move(struct env *e, char *p, size_t len, size_t align)
{
	char *to = map_at(e, len, align, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1);
	struct move m = { .dst = (uintptr_t)to, .src = (uintptr_t)p, .len = len };
	int fd = registered(e, to, len, FEATURE_MOVE, MODE_MISSING);

	begin(e);
	must(e, !ioctl(fd, UFFDIO_MOVE_, &m));
}

static void run_move(struct env *e)
{
	move(e, watched_anon(e, 4), 4 * PG, PG);
}

static void run_move_thp(struct env *e)
{
	move(e, watched_huge(e, thp(e)), HUGE, HUGE);
}

static void run_move_thp_part(struct env *e)
{
	move(e, watched_huge(e, thp(e)) + 7 * PG, PG, PG);
}

#define WP(on)		MUST(PROTECTION_PAGE, UFFD_WP, WRITE, on)
#define RWP		MUST(PROTECTION_PAGE, UFFD_RWP, ACCESS, HAS(UFFD_RWP, PV))
#define THE_END(f)	MUST(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS, HAS(f, PV))
#define MOVED		MUST(CLEAR, UFFD_MOVE, CLEAR, HAS(UFFD_MOVE, C))

const struct scenario uffd_scenarios[] = {
	{ .name = "uffd_register", .run = run_register, .expect = { },
	  .flags = S_QUICK },
	{ .name = "uffd_fill", .run = run_fill, .expect = { }, .flags = S_QUICK },
	{ .name = "uffd_wp", .run = run_wp, .expect = { WP(ALL(PV)) },
	  .flags = S_QUICK, .demo = "ioctl(UFFDIO_WRITEPROTECT)" },
	{ .name = "uffd_wp_end", .run = run_wp_end, .expect = { WP(ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "uffd_wp_async", .run = run_wp_async, .expect = {
		WP(HAS(UFFD_WP_ASYNC, PV)) }, .flags = S_QUICK },
	{ .name = "uffd_wp_thp", .run = run_wp_thp, .expect = { WP(ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "uffd_wp_thp_part", .run = run_wp_thp_part, .expect = {
		WP(ALL(PV)), MUST(CLEAR, THP_SPLIT, CLEAR, ALL(C)) },
	  .flags = S_QUICK },
	{ .name = "uffd_wp_shmem", .run = run_wp_shmem, .expect = {
		WP(HAS(UFFD_WP_FILE, PV)) }, .flags = S_QUICK },
	{ .name = "uffd_wp_hugetlb", .run = run_wp_hugetlb, .expect = {
		WP(HAS(UFFD_WP_FILE, PV)) } },
	{ .name = "uffd_wp_hugetlb_private", .run = run_wp_hugetlb_private,
	  .expect = { WP(HAS(UFFD_WP_FILE, PV)) } },
	{ .name = "uffd_wp_remote", .run = run_wp_remote, .expect = { WP(ALL(PV)) },
	  .flags = S_QUICK },
	{ .name = "uffd_rwp", .run = run_rwp, .expect = { RWP }, .flags = S_QUICK },
	{ .name = "uffd_rwp_end", .run = run_rwp_end, .expect = { RWP },
	  .flags = S_QUICK },
	{ .name = "uffd_rwp_thp", .run = run_rwp_thp, .expect = { RWP },
	  .flags = S_QUICK },
	{ .name = "uffd_rwp_shmem", .run = run_rwp_shmem, .expect = { RWP },
	  .flags = S_QUICK },
	{ .name = "uffd_rwp_hugetlb", .run = run_rwp_hugetlb, .expect = { RWP } },
	{ .name = "uffd_rwp_remote", .run = run_rwp_remote, .expect = { RWP },
	  .flags = S_QUICK },
	{ .name = "uffd_unregister", .run = run_unregister, .expect = { THE_END(UFFD_END) },
	  .flags = S_QUICK },
	{ .name = "uffd_unregister_rwp", .run = run_rwp_unregister, .expect = {
		MUST(PROTECTION_PAGE, UFFD_WP_UNREGISTER, ACCESS, HAS(UFFD_RWP, PV)) },
	  .flags = S_QUICK },
	{ .name = "uffd_unregister_hugetlb", .run = run_unregister_hugetlb,
	  .expect = { THE_END(UFFD_END) } },
	{ .name = "uffd_close", .run = run_close, .expect = { THE_END(UFFD_CLOSE) },
	  .flags = S_QUICK },
	{ .name = "uffd_dup", .run = run_dup, .expect = { THE_END(UFFD_CLOSE) },
	  .flags = S_QUICK },
	{ .name = "uffd_close_range", .run = run_close_range, .expect = { THE_END(UFFD_CLOSE) },
	  .flags = S_QUICK },
	{ .name = "uffd_close_other", .run = run_close_other, .expect = { THE_END(UFFD_CLOSE) },
	  .flags = S_QUICK },
	{ .name = "uffd_exit_other", .run = run_exit_other, .expect = { THE_END(UFFD_CLOSE) },
	  .flags = S_QUICK },
	{ .name = "uffd_exec_other", .run = run_exec_other, .expect = { THE_END(UFFD_CLOSE) },
	  .flags = S_QUICK },
	{ .name = "uffd_exit", .run = run_exit, .expect = {
		MUST(RELEASE, EXIT, GONE, AFTER(RE)),
		MUST(UNMAP, EXIT, GONE, AFTER(U)) }, .flags = S_DIES | S_QUICK },
	{ .name = "uffd_exec", .run = run_exec, .expect = {
		MUST(RELEASE, EXEC, GONE, AFTER(RE)),
		MUST(UNMAP, EXEC, GONE, AFTER(U)) }, .flags = S_DIES | S_QUICK },
	{ .name = "uffd_move", .run = run_move, .expect = { MOVED },
	  .flags = S_QUICK, .demo = "ioctl(UFFDIO_MOVE)" },
	{ .name = "uffd_move_thp", .run = run_move_thp, .expect = { MOVED },
	  .flags = S_QUICK },
	{ .name = "uffd_move_thp_part", .run = run_move_thp_part, .expect = {
		MOVED, MUST(CLEAR, THP_SPLIT, CLEAR, HAS(UFFD_MOVE, C)) },
	  .flags = S_QUICK },
	{ .name = NULL }
};
