// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * pressure: memory is short, and pages of an idle, mirrored process are reclaimed: by
 * kswapd, by tasks that allocate, by the limit of its cgroup.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "runner.h"

/*
 * Memory that stays free, in kB, and the min watermarks at which tasks reclaim. kswapd
 * starts a quarter earlier: early enough to be first, or so late that a task is. Below
 * the watermark is the reserve of the reclaiming tasks: with 4 MiB, zram could use up so
 * much that 7.3 had no table for a swap cluster and logged a warning.
 */
#define LEAVE_KB	(28L << 10)
#define KSWAPD_FIRST	"16384"
#define TASK_FIRST	"8192"
#define MIN_FREE	"/proc/sys/vm/min_free_kbytes"
#define ZONE_RECLAIM	"/proc/sys/vm/zone_reclaim_mode"
#define HOG_PAGES	MB(60)
#define ROUNDS		4

/* Return: free memory in kB of node 0, which has the CPU. */
static long free_kb(struct env *e)
{
	char line[128];
	long kb = -1;
	FILE *f = fopen("/sys/devices/system/node/node0/meminfo", "re");

	while (f && kb < 0 && fgets(line, sizeof(line), f))
		sscanf(line, "Node 0 MemFree: %ld", &kb);
	must(e, f && kb >= 0);
	fclose(f);
	return kb;
}

unsigned long long vmstat(struct env *e, const char *begins)
{
	FILE *f = fopen("/proc/vmstat", "re");
	unsigned long long n, sum = 0;
	char name[64];

	must(e, f);
	while (fscanf(f, "%63s %llu", name, &n) == 2)
		if (!strncmp(name, begins, strlen(begins)))
			sum += n;
	fclose(f);
	return sum;
}

/* Waits until reclaim by other tasks has stopped. */
void settle(struct env *e)
{
	unsigned int quiet, tries;
	unsigned long long looks;
	__u32 nr;

	for (quiet = 0, tries = 0; quiet < 20 && tries < 500; tries++) {
		drain(e);
		nr = e->sh->nr;
		looks = vmstat(e, "pgscan_");
		sleep_ms(10);
		drain(e);
		quiet = nr == e->sh->nr && looks == vmstat(e, "pgscan_") ? quiet + 1 : 0;
	}
}

/*
 * Locks most of the free memory, in huge pages if possible, since that is quicker. So
 * little stays free that reclaim starts soon, and it finds few pages but the watched ones.
 */
void scarce(struct env *e, const char *min_kb)
{
	size_t len;
	char *p;

	knob(e, "/proc/sys/vm/watermark_boost_factor", "0");
	knob(e, "/proc/sys/vm/swappiness", "150");
	knob(e, "/sys/kernel/mm/transparent_hugepage/defrag", "never");
	must(e, free_kb(e) > LEAVE_KB);
	len = ((free_kb(e) - LEAVE_KB) << 10) & ~(HUGE - 1);
	p = map_at(e, len, HUGE, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, len, MADV_HUGEPAGE);
	must(e, !madvise(p, len, MADV_DONTFORK) && !mlock(p, len));
	knob(e, MIN_FREE, min_kb);
	settle(e);
}

/*
 * Locks the watched pages while memory is made scarce, so that they are not reclaimed too
 * early. Not for kswapd, which gives up for good if it can reclaim nothing.
 */
static void scarce_but(struct env *e, const char *min_kb, char *p, size_t len)
{
	must(e, !mlock(p, len));
	scarce(e, min_kb);
	must(e, !munlock(p, len));
}

static bool resident(struct env *e, const char *p, size_t len)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 page = 1ULL << 63;
	size_t at;

	must(e, fd >= 0);
	for (at = 0; at < len && page >> 63; at += PG)
		must(e, pread(fd, &page, 8, (uintptr_t)(p + at) / PG * 8) == 8);
	close(fd);
	return page >> 63;
}

/*
 * Makes the watched pages resident and cold: anonymous memory by MADV_COLD, pages of a
 * file that other processes map by clearing their referenced bits. This causes no event.
 */
static void offer(struct env *e, char *p, size_t len, bool file)
{
	unsigned int tries;
	size_t at;

	for (tries = 0; tries < 10; tries++) {
		if (!resident(e, p, len))
			for (at = 0; at < len; at += PG)
				(void)*(volatile char *)(p + at);
		if (file)
			must(e, !put("/proc/self/clear_refs", "1"));
		else
			must(e, !madvise(p, len, MADV_COLD));
		if (resident(e, p, len))
			return;
	}
	fail(e, "the pages do not stay");
}

/* Allocates pages until an event has the cause; pauses after each quarter of a MiB. */
void hog(struct env *e, size_t pages, unsigned int cause, unsigned int pause_ms)
{
	time_t until = time_limit(15);
	size_t at;
	char *p;

	p = map_at(e, pages * PG, PG, PROT_READ | PROT_WRITE,
		   MAP_PRIVATE | MAP_ANONYMOUS, -1);
	madvise(p, pages * PG, MADV_NOHUGEPAGE);
	for (at = 0; at < pages; at += 64) {
		fill(p + at * PG, 64 * PG, 9);
		if (seen(e, cause) || time(NULL) >= until)
			break;
		if (pause_ms)
			sleep_ms(pause_ms);
	}
	must(e, !munmap(p, pages * PG));
}

/* Return: pid of the kswapd thread of node 0. */
static pid_t kswapd(struct env *e)
{
	char path[64], name[32];
	pid_t pid;

	for (pid = 2; pid < 1000; pid++) {
		snprintf(path, sizeof(path), "/proc/%d/comm", pid);
		if (!get(path, name, sizeof(name)) && !strcmp(name, "kswapd0"))
			return pid;
	}
	fail(e, "no kswapd0");
}

/* With SCHED_IDLE kswapd runs only if no other task wants the only CPU. */
void kswapd_policy(struct env *e, int policy)
{
	struct sched_param p = { };

	must(e, !sched_setscheduler(kswapd(e), policy, &p));
}

static void hog_slowly(struct env *e, void *arg)
{
	(void)arg;
	hog(e, HOG_PAGES, MMNOTIFY_CAUSE_RECLAIM_KSWAPD, 5);
}

static void hog_quickly(struct env *e, void *arg)
{
	(void)arg;
	kswapd_policy(e, SCHED_IDLE);
	hog(e, HOG_PAGES, MMNOTIFY_CAUSE_RECLAIM_DIRECT, 0);
	kswapd_policy(e, SCHED_OTHER);
}

/* Anonymous pages, which offer() makes cold later. */
static char *watched_pages(struct env *e, bool huge, size_t len)
{
	char *p;

	if (!huge)
		return watched_anon(e, len / PG);
	p = thps(e, len / HUGE);
	watch(e, p, len);
	device(e, p, len, true);
	return p;
}

/* Lowers the watermark, so that reclaim stops. */
void plenty(struct env *e)
{
	put(MIN_FREE, "1024");
	settle(e);
}

/* The job of one of the other processes, and the cause that it has to give. */
struct shortage {
	other_job *job;
	const char *min_kb;
	unsigned int cause;
	bool file;
};

static const struct shortage by_kswapd = {
	hog_slowly, KSWAPD_FIRST, MMNOTIFY_CAUSE_RECLAIM_KSWAPD, false,
};

static const struct shortage by_task = {
	hog_quickly, TASK_FIRST, MMNOTIFY_CAUSE_RECLAIM_DIRECT, false,
};

static void shortage(struct env *e, const struct shortage *s, char *p, size_t len)
{
	if (s->cause == MMNOTIFY_CAUSE_RECLAIM_KSWAPD)
		scarce(e, s->min_kb);
	else
		scarce_but(e, s->min_kb, p, len);
}

static void others(struct env *e, struct other *o, other_job *job, void *arg)
{
	unsigned int i;

	for (i = 0; i < ROUNDS; i++)
		o[i] = other_process(e, job, arg);
}

/*
 * Makes memory short, and repeats it if another reclaimer was faster or other pages were
 * reclaimed. All rounds together are the operation under test.
 */
static void run_short(struct env *e, struct other *o, const struct shortage *s,
		      char *p, size_t len)
{
	unsigned int i;

	offer(e, p, len, s->file);
	begin(e);
	for (i = 0; i < ROUNDS && !seen(e, s->cause); i++) {
		if (i)
			offer(e, p, len, s->file);
		other_does(e, &o[i]);
	}
	plenty(e);
}

static void short_of_memory(struct env *e, bool huge, const struct shortage *s)
{
	size_t len = huge ? 4 * HUGE : MB(2) * PG;
	struct other o[ROUNDS];
	char *p;

	swap_on(e);
	others(e, o, s->job, NULL);
	p = watched_pages(e, huge, len);
	shortage(e, s, p, len);
	run_short(e, o, s, p, len);
}

static void run_kswapd(struct env *e)
{
	short_of_memory(e, false, &by_kswapd);
}

static void run_kswapd_thp(struct env *e)
{
	short_of_memory(e, true, &by_kswapd);
}

static void run_direct(struct env *e)
{
	short_of_memory(e, false, &by_task);
}

static void run_direct_thp(struct env *e)
{
	short_of_memory(e, true, &by_task);
}

/* The watched process reclaims its own pages when it allocates. */
static void run_direct_self(struct env *e)
{
	unsigned int tries;
	char *p;

	swap_on(e);
	p = watched_anon(e, MB(2));
	scarce_but(e, TASK_FIRST, p, MB(2) * PG);
	offer(e, p, MB(2) * PG, false);
	begin(e);
	for (tries = 0; tries < ROUNDS && !seen(e, MMNOTIFY_CAUSE_RECLAIM_DIRECT);
	     tries++) {
		if (tries)
			offer(e, p, MB(2) * PG, false);
		hog_quickly(e, NULL);
	}
	plenty(e);
}

static void hog_reclaims_zone(struct env *e, void *arg)
{
	put(ZONE_RECLAIM, "7");
	hog_quickly(e, arg);
	put(ZONE_RECLAIM, "0");
}

static const struct shortage of_zone = {
	hog_reclaims_zone, TASK_FIRST, MMNOTIFY_CAUSE_RECLAIM_DIRECT, false,
};

/* With zone_reclaim_mode a task reclaims before it wakes kswapd. */
static void run_zone_reclaim(struct env *e)
{
	knob(e, "/proc/sys/vm/min_unmapped_ratio", "0");
	knob(e, "/proc/sys/vm/min_slab_ratio", "0");
	short_of_memory(e, false, &of_zone);
}

/*
 * Hibernation reclaims to make room for its image; pm_test stops it after that. All tasks
 * but the writer of /sys/power/state are frozen, and that one allocates. It may free
 * enough before it reaches the watched pages, but not every time.
 */
static void run_hibernation(struct env *e)
{
	unsigned int tries;
	char *p;

	swap_on(e);
	need(e, !access("/sys/power/pm_test", W_OK), "no test of hibernation");
	knob(e, "/sys/power/pm_test", "freezer");
	knob(e, "/sys/power/image_size", "0");
	try_knob(e, "/sys/module/hibernate/parameters/pm_test_delay", "0");
	p = watched_anon(e, MB(2));
	offer(e, p, MB(2) * PG, false);
	begin(e);
	for (tries = 0; tries < ROUNDS && !seen(e, MMNOTIFY_CAUSE_RECLAIM_DIRECT);
	     tries++) {
		if (tries)
			offer(e, p, MB(2) * PG, false);
		need(e, !put("/sys/power/state", "disk"), "no hibernation");
	}
}

/* ---- pages that two processes share, only one of them with a device ---- */

static char *map_shared(struct env *e, int fd)
{
	char *p = map_at(e, MB(2) * PG, PG, PROT_READ, MAP_SHARED, fd);
	size_t i;

	for (i = 0; i < MB(2); i++)
		(void)*(volatile char *)(p + i * PG);
	return p;
}

static void share_and(struct env *e, void *fd, other_job *job)
{
	char *p = map_shared(e, *(int *)fd);

	offer(e, p, MB(2) * PG, true);
	job(e, NULL);
}

static void share_and_hog(struct env *e, void *fd)
{
	share_and(e, fd, hog_slowly);
}

static void share_and_hog_quickly(struct env *e, void *fd)
{
	share_and(e, fd, hog_quickly);
}

static const struct shortage sharing_by_kswapd = {
	share_and_hog, KSWAPD_FIRST, MMNOTIFY_CAUSE_RECLAIM_KSWAPD, true,
};

static const struct shortage sharing_by_task = {
	share_and_hog_quickly, TASK_FIRST, MMNOTIFY_CAUSE_RECLAIM_DIRECT, true,
};

static void shared_pages(struct env *e, int fd, const struct shortage *s,
			 const char *swappiness)
{
	struct other o[ROUNDS];
	char *p;

	swap_on(e);
	others(e, o, s->job, &fd);
	p = map_shared(e, fd);
	watch(e, p, MB(2) * PG);
	device(e, p, MB(2) * PG, false);
	shortage(e, s, p, MB(2) * PG);
	knob(e, "/proc/sys/vm/swappiness", swappiness);
	run_short(e, o, s, p, MB(2) * PG);
}

static void run_shared_file(struct env *e)
{
	int fd = ext4_file(e, "shared", MB(16) * PG);

	shared_pages(e, fd, &sharing_by_kswapd, "1");
}

static void run_shared_file_direct(struct env *e)
{
	int fd = ext4_file(e, "shared", MB(16) * PG);

	shared_pages(e, fd, &sharing_by_task, "1");
}

static void run_shared_memory(struct env *e)
{
	int fd = memfd(e, MB(2) * PG, 0);

	shared_pages(e, fd, &sharing_by_kswapd, "150");
}

/* ---- the limit of the watched process's cgroup ---- */

static char *memcg_file(const char *dir, const char *name)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	return path;
}

static void fill_9mb(struct env *e, void *limit)
{
	anon(e, MB(9));
	put(limit, "max");
}

static void other_at_limit(struct env *e, const char *file, size_t pages)
{
	char *path = memcg_file(cgroup(e, "+memory"), file);
	struct other o = other_process(e, fill_9mb, path);

	swap_on(e);
	must(e, !put(path, "8M"));
	watched_anon(e, pages);
	begin(e);
	other_does(e, &o);
}

static void run_memcg_other(struct env *e)
{
	other_at_limit(e, "memory.max", MB(6));
}

static void run_memcg_high_other(struct env *e)
{
	other_at_limit(e, "memory.high", MB(2));
}

/* Sends datagrams that are never received; softirqs charge their memory to the cgroup. */
static void send_datagrams(struct env *e)
{
	struct sockaddr_in to = { .sin_family = AF_INET };
	int in = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int out = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	int size = 8 << 20, tries;
	socklen_t len = sizeof(to);
	static char data[32 << 10];

	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	must(e, !setsockopt(in, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof(size)));
	must(e, !bind(in, (struct sockaddr *)&to, len));
	must(e, !getsockname(in, (struct sockaddr *)&to, &len));
	for (tries = 0; tries < 200 && !seen(e, MMNOTIFY_CAUSE_RECLAIM_MEMCG); tries++) {
		must(e, sendto(out, data, sizeof(data), 0, (struct sockaddr *)&to,
			       len) == sizeof(data));
		sleep_ms(2);
	}
}

/* Softirqs cannot reclaim: a kworker does it, on behalf of no process. */
static void run_memcg_worker(struct env *e)
{
	const char *dir = cgroup(e, "+memory");
	char high[32];
	long bytes;

	swap_on(e);
	loopback_up(e);
	madvise(watched_anon(e, MB(4)), MB(4) * PG, MADV_COLD);
	bytes = get_number(memcg_file(dir, "memory.current"));
	must(e, bytes > 0);
	snprintf(high, sizeof(high), "%ld", bytes + (512 << 10));
	must(e, !put(memcg_file(dir, "memory.high"), high));
	begin(e);
	send_datagrams(e);
	put(memcg_file(dir, "memory.high"), "max");
	settle(e);
}

static void reclaim_2mb(struct env *e, void *file)
{
	(void)e;
	put(file, "2M");
}

static void run_reclaim_other(struct env *e)
{
	char *path = memcg_file(cgroup(e, "+memory"), "memory.reclaim");
	struct other o = other_process(e, reclaim_2mb, path);

	swap_on(e);
	need(e, !access(path, W_OK), "no memory.reclaim before 5.19");
	watched_anon(e, MB(4));
	begin(e);
	other_does(e, &o);
}

#define FAST		"the task may be faster than kswapd"
#define SLOW		"kswapd comes when the task has to wait"
#define SPLIT		"the table of a huge page that cannot be swapped whole"
#define KSWAPD \
	MUST(CLEAR, RECLAIM_KSWAPD, CLEAR, ALL(C)), \
	MAY(FAST, CLEAR, RECLAIM_DIRECT, CLEAR, ALL(C))
#define DIRECT \
	MUST(CLEAR, RECLAIM_DIRECT, CLEAR, ALL(C)), \
	MAY(SLOW, CLEAR, RECLAIM_KSWAPD, CLEAR, ALL(C))
#define SMALL		.machine = "small", .seconds = 90

const struct scenario pressure_scenarios[] = {
	{ .name = "kswapd", .run = run_kswapd, .expect = { KSWAPD }, SMALL },
	{ .name = "kswapd_thp", .run = run_kswapd_thp, .expect = { KSWAPD,
		MAY(SPLIT, CLEAR, THP_SPLIT, CLEAR, ALL(C)) }, SMALL },
	{ .name = "direct_reclaim", .run = run_direct, .expect = { DIRECT }, SMALL },
	{ .name = "direct_reclaim_thp", .run = run_direct_thp, .expect = { DIRECT,
		MAY(SPLIT, CLEAR, THP_SPLIT, CLEAR, ALL(C)) }, SMALL },
	{ .name = "direct_reclaim_self", .run = run_direct_self, .expect = {
		DIRECT }, SMALL },
	{ .name = "zone_reclaim", .run = run_zone_reclaim, .expect = { DIRECT }, SMALL },
	{ .name = "hibernation", .run = run_hibernation, .expect = { DIRECT }, SMALL },
	{ .name = "kswapd_shared_file", .run = run_shared_file, .expect = {
		KSWAPD }, SMALL },
	{ .name = "kswapd_shared_memory", .run = run_shared_memory, .expect = {
		KSWAPD }, SMALL },
	{ .name = "direct_shared_file", .run = run_shared_file_direct, .expect = {
		DIRECT }, SMALL },
	{ .name = "memcg_other", .run = run_memcg_other, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, ALL(C)) } },
	{ .name = "memcg_worker", .run = run_memcg_worker, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, ALL(C)) }, SMALL },
	{ .name = "memcg_high_other", .run = run_memcg_high_other, .expect = {
		MUST(CLEAR, RECLAIM_MEMCG, CLEAR, ALL(C)) }, SMALL },
	{ .name = "memory_reclaim_other", .run = run_reclaim_other, .expect = {
		MUST(CLEAR, RECLAIM_PROACTIVE, CLEAR, HAS(MEMORY_RECLAIM, C)) } },
	{ .name = NULL }
};
