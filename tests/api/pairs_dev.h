/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* pairs_dev: /dev/mmn_pairs for the tests of pairs, their threads and their TAP output. */
#ifndef PAIRS_DEV_H
#define PAIRS_DEV_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stddef.h>

#include "pairs.h"

#define PAGE	4096UL

/* Slots: the range under test, the holder of invalidations, the lock, another object. */
enum { RANGE, HOLDER, LOCK, OTHER = PAIRS_OTHER };

extern int dev;
extern unsigned int nr, failed;

/* The memory of one test: four pages for the range, then two for the holder. */
extern char *area;

/* A thread that waits for begin() to give it an operation. */
struct job {
	pthread_t thread;
	sem_t go, over;
	int (*f)(void);
	volatile int ret;
	volatile bool done;
};

extern struct job first, second, holder;

void make_job(struct job *j);
void begin(struct job *j, int (*f)(void));
int finish(struct job *j);

/* Return: true if the operation has not returned after 100 ms. */
bool waits(const struct job *j);

void ok(bool good, const char *first, const char *second, const char *what);
void skip(const char *first, const char *second, const char *why);

/* Operations. Return: 0 or -errno. */
int call_on(enum pairs_op op, unsigned int slot, unsigned int client, const void *p,
	    size_t len, unsigned int flags);
int call(enum pairs_op op, unsigned int slot);
int insert(unsigned int slot, unsigned int page, unsigned int pages);
struct pairs_state state(unsigned int slot);
void wait_held(unsigned int slot);
void wait_locked(unsigned int slot);
void wait_removed(unsigned int slot);

void map_area(void);
void fault_all(void);
void zap(unsigned int page);

/* Makes a new object in slot RANGE. */
void new_range(unsigned int flags);
int do_insert(void);
int do_move(void);
int do_remove(void);
int do_async(void);
int do_unregister(void);
int do_sync(void);
int zap_own(void);

/* Hold the first operation by mmap_lock or by a callback, and let it go. */
void hold_by_lock(void);
void let_go_of_lock(void);
void hold_by_event(void);
void let_go_of_event(void);

/* Runs a test in a process of its own: its mm has had no notifier. */
void in_process(void (*f)(const void *arg), const void *arg, const char *name);

/* pairs_cells.c: the table of docs/driver-guide.md; pairs_apart.c: two processes. */
void test_cells(void);
void test_callback(void);
void test_apart(void);

#endif /* PAIRS_DEV_H */
