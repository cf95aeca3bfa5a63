// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * faults: each allocation that mmnotify makes, or that the kernel makes for it, fails
 * once: the first, then the second, until none is left. The call that needed it has to fail
 * with a clear errno, or to do without; it must leave nothing behind, and has to work
 * again without a fault. Then the same with each step that may fail. TAP on stdout;
 * "SITE" lines have the call sites of the failed allocations.
 *
 * Usage: faults [steps] load FILE [PARAMETERS]	loads a module, again and again
 *	  faults [steps] calls			calls of a driver
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "drv.h"
#include "faults.h"
#include "genl.h"

#define MOST	2000	/* limit for the allocations of one operation */

/* The result of a run with one fault; shared with the child that runs it. */
struct attempt {
	struct faults_result fault;
	int ret;	/* result of the operation: 0 or -errno */
	int undone;	/* result of undoing it: 0 or -errno */
};

static struct attempt *at;
static int faults;

/* Faults are in allocations, or, if true, in steps like register_kprobe(). */
static bool steps;

static const char *kind(void)
{
	return steps ? "steps" : "allocations";
}

static void arm(unsigned int nth)
{
	if (ioctl(faults, steps ? FAULTS_IOC_ARM_STEP : FAULTS_IOC_ARM, (unsigned long)nth))
		bail("arm");
}

static void disarm(void)
{
	if (ioctl(faults, FAULTS_IOC_DISARM, &at->fault))
		bail("disarm");
}

/* Return: true for an errno that a fault may cause, or 0: the operation can do without. */
static bool is_clear(int ret)
{
	return !ret || (steps ? ret == -EBUSY : ret == -ENOMEM || ret == -EINTR);
}

/* Return: true if debugfs lists no range and no mm of any client. */
static bool nothing_left(void)
{
	char line[200], name[64], module[64];
	FILE *f = fopen("/sys/kernel/debug/mmnotify/clients", "re");
	unsigned long ranges, mms;
	bool none = true;

	while (f && fgets(line, sizeof(line), f))
		if (sscanf(line, "%63s %63s %lu %lu", name, module, &ranges, &mms) == 4)
			none &= !ranges && !mms;
	if (f)
		fclose(f);
	return none;
}

/* Waits: the objects of a process that has exited are freed a moment later. */
static bool soon(bool (*what)(void))
{
	unsigned int i;

	for (i = 0; i < 100 && !what(); i++)
		usleep(20000);
	return what();
}

struct sum {
	unsigned int faults;
	unsigned int failed;	/* failed operations */
	unsigned int odd;	/* unexpected errnos */
	unsigned int stuck;	/* operations that could not be undone */
};

static void add_up(struct sum *sum, const char *what, unsigned int nth)
{
	sum->faults++;
	sum->failed += at->ret < 0;
	sum->odd += !is_clear(at->ret);
	sum->stuck += at->undone < 0;
	printf("SITE %s %s %d\n", at->fault.site, at->fault.function, at->ret);
	if (!is_clear(at->ret) || at->undone < 0)
		printf("# %s, number %u of its %s: %d, undone %d\n", what, nth, kind(),
		       at->ret, at->undone);
}

/* One run for each allocation, then one without a fault. */
static struct sum each(const char *what, void (*once)(unsigned int nth))
{
	struct sum sum = { };
	unsigned int nth;

	for (nth = 1; nth <= MOST; nth++) {
		memset(at, 0, sizeof(*at));
		once(nth);
		if (!at->fault.failed)
			break;
		add_up(&sum, what, nth);
	}
	printf("# %s: %u %s, %u of them made it fail\n", what, sum.faults, kind(),
	       sum.failed);
	if (nth > MOST || at->ret || at->undone)
		sum.stuck++;
	return sum;
}

static void judge(const char *what, const struct sum *sum)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: at least one of its %s fails", what, kind());
	ok(sum->faults, text);
	snprintf(text, sizeof(text), "%s: if its %s fail, the errno is clear or 0", what, kind());
	ok(!sum->odd, text);
	snprintf(text, sizeof(text),
		 "%s: if its %s fail, it is undone and the next try works",
		 what, kind());
	ok(!sum->stuck, text);
}

/* ---- modules ---- */

static const char *file, *parameters = "";
static char module[64];

static int load(void)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC), ret;

	if (fd < 0)
		bail(file);
	ret = syscall(SYS_finit_module, fd, parameters, 0) ? -errno : 0;
	close(fd);
	return ret;
}

static bool unloaded(void)
{
	char path[128];

	snprintf(path, sizeof(path), "/sys/module/%s", module);
	return access(path, F_OK);
}

static bool no_debugfs(void)
{
	return access("/sys/kernel/debug/mmnotify", F_OK);
}

static void load_once(unsigned int nth)
{
	arm(nth);
	at->ret = load();
	disarm();
	if (!at->ret && syscall(SYS_delete_module, module, O_NONBLOCK))
		at->undone = -errno;
	if (!soon(unloaded) || (!strcmp(module, "mmnotify") && !no_debugfs()))
		at->undone = -EBUSY;
}

static void test_load(void)
{
	char what[160];
	struct sum sum;

	snprintf(module, sizeof(module), "%s", strrchr(file, '/') + 1);
	*strchrnul(module, '.') = 0;
	snprintf(what, sizeof(what), "load %s%s%s", module, *parameters ? " " : "",
		 parameters);
	sum = each(what, load_once);
	judge(what, &sum);
}

/* ---- calls of a driver ---- */

static int object(unsigned int kind, unsigned int flags)
{
	char *p = pages(4, RW);
	struct contract_object o = {
		.start = (unsigned long)p, .len = 4 * PAGE, .kind = kind,
		.flags = flags,
	};
	int id = ioctl(dev, CONTRACT_IOC_ADD, &o);

	return id < 0 ? -errno : id;
}

struct operation {
	const char *what;
	unsigned int kind;
	unsigned int flags;
};

static const struct operation operations[] = {
	{ "insert a range", CONTRACT_RANGE, 0 },
	{ "insert a range with end()", CONTRACT_RANGE, CONTRACT_END },
	{ "insert a range of two passes", CONTRACT_RANGE, CONTRACT_TWO_PASS },
	{ "get an mm", CONTRACT_MM, 0 },
};

static const struct operation *op;

static void insert_and_exit(unsigned int nth)
{
	int id;

	arm(nth);
	id = object(op->kind, op->flags);
	disarm();
	at->ret = id < 0 ? id : 0;
	if (id >= 0)
		at->undone = call(CONTRACT_IOC_DEL, id);
	_exit(0);
}

/* Runs it in a new process: its mm has had no notifier. */
static void call_once(unsigned int nth)
{
	pid_t pid = fork();
	int status = 0;

	if (!pid)
		insert_and_exit(nth);
	waitpid(pid, &status, 0);
	if (status || !soon(nothing_left))
		at->undone = -EBUSY;
}

static void test_objects(void)
{
	struct sum sum;
	unsigned int i;

	for (i = 0; i < NR(operations); i++) {
		op = &operations[i];
		sum = each(op->what, call_once);
		judge(op->what, &sum);
	}
}

/* ---- an end without memory for its note ---- */

static struct {
	char *p;
	int id;
} held;

static void *hold(void *arg)
{
	(void)arg;
	madvise(held.p, PAGE, MADV_DONTNEED);
	return NULL;
}

/* Opens the callback once both events are in it. */
static void *let_go(void *arg)
{
	(void)arg;
	wait_held(held.id);
	usleep(100000);
	call(CONTRACT_IOC_OPEN, held.id);
	return NULL;
}

static bool all_ended(void)
{
	struct contract_counts c = counts(held.id);

	return c.starts >= 2 && c.starts == c.ends && !c.held;
}

/*
 * While one event is in the range's callback, a second one needs a note of its own.
 * Without memory for the note its end comes when no event of the range runs any more.
 */
static void second_event(unsigned int nth)
{
	pthread_t first, last;

	held.p = pages(4, RW);
	held.id = add(CONTRACT_RANGE, held.p, 4 * PAGE,
		      CONTRACT_END | CONTRACT_HOLD_START);
	pthread_create(&last, NULL, let_go, NULL);
	pthread_create(&first, NULL, hold, NULL);
	wait_held(held.id);
	arm(nth);
	madvise(held.p + PAGE, PAGE, MADV_DONTNEED);
	disarm();
	pthread_join(first, NULL);
	pthread_join(last, NULL);
	if (!soon(all_ended))
		at->undone = -EBUSY;
	call(CONTRACT_IOC_DEL, held.id);
	unmap(held.p, 4);
}

static const char *name;

static void switch_on(unsigned int nth)
{
	arm(nth);
	at->ret = set_parameter(name, "1") ? 0 : -errno;
	disarm();
	at->undone = set_parameter(name, "0") ? 0 : -errno;
}

/* A page that cannot be made is shorter. */
static void read_page(unsigned int nth)
{
	char path[80], page[4096];
	int fd;

	snprintf(path, sizeof(path), "/sys/kernel/debug/mmnotify/%s", name);
	arm(nth);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	while (fd >= 0 && read(fd, page, sizeof(page)) > 0)
		;
	disarm();
	at->ret = fd < 0 ? -errno : 0;
	close(fd);
}

static void test_name(const char *which, void (*once)(unsigned int nth))
{
	struct sum sum;
	char text[160];

	name = which;
	sum = each(name, once);
	snprintf(text, sizeof(text),
		 "%s: if its allocations fail, the errno is clear or 0 and it works again", name);
	ok(!sum.odd && !sum.stuck, text);
}

/* This process has a notifier meanwhile, so that there is a driver to time. */
static void test_drivers(void)
{
	int id = object(operations[0].kind, operations[0].flags);

	test_name("timing", switch_on);
	test_name("drivers", read_page);
	test_name("tlb", read_page);
	if (id >= 0)
		call(CONTRACT_IOC_DEL, id);
}

/* What a socket asked for ends when it is closed. */
static void ask_genl(unsigned int nth)
{
	int ret = genl_open();

	at->undone = ret;
	if (ret)
		return;
	arm(nth);
	at->ret = !strcmp(name, "a socket watches") ? genl_watch() : genl_drivers();
	disarm();
	genl_close();
}

static void test_calls(void)
{
	struct sum sum;

	dev = open("/dev/mmn_contract", O_RDWR | O_CLOEXEC);
	if (dev < 0)
		bail("/dev/mmn_contract");
	test_objects();
	if (steps)
		return;
	test_name("watch", switch_on);
	test_drivers();
	test_name("a socket watches", ask_genl);
	test_name("a socket dumps drivers", ask_genl);
	sum = each("a second event of a range", second_event);
	ok(sum.faults && !sum.stuck,
	   "a second event of a range: without memory its end still comes");
}

int main(int argc, char **argv)
{
	faults = open("/dev/mmn_faults", O_RDWR | O_CLOEXEC);
	if (faults < 0)
		bail("/dev/mmn_faults");
	at = mmap(NULL, sizeof(*at), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
		  -1, 0);
	if (argc > 1 && !strcmp(argv[1], "steps")) {
		steps = true;
		argc--;
		argv++;
	}
	if (argc >= 3 && !strcmp(argv[1], "load")) {
		file = argv[2];
		parameters = argc > 3 ? argv[3] : "";
		test_load();
	} else if (argc == 2 && !strcmp(argv[1], "calls")) {
		test_calls();
	} else {
		bail("usage: faults [steps] load FILE [PARAMETERS] | faults [steps] calls");
	}
	return plan();
}
