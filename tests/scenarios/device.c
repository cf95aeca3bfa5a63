// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* device: the calls by which a scenario uses the mirror device and reports to the runner. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "runner.h"

#define DEVICE		"/dev/mmn_mirror"

int open_mirror(void)
{
	return open(DEVICE, O_RDWR | O_CLOEXEC);
}

/* Without ranges the other tiers remain; a scenario of ranges alone has a native notifier. */
unsigned int tiers_of(const struct scenario *sc)
{
	unsigned int tiers = sc->tiers ? sc->tiers : ALL_TIERS;

	if (!has(F_RANGES))
		tiers &= ~MIRROR_TIER_RANGE;
	return tiers ? tiers : MIRROR_TIER_CLASSIFY;
}

static void say(struct env *e, enum result what, const char *fmt, va_list ap)
{
	vsnprintf(e->sh->why, sizeof(e->sh->why), fmt, ap);
	e->sh->result = what;
	_exit(0);
}

void skip(struct env *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(e, RESULT_SKIP, fmt, ap);
	_exit(0);
}

void need_feature(struct env *e, enum feature f)
{
	if (!has(f))
		skip(e, "this kernel does not have %s", lack_of(f));
}

void fail(struct env *e, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(e, RESULT_FAIL, fmt, ap);
	_exit(0);
}

/* Appends the records that the device has logged so far to the shared log. */
void drain(struct env *e)
{
	struct shared *sh = e->sh;
	ssize_t got;

	do {
		got = read(e->fd, sh->log + sh->nr,
			   (MAX_RECORDS - sh->nr) * sizeof(sh->log[0]));
		if (got > 0)
			sh->nr += got / sizeof(sh->log[0]);
	} while (got > 0 && sh->nr < MAX_RECORDS);
}

/* Reads the device's translations and the CPU's pagemap entries of the watched range. */
void look_at(struct env *e, struct page_state *pages)
{
	struct shared *sh = e->sh;
	int pm = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u32 i;

	sh->stride = 1 + (sh->len / PG - 1) / MAX_PAGES;
	sh->pages = (sh->len / PG - 1) / sh->stride + 1;
	for (i = 0; i < sh->pages; i++) {
		__u64 addr = sh->start + (__u64)i * sh->stride * PG;
		struct mirror_lookup l = { .addr = addr };

		memset(&pages[i], 0, sizeof(pages[i]));
		if (ioctl(e->fd, MIRROR_IOC_LOOKUP, &l))
			continue;
		pages[i].present = l.present;
		pages[i].writable = l.writable;
		if (pread(pm, &pages[i].pagemap, 8, addr / PG * 8) != 8)
			pages[i].pagemap = 0;
	}
	if (pm >= 0)
		close(pm);
}

static void attach(struct env *e)
{
	struct mirror_attach a = { .tiers = tiers_of(e->sc) };

	must(e, !ioctl(e->fd, MIRROR_IOC_ATTACH, &a));
	e->sh->attached = true;
}

/* Starts mirroring [p, p + len). Call it once per scenario. */
void watch(struct env *e, void *p, size_t len)
{
	struct mirror_range r = { .start = (uintptr_t)p, .len = len };

	e->sh->start = r.start;
	e->sh->len = len;
	if (e->fd < 0)
		return;
	if (!e->sh->attached)
		attach(e);
	drain(e);
	e->sh->watch_at = e->sh->nr;
	if (tiers_of(e->sc) & MIRROR_TIER_RANGE)
		must(e, !ioctl(e->fd, MIRROR_IOC_ADD_RANGE, &r));
}

/*
 * The device accesses [p, p + len), which fills its translations, and the CPU's. A device
 * without ranges has none, so the CPU does it alone.
 */
static void touch(char *p, size_t len, bool write)
{
	volatile char *at = p;
	size_t i;

	for (i = 0; i < len; i += PG) {
		char was = at[i];

		if (write)
			at[i] = was;
	}
}

void device(struct env *e, void *p, size_t len, bool write)
{
	struct mirror_access a = {
		.start = (uintptr_t)p, .len = len, .write = write,
	};

	if (!has(F_RANGES))
		touch(p, len, write);
	if (e->fd < 0 || !(tiers_of(e->sc) & MIRROR_TIER_RANGE))
		return;
	must(e, !ioctl(e->fd, MIRROR_IOC_ACCESS, &a));
	must(e, a.pages == len / PG);
}

/* The operation under test starts here. */
void begin(struct env *e)
{
	must(e, e->sh->len);
	look_at(e, e->sh->before);
	drain(e);
	e->sh->begin_at = e->sh->nr;
	e->sh->begun = true;
}

/* Return: number of starts with this cause in the watched range since begin(). */
unsigned int seen(struct env *e, unsigned int cause)
{
	unsigned int n = 0;
	__u32 i;

	drain(e);
	for (i = e->sh->begin_at; i < e->sh->nr; i++)
		n += has_cause(e->sc, &e->sh->log[i], cause) &&
		     e->sh->log[i].phase == MIRROR_PHASE_START &&
		     in_region(e->sh, &e->sh->log[i]);
	return n;
}

bool wait_for_cause(struct env *e, unsigned int cause, unsigned int ms)
{
	for (; ms > 10; ms -= 10) {
		if (seen(e, cause))
			return true;
		sleep_ms(10);
	}
	return seen(e, cause);
}

/* Return: true if each tier got so many starts. */
bool seen_times(struct env *e, unsigned int cause, unsigned int times)
{
	return seen(e, cause) >= __builtin_popcount(tiers_of(e->sc)) * times;
}

/* For events that another task causes in many pieces. */
bool wait_for_times(struct env *e, unsigned int cause, unsigned int times,
		    unsigned int ms)
{
	for (; ms > 10; ms -= 10) {
		if (seen_times(e, cause, times))
			return true;
		sleep_ms(10);
	}
	return seen_times(e, cause, times);
}
