// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * process: an mm's process is known from its first notifier to its last event, whatever becomes
 * of its owner, and never that of an earlier mm at the same address.
 */
#include <stdio.h>
#include <stdlib.h>

#include <linux/hash.h>
#include <linux/mm_types.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/seq_file.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/timekeeping.h>

#include "process.h"
#include "tap.h"

#define TASKS	40

struct task_struct shim_current;
struct task_struct *shim_processes[TASKS + 1];
int shim_locks_held, shim_rcu_held;
bool shim_lock_is_busy, shim_unlocked;

static struct task_struct tasks[TASKS];
static struct mm_struct mms[TASKS];
static s64 now = 1;
static bool no_memory;

struct pid_namespace init_pid_ns;

s64 ktime_get_boottime_seconds(void)
{
	return now;
}

void *kvzalloc(size_t size, int flags)
{
	return no_memory ? NULL : calloc(1, size);
}

static unsigned int references;

void mmgrab(struct mm_struct *mm)
{
	references++;
}

void mmdrop(struct mm_struct *mm)
{
	references--;
}

void kvfree(void *p)
{
	free(p);
}

const char *mmn_names_cause(unsigned int cause)
{
	return cause == 1 ? "munmap" : "other";
}

/* Only the tasks of the array are there, if they have an mm. */
struct pid *find_pid_ns(int nr, struct pid_namespace *ns)
{
	unsigned int i;

	for (i = 0; ns == &init_pid_ns && i < TASKS; i++)
		if (tasks[i].tgid == nr && tasks[i].mm)
			return (struct pid *)&tasks[i];
	return NULL;
}

struct task_struct *pid_task(struct pid *pid, enum pid_type type)
{
	return type == PIDTYPE_PID ? (struct task_struct *)pid : NULL;
}

static void rename_task(unsigned int i, const char *name)
{
	snprintf(tasks[i].comm, TASK_COMM_LEN, "%s", name);
}

/* Task @i, which owns mm @i. */
static struct mm_struct *start(unsigned int i, const char *name)
{
	tasks[i] = (struct task_struct){ .tgid = 100 + i, .group_leader = &tasks[i],
		.cgroup = 1000 + i, .mm = &mms[i] };
	rename_task(i, name);
	mms[i] = (struct mm_struct){ .owner = &tasks[i], .notifier_subscriptions = &mms[i] };
	return &mms[i];
}

/* The owner leaves its mm, and tears it down. */
static void leave(struct mm_struct *mm)
{
	shim_current = *(const struct task_struct *)mm->owner;
	shim_current.mm = NULL;
	shim_current.flags = PF_EXITING;
	mm->owner = NULL;
}

static bool is(const struct mm_struct *mm, unsigned int tgid, const char *name)
{
	struct mmn_process p, q = { .tgid = tgid, .cgroup = tgid ? 900 + tgid : 0 };

	memset(&p, 0xff, sizeof(p));
	snprintf(q.comm, sizeof(q.comm), "%s", name);
	mmn_process_get(mm, &p);
	return p.tgid == q.tgid && p.cgroup == q.cgroup &&
	       !memcmp(p.comm, q.comm, sizeof(p.comm)) && !shim_locks_held && !shim_rcu_held &&
	       !shim_unlocked;
}

static void test_one(void)
{
	struct mm_struct *mm = start(0, "vm");

	ok(is(mm, 100, "vm"), "the owner of an mm is its process");
	mm->owner = NULL;
	ok(is(mm, 0, ""), "without an owner it is not known");
	mm = start(0, "vm");
	mmn_process_register(mm);
	rename_task(0, "worker");
	ok(is(mm, 100, "worker"), "a new name is found");
	leave(mm);
	ok(is(mm, 100, "vm"), "without its owner it has that of its first notifier");
	shim_current.flags = 0;
	mmn_process_release(mm);
	ok(is(mm, 100, "vm"), "also if its process calls execve()");
	shim_current.flags = PF_EXITING;
	mmn_process_release(mm);
	ok(is(mm, 100, "worker"), "the exit of the process itself shows the last one");
	shim_current.tgid = 7;
	mmn_process_release(mm);
	ok(is(mm, 100, "worker"), "not that by another one");
}

static void test_again(void)
{
	struct mm_struct *mm = start(1, "old");

	mmn_process_register(mm);
	leave(mm);
	mmn_process_release(mm);
	mm = start(1, "new");
	tasks[1].tgid = 555;
	tasks[1].cgroup = 900 + 555;
	mmn_process_register(mm);
	leave(mm);
	ok(is(mm, 555, "new"), "a new mm at the same address is not the old one");
	mmn_process_register(mm);
	ok(is(mm, 555, "new"), "another notifier without an owner changes nothing");
}

/* A name of each length, with bytes of an earlier one behind it. */
static void test_padding(void)
{
	char name[TASK_COMM_LEN] = "";
	struct mm_struct *mm = start(2, "");
	unsigned int i;
	bool all = true;

	for (i = 0; i < TASK_COMM_LEN; i++) {
		memset(tasks[2].comm, 'x', TASK_COMM_LEN - 1);
		memcpy(tasks[2].comm, name, i + 1);
		all &= is(mm, 102, name);
		name[i] = (char)('\x80' + i);
		name[i + 1 < TASK_COMM_LEN ? i + 1 : i] = '\0';
	}
	ok(all, "nothing of an earlier name is behind the name");
}

static void test_no_owner(void)
{
	struct mm_struct *mm = start(2, "own");

	mm->owner = NULL;
	shim_current = tasks[2];
	ok(is(mm, 102, "own"), "the task of an mm without an owner is its process");
	mmn_process_register(mm);
	shim_current = tasks[1];
	ok(is(mm, 102, "own"), "and is remembered");
}

/* More mms in one bucket than it has entries. */
static void test_full(void)
{
	static struct mm_struct many[20000];
	struct mm_struct *same[10];
	unsigned int i, n = 0;

	for (i = 0; n < 10; i++)
		if (hash_ptr(&many[i], 7) == hash_ptr(&many[0], 7))
			same[n++] = &many[i];
	for (i = 0; i < 10; i++) {
		start(10 + i, "many");
		same[i]->owner = &tasks[10 + i];
		mmn_process_register(same[i]);
		same[i]->owner = NULL;
	}
	shim_current = tasks[0];
	ok(is(same[0], 110, "many") && is(same[7], 117, "many"), "a bucket has eight entries");
	ok(is(same[8], 0, "") && is(same[9], 0, ""), "and the mms beyond them no process");
	shim_current.flags = 0;
	mmn_process_release(same[3]);
	mmn_process_release(same[1]);
	ok(is(same[3], 113, "many") && is(same[1], 111, "many"), "one that ends is still known");
	same[8]->owner = &tasks[18];
	mmn_process_register(same[8]);
	same[8]->owner = NULL;
	ok(is(same[8], 118, "many") && is(same[3], 0, "") && is(same[1], 111, "many"),
	   "until another one takes its entry, of those that ended first");
	mmn_process_stop();
	same[9]->owner = &tasks[19];
	mmn_process_register(same[9]);
	same[9]->owner = NULL;
	ok(is(same[9], 119, "many") && is(same[1], 0, ""), "all end together with watching");
}

/* A registration that fails leaves an entry whose mm is never released. */
static void test_left(void)
{
	static struct mm_struct many[20000];
	struct mm_struct *same[9];
	unsigned int i, n = 0;

	for (i = 0; n < 9; i++)
		if (hash_ptr(&many[i], 7) == hash_ptr(&many[0], 7))
			same[n++] = &many[i];
	for (i = 0; i < 9; i++) {
		start(20 + i, "left");
		same[i]->owner = &tasks[20 + i];
		if (i == 8)
			tasks[25].mm = NULL;
		mmn_process_register(same[i]);
		same[i]->owner = NULL;
	}
	shim_current = tasks[0];
	ok(is(same[8], 128, "left") && is(same[5], 0, "") && is(same[4], 124, "left"),
	   "an mm takes the entry of a process that is gone, though it was not released");
	for (i = 0; i < 9; i++)
		mmn_process_release(same[i]);
}

static void test_start(void)
{
	struct mm_struct *with = start(30, "with"), *without = start(31, "without");

	start(32, "thread")->owner = NULL;
	tasks[32].mm = NULL;
	without->notifier_subscriptions = NULL;
	shim_processes[0] = &tasks[32];
	shim_processes[1] = &tasks[31];
	shim_processes[2] = &tasks[30];
	mmn_process_start();
	with->owner = NULL;
	without->owner = NULL;
	ok(is(with, 130, "with") && is(without, 0, ""),
	   "those that have a notifier when watching starts are known");
}

static struct seq_file page;

/* The lines of the process with that number. */
static const char *lines(unsigned int tgid)
{
	static char found[4000];
	char *line, *all;

	page.len = 0;
	mmn_process_show(&page);
	found[0] = '\0';
	all = strdup(page.text);
	for (line = strtok(all, "\n"); line; line = strtok(NULL, "\n"))
		if (atoi(line) == tgid)
			strcat(strcat(found, line), "\n");
	free(all);
	return found;
}

static bool shows(unsigned int tgid, const char *what)
{
	bool same = !strcmp(lines(tgid), what);

	if (!same)
		printf("# %s", lines(tgid));
	return same;
}

static void test_no_counters(void)
{
	no_memory = true;
	ok(mmn_process_init() && !*lines(100) && strstr(page.text, "# uptime 1\n"),
	   "without memory there are no counters");
	no_memory = false;
	ok(!mmn_process_init() && !mmn_process_init(), "with memory there are");
}

static void test_count(void)
{
	struct mm_struct *mm = start(5, "a vm");

	now = 10;
	mmn_process_register(mm);
	ok(!*lines(105), "a process without events has no line");
	mmn_process_count(mm, 1, 3, 50);
	mmn_process_count(mm, 1, 4, 60);
	mmn_process_count(mm, 2, 1, 7);
	ok(shows(105, "105 1005 10 - munmap 2 7 110 a\\040vm\n"
		      "105 1005 10 - other 1 1 7 a\\040vm\n"),
	   "events, pages and time are counted by cause");
	rename_task(5, "vm");
	mmn_process_register(mm);
	mmn_process_count(mm, 2, 1, 7);
	ok(shows(105, "105 1005 10 - munmap 2 7 110 vm\n105 1005 10 - other 2 2 14 vm\n"),
	   "with the name that the process has now, and on with a second notifier");
	leave(mm);
	tasks[5].mm = NULL;
	now = 20;
	mmn_process_release(mm);
	mmn_process_count(mm, 2, 0, 1);
	now = 30;
	mmn_process_release(mm);
	ok(shows(105, "105 1005 10 20 munmap 2 7 110 vm\n105 1005 10 20 other 3 2 15 vm\n"),
	   "the last events are counted, too, and the process stays");
	mm = start(5, "new");
	tasks[5].tgid = 333;
	mmn_process_register(mm);
	mmn_process_count(mm, 1, 1, 1);
	ok(shows(105, "105 1005 10 20 munmap 2 7 110 vm\n105 1005 10 20 other 3 2 15 vm\n") &&
	   shows(333, "333 1005 30 - munmap 1 1 1 new\n"), "also when another one has its address");
	tasks[5].tgid = 334;
	mmn_process_register(mm);
	mmn_process_count(mm, 1, 2, 2);
	ok(shows(333, "333 1005 30 30 munmap 1 1 1 new\n") &&
	   shows(334, "334 1005 30 - munmap 1 2 2 new\n"), "also if its release was missed");
	mmn_process_stop();
	now = 40;
	mmn_process_register(mm);
	ok(shows(334, "334 1005 30 30 munmap 1 2 2 new\n"), "counting begins anew with watching");
	ok(strstr(page.text, "# without_entry 0\n"), "each event had an entry");
	mmn_process_count(&mms[39], 1, 1, 1);
	lines(0);
	ok(strstr(page.text, "# without_entry 1\n") && mmn_process_without_entry() == 1, "one that has none is counted");
}

/* The ring of those that ended. */
static void test_ring(void)
{
	struct mm_struct *mm;
	unsigned int i;

	for (i = 0; i < 600; i++) {
		mm = start(6, "ring");
		tasks[6].tgid = 2000 + i;
		mmn_process_register(mm);
		mmn_process_count(mm, 1, 1, 1);
		mmn_process_release(mm);
	}
	ok(!*lines(2000 + 600 - 514) && *lines(2000 + 600 - 513) && *lines(2599),
	   "the last ones that ended are listed");
}

static void test_ids(void)
{
	struct mm_struct *mm = start(7, "id");
	struct mmn_process p;
	unsigned int i;
	u32 id;

	mmn_process_register(mm);
	id = mmn_process_id(mm);
	ok(id && mmn_process_by_id(id, &p) == MMN_PROCESS_LIVE && p.tgid == 107,
	   "a process is found by its number");
	ok(!mmn_process_id(&mms[39]) && mmn_process_by_id(0, &p) == MMN_PROCESS_GONE,
	   "an mm without an entry has none");
	mmn_process_release(mm);
	ok(mmn_process_by_id(id, &p) == MMN_PROCESS_ENDED && p.tgid == 107,
	   "also when it has ended");
	tasks[7].tgid = 3000;
	mmn_process_register(mm);
	ok(mmn_process_id(mm) != id && mmn_process_by_id(id, &p) == MMN_PROCESS_ENDED &&
	   p.tgid == 107, "and when another one has its entry");
	for (i = 0; i < 600; i++) {
		mmn_process_release(mm);
		tasks[7].tgid++;
		mmn_process_register(mm);
	}
	ok(mmn_process_by_id(id, &p) == MMN_PROCESS_GONE, "as long as it is listed");
}

static bool finds(const struct mm_struct *mm, unsigned int tgid, const char *name)
{
	struct mmn_process p;

	memset(&p, 0xff, sizeof(p));
	mmn_process_find(mm, &p);
	return p.tgid == tgid && !strcmp(p.comm, name) && !shim_locks_held && !shim_rcu_held &&
	       !shim_unlocked;
}

/* Takes the entry of another mm after so many reads and locks. */
static struct mm_struct *taker;
static unsigned int steps_left;

void shim_preempt(int writes)
{
	struct mm_struct *mm = taker;

	if (!mm || shim_locks_held || steps_left--)
		return;
	taker = NULL;
	mmn_process_register(mm);
}

/* @same: nine mms of a bucket. Only number @ended has ended, so its entry is taken. */
static bool finds_no_other(struct mm_struct **same, unsigned int ended)
{
	struct mmn_process p;
	unsigned int i;

	for (i = 0; i < 9; i++) {
		start(20 + i, "race");
		same[i]->owner = &tasks[20 + i];
		if (i < 8)
			mmn_process_register(same[i]);
	}
	mmn_process_release(same[ended]);
	taker = same[8];
	mmn_process_find(same[ended], &p);
	taker = NULL;
	for (i = 0; i < 9; i++) {
		same[i]->owner = NULL;
		mmn_process_release(same[i]);
	}
	return !p.tgid || p.tgid == 120 + ended;
}

static void test_find_race(void)
{
	static struct mm_struct many[20000];
	struct mm_struct *same[9];
	unsigned int i, n = 0;
	bool right = true;

	for (i = 0; n < 9; i++)
		if (hash_ptr(&many[i], 7) == hash_ptr(&many[0], 7))
			same[n++] = &many[i];
	shim_current = tasks[0];
	for (i = 0; i < 12 * 8; i++) {
		steps_left = i / 8;
		right &= finds_no_other(same, i % 8);
	}
	ok(right, "nor does one get the process of the mm that takes its entry meanwhile");
}

static void test_find(void)
{
	struct mm_struct *mm = start(9, "found");

	mmn_process_register(mm);
	rename_task(9, "renamed");
	ok(finds(mm, 109, "renamed"), "the process of an mm is found, with the name it has now");
	tasks[9].mm = NULL;
	mmn_process_release(mm);
	ok(finds(mm, 109, "found"), "and when it has ended");
	ok(finds(&mms[39], 0, ""), "an mm without an entry has none");
	test_find_race();
}

/* Goes on to the next entry of a process. Return: is it there? */
static bool walk_to(struct mmn_process_walk *w, u32 tgid, struct mmn_process_entry *e)
{
	for (; mmn_process_read(w, e); w->at++)
		if (e->process.tgid == tgid)
			return true;
	return false;
}

/* Task 8 with @tgid gets a notifier, and an event of that many pages. */
static struct mm_struct *begin(u32 tgid, u64 pages)
{
	struct mm_struct *mm = start(8, "walk");

	tasks[8].tgid = tgid;
	mmn_process_register(mm);
	mmn_process_count(mm, 1, pages, 7);
	return mm;
}

static void test_read(void)
{
	struct mmn_process_walk w;
	struct mmn_process_entry e;
	struct mmn_process_count c;
	struct mm_struct *mm;

	now = 70;
	mm = begin(5000, 3);
	mmn_process_begin(&w);
	ok(walk_to(&w, 5000, &e) && e.id == mmn_process_id(mm) && e.since == 70 && !e.ended &&
	   e.process.cgroup == 1008 && !strcmp(e.process.comm, "walk"),
	   "a reader finds the entry of a process");
	mmn_process_read_count(&e, 1, &c);
	ok(c.events == 1 && c.pages == 3 && c.ns == 7 && mmn_process_is_same(&e), "with its counts");
	mmn_process_read_count(&e, 2, &c);
	ok(!c.events && !c.pages && !c.ns, "by cause");
	now = 80;
	mmn_process_release(mm);
	tasks[8].mm = NULL;
	ok(mmn_process_is_same(&e), "the entry stays that of the process when it ends");
	mm = begin(5001, 1);
	ok(!mmn_process_is_same(&e), "not when another one has its place");
	w.at++;
	ok(walk_to(&w, 5000, &e) && e.ended && e.since == 70 && e.until == 80 && !w.lost,
	   "one that moved to the ring behind the reader is read there");
	mmn_process_read_count(&e, 1, &c);
	ok(c.events == 1 && c.pages == 3, "with the same counts");
	w.at++;
	ok(!walk_to(&w, 5001, &e) && !w.lost, "it is the last one");
	mmn_process_release(mm);
}

/* Do so many processes end meanwhile. */
static void end_many(unsigned int nr)
{
	while (nr--) {
		struct mm_struct *mm = begin(6000 + nr, 1);

		mmn_process_release(mm);
		tasks[8].mm = NULL;
	}
	begin(6000, 1);
}

/* The ring is full of processes that ended before. */
static void test_lost(void)
{
	struct mmn_process_walk w;
	struct mmn_process_entry e;
	unsigned int n = 0;

	mmn_process_begin(&w);
	for (; mmn_process_read(&w, &e); w.at++)
		n += e.ended;
	ok(n >= 512 && !w.lost, "nothing is lost while nothing moves");
	mmn_process_begin(&w);
	while (mmn_process_read(&w, &e) && w.at < 1024)
		w.at++;
	end_many(511);
	ok(mmn_process_read(&w, &e) && !w.lost, "nor what had ended before the walk began");
	mmn_process_begin(&w);
	while (mmn_process_read(&w, &e) && w.at < 1024)
		w.at++;
	end_many(512);
	ok(mmn_process_read(&w, &e) && w.lost, "if the ring was filled anew meanwhile, a reader is told");
	mmn_process_release(&mms[8]);
}

static void test_mms(void)
{
	struct mmn_process_mm *list;
	int nr;

	start(0, "first");
	start(1, "second");
	start(2, "shared")->owner = &tasks[1];
	tasks[2].mm = &mms[1];
	start(3, "without")->notifier_subscriptions = NULL;
	for (nr = 0; nr < 4; nr++)
		shim_processes[nr] = &tasks[nr];
	shim_processes[4] = NULL;
	no_memory = true;
	ok(mmn_process_mms(&list) < 0, "without memory there is no list of mms");
	no_memory = false;
	nr = mmn_process_mms(&list);
	ok(nr == 2 && references == 2 && list[0].mm == &mms[0] && list[1].mm == &mms[1] &&
	   list[1].process.tgid == 101 && !strcmp(list[1].process.comm, "second"),
	   "each mm with a notifier is in it once, with its owner");
	mmn_process_put_mms(list, nr);
	ok(!references, "references are dropped");
	shim_processes[0] = NULL;
}

int main(void)
{
	test_no_counters();
	test_one();
	test_again();
	test_padding();
	test_no_owner();
	test_full();
	test_left();
	test_start();
	test_count();
	test_ring();
	test_ids();
	test_find();
	test_read();
	test_lost();
	test_mms();
	mmn_process_exit();
	return tap_done();
}
