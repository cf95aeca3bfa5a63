// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * drv: calls of /dev/mmn_contract.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "drv.h"
#include "sys.h"

int dev = -1;
struct contract_record recs[CONTRACT_LOG];
unsigned int nr_recs;
struct share *shared;

void ok(bool good, const char *what)
{
	if (!tap_ok(good, "%s", what))
		show();
}

char *pages(unsigned int n, int prot)
{
	char *p = mmap(NULL, (n + 2) * PAGE, PROT_NONE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p == MAP_FAILED || mprotect(p + PAGE, n * PAGE, RW))
		bail("mmap");
	p += PAGE;
	if (prot & PROT_WRITE)
		memset(p, 1, n * PAGE);
	else if (mprotect(p, n * PAGE, prot))
		bail("mprotect");
	return p;
}

void unmap(char *p, unsigned int n)
{
	munmap(p - PAGE, (n + 2) * PAGE);
}

int add_for(unsigned int effects, unsigned int kind, const void *p, size_t len,
	    unsigned int flags)
{
	struct contract_object o = {
		.start = (unsigned long)p, .len = len, .kind = kind,
		.flags = flags, .effects = effects,
	};
	int id = ioctl(dev, CONTRACT_IOC_ADD, &o);

	if (id < 0)
		bail("add an object");
	return id;
}

int add(unsigned int kind, const void *p, size_t len, unsigned int flags)
{
	return add_for(0, kind, p, len, flags);
}

int call(unsigned int cmd, int id)
{
	int ret = ioctl(dev, cmd, (unsigned long)id);

	return ret < 0 ? -errno : ret;
}

int move(int id, const void *p, size_t len)
{
	struct contract_object o = {
		.id = id, .start = (unsigned long)p, .len = len,
	};

	return ioctl(dev, CONTRACT_IOC_MOVE, &o) ? -errno : 0;
}

unsigned long long begin(int id)
{
	struct contract_object o = { .id = id };

	if (ioctl(dev, CONTRACT_IOC_BEGIN, &o))
		bail("read_begin");
	return o.seq;
}

int retry(int id, unsigned long long seq)
{
	struct contract_object o = { .id = id, .seq = seq };

	return ioctl(dev, CONTRACT_IOC_RETRY, &o);
}

struct contract_counts counts(int id)
{
	struct contract_counts c = { .id = id };

	if (ioctl(dev, CONTRACT_IOC_COUNTS, &c))
		memset(&c, 0, sizeof(c));
	return c;
}

static bool held(const struct contract_counts *c, unsigned int n)
{
	return c->held >= n;
}

static bool started(const struct contract_counts *c, unsigned int n)
{
	return c->starts >= n;
}

static bool ended(const struct contract_counts *c, unsigned int n)
{
	return c->ends >= n;
}

static bool wait_until(bool (*is)(const struct contract_counts *c, unsigned int n),
		       int id, unsigned int n)
{
	struct contract_counts c;
	unsigned int i;

	for (i = 0; i < 8000; i++) {
		c = counts(id);
		if (is(&c, n))
			return true;
		usleep(1000);
	}
	return false;
}

bool wait_held(int id)
{
	return wait_until(held, id, 1);
}

bool wait_starts(int id, unsigned int n)
{
	return wait_until(started, id, n);
}

bool wait_ends(int id, unsigned int n)
{
	return wait_until(ended, id, n);
}

void fetch(void)
{
	struct contract_log l = { .buf = (unsigned long)recs, .nr = NR(recs) };

	if (ioctl(dev, CONTRACT_IOC_READ, &l))
		bail("read the log");
	nr_recs = l.nr;
}

unsigned int count(int id, unsigned int phase)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_recs; i++)
		n += recs[i].id == (unsigned int)id && recs[i].phase == phase;
	return n;
}

unsigned int count_cause(int id, unsigned int phase, unsigned int cause)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_recs; i++)
		n += recs[i].id == (unsigned int)id && recs[i].phase == phase &&
		     recs[i].cause == cause;
	return n;
}

const struct contract_record *nth(int id, unsigned int phase, unsigned int n)
{
	static const struct contract_record none = { .id = ~0U, .event = ~0U };
	unsigned int i;

	for (i = 0; i < nr_recs; i++)
		if (recs[i].id == (unsigned int)id && recs[i].phase == phase && !n--)
			return &recs[i];
	return &none;
}

const struct contract_record *find(int id, unsigned int phase, unsigned int cause)
{
	unsigned int i;

	for (i = 0; i < nr_recs; i++)
		if (recs[i].id == (unsigned int)id && recs[i].phase == phase &&
		    recs[i].cause == cause)
			return &recs[i];
	return NULL;
}

bool is_release(const struct contract_record *r)
{
	return r->phase == CONTRACT_AT_RELEASE ||
	       (r->phase == CONTRACT_AT_START && r->event == MMNOTIFY_RELEASE);
}

unsigned int releases(int id)
{
	unsigned int i, n = 0;

	for (i = 0; i < nr_recs; i++)
		n += recs[i].id == (unsigned int)id && is_release(&recs[i]);
	return n;
}

unsigned int about(int id, unsigned int phase, const char *p, unsigned int n)
{
	unsigned long start = (unsigned long)p, end = start + n * PAGE;
	unsigned int i, sum = 0;

	for (i = 0; i < nr_recs; i++)
		sum += recs[i].id == (unsigned int)id && recs[i].phase == phase &&
		       recs[i].start < end && recs[i].end > start;
	return sum;
}

void show(void)
{
	const struct contract_record *r;
	unsigned int i;

	for (i = 0; i < nr_recs && i < 24; i++) {
		r = &recs[i];
		printf("# id=%u phase=%u event=%u cause=%u fx=%x flags=%x perm=%u tid=%u seq=%llu [%llx,%llx) pages=%u result=%d owner=%u\n",
		       r->id, r->phase, r->event, r->cause, r->effects, r->flags,
		       r->perm, r->tid, r->seq, r->start, r->end, r->pages,
		       r->result, r->owner);
	}
	fflush(stdout);
}

void wait_for(volatile bool *flag)
{
	unsigned int i;

	for (i = 0; i < 5000 && !*flag; i++)
		usleep(1000);
}

pid_t child(void (*f)(void))
{
	pid_t pid;

	if (!shared)
		shared = mmap(NULL, sizeof(*shared), RW,
			      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		bail("mmap");
	memset((void *)shared, 0, sizeof(*shared));
	pid = fork();
	if (!pid) {
		f();
		_exit(0);
	}
	if (pid < 0)
		bail("fork");
	wait_for(&shared->ready);
	return pid;
}

void del_all(unsigned int n)
{
	unsigned int i;

	for (i = 0; i < n; i++)
		call(CONTRACT_IOC_DEL, shared->ids[i]);
	call(CONTRACT_IOC_SYNC, 0);
}

/* Return: first character of a parameter of a module. */
char parameter(const char *module, const char *name)
{
	char path[128], value;
	int fd;

	snprintf(path, sizeof(path), "/sys/module/%s/parameters/%s", module, name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || read(fd, &value, 1) != 1)
		bail(path);
	close(fd);
	return value;
}

void write_file(const char *path, const char *text)
{
	if (!access(path, W_OK) && put(path, text))
		fprintf(stderr, "# %s: %s\n", path, strerror(errno));
}

bool set_parameter(const char *name, const char *value)
{
	char path[128];
	int fd, good;

	snprintf(path, sizeof(path), "/sys/module/mmnotify/parameters/%s", name);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	good = write(fd, value, strlen(value)) == (ssize_t)strlen(value);
	close(fd);
	return good;
}
