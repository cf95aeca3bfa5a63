// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* event_stub: what event.c, maps.c and net.c would answer, without trace, /proc and netlink. */
#include <mmnotify/mmnotify_types.h>

#include "event.h"
#include "maps.h"
#include "net.h"

bool event_is_all(const struct event *e)
{
	return !e->start && e->end > 1ULL << 60;
}

unsigned long long event_pages(const struct event *e)
{
	return event_is_all(e) ? 0 : (e->end - e->start) / 4096;
}

bool event_is_exact(const struct event *e)
{
	return e->flags & MMNOTIFY_F_EXACT;
}

bool maps_place(int tgid, unsigned long long addr, char *file, size_t size,
		unsigned long long *offset)
{
	(void)tgid;
	(void)addr;
	(void)file;
	(void)size;
	(void)offset;
	return false;
}

const char *net_cause(unsigned int cause)
{
	static const char *const names[] = { "numa_hint", "munmap", "fork" };

	return names[cause];
}
