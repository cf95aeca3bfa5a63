// SPDX-License-Identifier: GPL-2.0-only
/*
 * faults: each allocation that mmnotify makes, or that the kernel makes for it,
 * fails once: the first, then the second, until there is none left. What asked
 * for it then fails with a clear errno, or does with less; nothing is left of it;
 * and without a fault it works again. Then the same with each step that may fail.
 * TAP on stdout; "SITE" lines say where.
 *
 * Usage: faults [steps] load FILE [PARAMETERS]	a module, again and again
 *	  faults [steps] calls			what a driver asks for
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

#define MOST	2000	/* allocations of one operation */

/* What a run with one fault was; shared with the child that did it. */
struct attempt {
	struct faults_result fault;
	int ret;	/* of the operation, or -errno */
	int undone;	/* of what undoes it */
};

static struct attempt *at;
static int faults;

/* What fails: allocations, or steps like register_kprobe(). */
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

/* An errno that says what is wrong. Who could do with less has none. */
static bool is_clear(int ret)
{
	return !ret || (steps ? ret == -EBUSY : ret == -ENOMEM || ret == -EINTR);
}

/* Return: true if debugfs says it of a client: no range and no mm is left. */
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

/* Objects of a process that is gone go a moment later. */
static bool soon(bool (*what)(void))
{
	unsigned int i;

	for (i = 0; i < 100 && !what(); i++)
		usleep(20000);
	return what();
}

struct sum {
	unsigned int faults;
	unsigned int failed;	/* operations that did */
	unsigned int odd;	/* errors that are not clear */
	unsigned int stuck;	/* what could not be undone */
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

/* One run per allocation, then one without a fault. */
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
	printf("# %s: %u %s, %u of them let it fail\n", what, sum.faults, kind(),
	       sum.failed);
	if (nth > MOST || at->ret || at->undone)
		sum.stuck++;
	return sum;
}

static void judge(const char *what, const struct sum *sum)
{
	char text[160];

	snprintf(text, sizeof(text), "%s: %s fail, and there are some", what, kind());
	ok(sum->faults, text);
	snprintf(text, sizeof(text), "%s: without %s a clear errno or less", what, kind());
	ok(!sum->odd, text);
	snprintf(text, sizeof(text),
		 "%s: what it had begun before its %s failed is undone, the next try works",
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

/* ---- what a driver asks for ---- */

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

/* Each time a process that had no notifier before. */
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

/* ---- an end that nobody has a note for ---- */

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

/* By now both events are in the range's callback. */
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
 * While one event is in the range's callback a second one needs a note of its own.
 * Without memory for it the end comes when nothing runs any more.
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

static void switch_on(unsigned int nth)
{
	arm(nth);
	at->ret = set_parameter("watch", "1") ? 0 : -errno;
	disarm();
	at->undone = set_parameter("watch", "0") ? 0 : -errno;
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
	sum = each("watch=1", switch_on);
	ok(!sum.odd && !sum.stuck, "watch=1: a clear errno or none, and it works again");
	sum = each("a second event of a range", second_event);
	ok(sum.faults && !sum.stuck,
	   "a second event of a range: no memory for its end, and the end comes");
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
