/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* drv: calls of /dev/mmn_contract for the tests that use it, and their TAP output. */
#ifndef API_DRV_H
#define API_DRV_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <mmnotify/mmnotify_types.h>

#include "contract.h"
#include "tap.h"

#define PAGE	4096UL
#define HUGE_SIZE	(2UL << 20)
#define RW	(PROT_READ | PROT_WRITE)
#define NR(a)	((unsigned int)(sizeof(a) / sizeof((a)[0])))

extern int dev;
extern struct contract_record recs[CONTRACT_LOG];
extern unsigned int nr_recs;

/* One test in the TAP output. If it fails, the records in recs are printed. */
void ok(bool good, const char *what);

/* Maps and touches @n pages, with an unmapped page on both sides. */
char *pages(unsigned int n, int prot);
void unmap(char *p, unsigned int n);

/* Objects of the driver. Return: an id or -errno. */
int add(unsigned int kind, const void *p, size_t len, unsigned int flags);
int add_for(unsigned int effects, unsigned int kind, const void *p, size_t len,
	    unsigned int flags);
int call(unsigned int cmd, int id);
int move(int id, const void *p, size_t len);
unsigned long long begin(int id);
int retry(int id, unsigned long long seq);
struct contract_counts counts(int id);

/* Wait, for some seconds, until a callback is held, or until @n starts or ends. */
bool wait_held(int id);
bool wait_starts(int id, unsigned int n);
bool wait_ends(int id, unsigned int n);

/* Moves the driver's log into recs; the functions below search there. */
void fetch(void);
unsigned int count(int id, unsigned int phase);
unsigned int count_cause(int id, unsigned int phase, unsigned int cause);
const struct contract_record *nth(int id, unsigned int phase, unsigned int n);
const struct contract_record *find(int id, unsigned int phase, unsigned int cause);
unsigned int releases(int id);
bool is_release(const struct contract_record *r);
/* Events that overlap [p, p + n pages) only: a whole mm gets those of all memory. */
unsigned int about(int id, unsigned int phase, const char *p, unsigned int n);
void show(void);

/* Memory that a child shares with its parent. */
struct share {
	volatile int ids[8];
	char *volatile page;
	volatile bool ready, go;
};

extern struct share *shared;

/*
 * The child creates its objects through the inherited file and sets ready. The parent
 * reads the log and removes the first n objects.
 */
pid_t child(void (*f)(void));
void wait_for(volatile bool *flag);
void del_all(unsigned int n);

/* Parameters of modules and of the kernel. */
char parameter(const char *module, const char *name);
void write_file(const char *path, const char *text);
bool set_parameter(const char *name, const char *value);

/* reap.c: sysrq kills @pid. Return: true if the OOM reaper logs @what about it. */
bool oom_kill(pid_t pid, const char *what);

/* parallel.c, lives.c, deaths.c, reap.c and hugetlb.c */
void test_parallel(void);
void test_lives(void);
void test_deaths(void);
void test_reap(void);
void test_hugetlb(void);

#endif /* API_DRV_H */
