/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * fuzz: a random program of mm operations, reproducible by its seed, that the three
 * sample devices mirror.
 *
 * Actors do steps. The first MAIN of them are threads of the main process, which the
 * devices mirror. The others are processes that share its files and access its memory.
 * Each actor has a random stream of its own, and each step draws the same number of
 * values whatever it does: leaving out a kind of operation changes no other step.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <limits.h>
#include <linux/types.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>

#include "device.h"
#include "sys.h"

#define PG		4096UL
#define HUGE		(2UL << 20)
#define ARENA		((char *)0x200000000000)
#define STRIDE		(4UL << 20)
#define HUGETLB		14	/* a slot for hugetlb pages */
#define SLOTS		16
#define SMALL		32	/* pages of slots below BIG; those from BIG on have 512 */
#define BIG		12
#define FILE_PAGES	512

#define MAIN		3	/* number of threads of the main process */
#define ACTORS		5
#define HISTORY		32
#define RUNNING		INT_MIN	/* result of a step that has not finished */
#define STAYERS		2

enum { SVM, USERPTR, ODP, DEVICES };

struct rng {
	__u64 state;
};

/* The random values of one step. */
struct draw {
	__u32 op;
	__u32 slot;
	__u32 page;
	__u32 pages;
	__u32 a;
	__u32 b;
};

/* A record of one step. */
struct step {
	__u64 nr;
	__u16 op;
	__u16 actor;
	__s32 ret;
	char *p;
	__u32 pages;
	__u32 a;
	__u32 b;
};

struct totals {
	__u64 checks;
	__u64 checked;
	__u64 stale;
	__u64 unsettled;
	__u64 refused;
};

/* The state of one run, in memory that all its processes share. */
struct shared {
	_Atomic __u64 steps;
	_Atomic __u64 others_steps;
	_Atomic __u64 checked_at;
	_Atomic int stop;
	_Atomic int left;
	atomic_flag failing;
	int failed;		/* a device was stale; the next fields describe the first */
	int failed_device;
	__u64 failed_at;
	__u64 stale;
	char error[128];	/* why the program itself could not go on */
	struct totals totals[DEVICES];
	struct device_stat stat[DEVICES];
	struct rng turns;
	sem_t turn[ACTORS];
	struct {
		_Atomic __u64 at;
		struct step log[HISTORY];
	} history[ACTORS];
	_Atomic __u64 done[64];	/* by operation: number of successes */
	_Atomic __u64 tried[64];
	_Atomic __u64 ns[64];
};

struct actor {
	unsigned int nr;
	struct rng rng;
	pid_t stayers[STAYERS];
	unsigned int next_stayer;
};

struct options {
	__u64 seed;
	__u64 seeds;
	__u64 steps;
	__u64 check;	/* steps between two checks */
	__u64 kinds;	/* one bit per operation: those to run */
	bool serial;	/* one actor at a time, in an order given by the seed */
	bool quiet_machine;
	bool no_devices;
	bool naive;
	unsigned int shrink;	/* time limit in seconds */
	const char *dir;	/* directory on a file system with writeback */
	const char *cgroup;
};

/* One kind of operation. */
#define BY_MAIN		1
#define BY_OTHERS	2

struct op {
	const char *name;
	unsigned int weight;
	unsigned int by;
	long (*run)(struct actor *a, const struct draw *d);
};

extern struct options opt;
extern struct shared *sh;
extern const struct op *const op_tables[];
extern const struct op device_ops[], map_ops[], advice_ops[], share_ops[], uffd_ops[], node_ops[];
extern int shared_fd, disk_fd;
extern pid_t main_pid;
extern bool in_main;

/* random.c */
__u64 rng_next(struct rng *r);
void rng_seed(struct rng *r, __u64 seed, unsigned int stream);
void draw(struct rng *r, struct draw *d);
char *slot_base(unsigned int slot);
unsigned int slot_pages(unsigned int slot);
char *draw_range(const struct draw *d, size_t *len);
unsigned int ops_count(void);
const struct op *op_get(unsigned int nr);
const struct op *op_pick(__u32 value, unsigned int by, unsigned int *nr);

/* touch.c */
void touch_init(void);
long touch_range(char *p, size_t len, bool write, int value);

/* run.c */
enum { RUN_GOOD, RUN_STALE, RUN_BROKEN };
int run_once(const struct options *o);

/* ops_map.c */
extern char *heap;
extern char *const segment;
void map_setup(void);
void map_teardown(void);

/* ops_device.c */
int devices_open(void);
void devices_close(void);
bool devices_check(__u64 at);
bool device_takes(void);

/* ops_uffd.c */
void uffd_setup(void);
long uffd_leave(char *p, size_t len);
char *range_unremembered(const struct draw *d, size_t *len);

/* ops_share.c */
void share_setup(void);
void stayers_kill(struct actor *a);

/* background.c */
void background(void);

/* report.c */
void report_history(FILE *to);
void report_run(FILE *to, double seconds);
void report_ops(FILE *to);
void report_stacks(FILE *to, pid_t group);

/* shrink.c */
void shrink(const struct options *from);

#endif /* FUZZ_H */
