/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * The harness: the definition of a scenario and the calls that its code may use.
 *
 * A scenario runs in a child of its own. It maps memory, lets the device
 * /dev/mmn_mirror translate it (watch(), device()), calls begin(), does one
 * operation and returns. The parent checks the verdicts that the device got.
 */
#ifndef RUNNER_H
#define RUNNER_H

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#include <mmnotify/mmnotify_types.h>

#include "features.h"
#include "mirror.h"
#include "rules/names.h"
#include "sys.h"

#define PG	page_size
#define MAX_PG	(64UL << 10)	/* for the size of arrays */
#define HUGE	huge_size
#define MB(x)	(((x) << 20) / PG)	/* MiB, as a number of pages */

#define ALL_TIERS (MIRROR_TIER_MM | MIRROR_TIER_RANGE | MIRROR_TIER_CLASSIFY)

/* The stock kernels that differ in their features; one column each. */
enum column { K5_10, K6_1, K6_12, K7, NR_COLUMNS };

/*
 * Native events, by the features of this kernel; NO: the verdict does not occur. HAS_BY:
 * as BY, where there is the first feature; else NO.
 */
enum { NO = -1, U, C, PV, PP, SD, RE, MI, EX };
#define ALL(n)			.native = (n)
#define HAS(f, n)		.needs = F_##f, .native = (n)
#define BY(f, with, without)	.unless = F_##f, .native = (without), .instead = (with)
#define LACKS(f, n)		BY(f, NO, n)
#define HAS_BY(f, g, with, without) .needs = F_##f, BY(g, with, without)
/* Only ranges get the release of the mm as an event, and events after it. */
#define AFTER(n)		HAS(RANGES, n)
#define AFTER_BY(f, n)		HAS_BY(f, RANGES, n, NO)

/* Effects that mmnotify has to give: the exact mask. */
#define FX_GONE		MMNOTIFY_FX_ALL
#define FX_CLEAR	(MMNOTIFY_FX_ALL & ~MMNOTIFY_FX_VMA_GONE)
#define FX_ACCESS	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_NO_READ)
#define FX_WRITE	MMNOTIFY_FX_NO_WRITE
#define FX_CLEAN	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_DIRTY)
#define FX_NONE		0

/**
 * struct expect - one verdict that an operation gives
 * @event: MMNOTIFY_*
 * @cause: MMNOTIFY_CAUSE_*
 * @effects: the exact mask
 * @native: the kernel's own event
 * @needs: without this feature the verdict does not occur; 0: always
 * @unless: with this feature the kernel's event is @instead; 0: never
 * @instead: another event of the kernel, or NO
 * @min: minimum number of times; 0 only with @noise
 * @noise: reason why the verdict may, but need not, occur; NULL if it must occur
 */
struct expect {
	__u16 event;
	__u16 cause;
	__u32 effects;
	__s8 native;
	__s8 instead;
	__u8 needs;
	__u8 unless;
	__u16 min;
	const char *noise;
};

#define MUST(ev, ca, fx, ...) { .event = MMNOTIFY_##ev, \
	.cause = MMNOTIFY_CAUSE_##ca, .effects = FX_##fx, .min = 1, __VA_ARGS__ }
#define MUST_N(n, ev, ca, fx, ...) { .event = MMNOTIFY_##ev, \
	.cause = MMNOTIFY_CAUSE_##ca, .effects = FX_##fx, .min = n, __VA_ARGS__ }
#define MAY(why, ev, ca, fx, ...) { .event = MMNOTIFY_##ev, \
	.cause = MMNOTIFY_CAUSE_##ca, .effects = FX_##fx, .noise = why, __VA_ARGS__ }

/* The watched process ends in the operation, so the parent reads the log. */
#define S_DIES		(1u << 0)
/* Takes little time and leaves the machine as it was: suitable for --loop. */
#define S_QUICK		(1u << 1)
/* The device accesses memory in the operation, too: its state is not checked. */
#define S_DEVICE	(1u << 2)

#define MAX_EXPECT	8

struct env;

/**
 * struct scenario - one labelled operation
 * @name: unique name, one word
 * @run: sets up, calls begin(), does the operation and returns
 * @expect: all verdicts that may overlap the watched range
 * @flags: S_*
 * @tiers: MIRROR_TIER_*; 0 means all. On a kernel without ranges see tiers_of()
 * @demo: the operation in the notation of C, for --demo; NULL: not shown there
 * @machine: the row of machines.list that it needs; NULL: plain
 * @seconds: time limit without --patience; 0: 20
 */
struct scenario {
	const char *name;
	void (*run)(struct env *e);
	struct expect expect[MAX_EXPECT];
	unsigned int flags;
	unsigned int tiers;
	const char *demo;
	const char *machine;
	unsigned int seconds;
};

#define MAX_RECORDS	16384
#define MAX_PAGES	4096
#define MAX_RESTORE	24

enum result { RESULT_NONE, RESULT_DONE, RESULT_SKIP, RESULT_FAIL };

/* The state of one page on the device and on the CPU. */
struct page_state {
	bool present;
	bool writable;
	__u64 pagemap;
};

/* Shared by parent and child. */
struct shared {
	enum result result;
	char why[400];
	__u64 start;
	__u64 len;
	bool attached;
	bool begun;
	__u32 nr;		/* records in @log */
	__u32 watch_at;		/* index of first record after watch() */
	__u32 begin_at;		/* index of first record after begin() */
	__u32 done_at;		/* index of first record after @run */
	__u32 pages;		/* entries in @before and @after */
	__u32 stride;		/* distance of these pages, in pages */
	struct page_state before[MAX_PAGES];
	struct page_state after[MAX_PAGES];
	__u32 restores;
	struct {
		char path[128];
		char value[64];
	} restore[MAX_RESTORE];
	struct mirror_record log[MAX_RECORDS];
};

struct env {
	const struct scenario *sc;
	struct shared *sh;
	int fd;			/* /dev/mmn_mirror */
};

/* ---- calls for scenarios ---- */

void watch(struct env *e, void *p, size_t len);
void device(struct env *e, void *p, size_t len, bool write);
void begin(struct env *e);
unsigned int seen(struct env *e, unsigned int cause);
bool seen_times(struct env *e, unsigned int cause, unsigned int times);
bool wait_for_cause(struct env *e, unsigned int cause, unsigned int ms);
bool wait_for_times(struct env *e, unsigned int cause, unsigned int times,
		    unsigned int ms);

__attribute__((format(printf, 2, 3), noreturn))
void skip(struct env *e, const char *fmt, ...);
__attribute__((format(printf, 2, 3), noreturn))
void fail(struct env *e, const char *fmt, ...);
#define must(e, x)							\
	do {								\
		if (!(x))						\
			fail(e, "%s:%d: %s: %m", __FILE__, __LINE__, #x); \
	} while (0)
/* Skips the scenario, with the name of the feature that this kernel lacks. */
void need_feature(struct env *e, enum feature f);
#define need(e, x, what)						\
	do {								\
		if (!(x))						\
			skip(e, "%s (%m)", what);			\
	} while (0)

/* ---- machine.c: memory, files, knobs ---- */

int get(const char *path, char *buf, size_t size);
long get_number(const char *path);
void knob(struct env *e, const char *path, const char *value);
bool try_knob(struct env *e, const char *path, const char *value);
void fill(void *p, size_t len, int byte);
char *map_at(struct env *e, size_t len, size_t align, int prot, int flags, int fd);
char *anon(struct env *e, size_t pages);
bool has_thp(void);			/* PREEMPT_RT kernels have none */
char *thps(struct env *e, size_t nr);
char *thp(struct env *e);
/* Return: the file with the number of huge pages in the hugetlb pool of a node. */
const char *huge_pool(unsigned int node);

char *thp_above(struct env *e, unsigned long frame);
char *watched_anon(struct env *e, size_t pages);
int memfd(struct env *e, size_t len, unsigned int flags);
char *watched_shared(struct env *e, int fd, size_t len);
char *watched_private(struct env *e, int fd, size_t len);
void hugetlb(struct env *e, unsigned int pages);
void two_nodes(struct env *e);
void bind_node(struct env *e, int node);
void on_cpu(struct env *e, int cpu);
int page_node(void *p);
__u64 page_frame(void *p);
pid_t child(struct env *e);
void reap(struct env *e, pid_t pid);
void fork_and_reap(struct env *e);

struct other {
	pid_t pid;
	int go;
};

typedef void other_job(struct env *e, void *arg);

struct other other_process(struct env *e, other_job *job, void *arg);
void other_does(struct env *e, struct other *o);

void loopback_up(struct env *e);

/* ---- pressure.c ---- */

void scarce(struct env *e, const char *min_kb);
void settle(struct env *e);
/* Return: the sum of the lines of /proc/vmstat whose name begins so. */
unsigned long long vmstat(struct env *e, const char *begins);
void plenty(struct env *e);
void hog(struct env *e, size_t pages, unsigned int cause, unsigned int pause_ms);
void kswapd_policy(struct env *e, int policy);

/* ---- storage.c ---- */

int modprobe(const char *name);
void load_test_module(struct env *e, const char *name);
int test_device(struct env *e, const char *name);
const char *loop_for(const char *image, long bytes);
const char *ext4(struct env *e);
const char *ext4_small(struct env *e);
const char *ext4_dax(struct env *e);
int file_in(struct env *e, const char *dir, const char *name, size_t len);
int ext4_file(struct env *e, const char *name, size_t len);
void swap_on(struct env *e);
const char *cgroup(struct env *e, const char *controllers);
void machine_calm(void);
void machine_tidy(void);

/* ---- judge.c ---- */

#define MAX_PROBLEMS	24

/* --inexact: call sites at which a verdict may claim only the native event. */
extern const char *inexact;

struct verdicts {
	unsigned int nr;
	char text[MAX_PROBLEMS][300];
	unsigned int differences;	/* native event and mmnotify's differ, on purpose */
	const char *reasons[MAX_EXPECT];
};

void judge(const struct env *e, const struct mirror_stat *stat,
	   struct verdicts *v);
bool in_region(const struct shared *sh, const struct mirror_record *r);
bool is_vague(const struct mirror_record *r);
int native_here(const struct expect *x);	/* NO: it does not occur */
int native_in(const struct expect *x, enum column column);
bool has_cause(const struct scenario *sc, const struct mirror_record *r,
	       unsigned int cause);
const char *difference(unsigned int cause, unsigned int native,
		       unsigned int ours);

/* ---- report.c ---- */

extern FILE *tap;
extern FILE *json;
/* Writes the names of the bits that are set to @buf; without any, @buf does not change. */
void bits_text(unsigned int bits, const char *const names[5], const char *between,
	       char *buf, size_t size);
void effects_text(unsigned int effects, char *buf, size_t size);
const char *tier_text(unsigned int tier);
void report_records(const struct shared *sh);
void report_json(const struct env *e);

/* ---- table.c ---- */

void print_table(void);
void print_expected(void);

/* ---- device.c, runner.c, demo.c ---- */

int open_mirror(void);
unsigned int tiers_of(const struct scenario *sc);
void drain(struct env *e);
void look_at(struct env *e, struct page_state *pages);
void run_one(struct env *e, struct mirror_stat *stat);
time_t time_limit(unsigned int seconds);	/* @seconds, times --patience, from now */
int demo(struct shared *sh);

/* ---- the families of scenarios; each ends with an entry without a name ---- */

extern const struct scenario anon_scenarios[], file_scenarios[],
	thp_scenarios[], hugetlb_scenarios[], protect_scenarios[],
	uffd_scenarios[], process_scenarios[], migrate_scenarios[],
	reclaim_scenarios[], ksm_scenarios[], reap_scenarios[],
	hwpoison_scenarios[], uprobe_scenarios[], io_scenarios[],
	misc_scenarios[], compat_scenarios[], pressure_scenarios[],
	damon_scenarios[], compaction_scenarios[], hotplug_scenarios[],
	dax_scenarios[], fs_scenarios[], driver_scenarios[],
	fault_scenarios[], advice_scenarios[], split_scenarios[],
	tiers_scenarios[], kvm_scenarios[];
extern const struct scenario *const families[];

#endif /* RUNNER_H */
