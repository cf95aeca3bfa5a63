/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* maps: what kind of memory an address of a process is, from /proc/PID/maps. */
#ifndef MAPS_H
#define MAPS_H

#include <stdbool.h>
#include <stddef.h>

#define KIND_LEN	96

struct region {
	unsigned long long start, end, offset;
	char *name;
};

struct map {
	unsigned int nr;
	struct region *regions;
};

/* map_parse() - the regions of the text of /proc/PID/maps, which is changed. */
void map_parse(char *text, struct map *map);

void map_free(struct map *map);

/* map_find() - Return: the region with @addr, or the first one in [@addr, @end), or NULL. */
const struct region *map_find(const struct map *map, unsigned long long addr,
			      unsigned long long end);

/*
 * kind_of() - a region in words: "heap", "stack", "anonymous", "shared memory NAME", a file's path.
 * A long path keeps its end. Return: @buf
 */
const char *kind_of(const struct region *region, char buf[KIND_LEN]);

/*
 * maps_kind() - kind of the memory at [@start, @end) of the process @tgid now or a moment ago: what
 * was unmapped is in an older copy. Never waits long: a process that hangs in an operation on its
 * mm may block readers of its maps. Return: @buf, "" if it is not known
 */
const char *maps_kind(int tgid, unsigned long long start, unsigned long long end,
		      char buf[KIND_LEN]);

/* maps_watch() - take a copy of the maps of @tgid now, so that what ends later is known. */
void maps_watch(int tgid);

/*
 * maps_place() - the file and the offset in it behind an address of code.
 * Return: false if there is none
 */
bool maps_place(int tgid, unsigned long long addr, char *file, size_t size,
		unsigned long long *offset);

#endif /* MAPS_H */
