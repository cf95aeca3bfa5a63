// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* map: the text of /proc/PID/maps, and regions in words. Pure. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "maps.h"
#include "util.h"

/* Longest tail of a path that is shown. */
#define TAIL	44

static bool parse_line(const char *line, struct region *region)
{
	int name = 0;

	if (sscanf(line, "%llx-%llx %*s %llx %*s %*s %n", &region->start, &region->end,
		   &region->offset, &name) != 3 || !name)
		return false;
	region->name = copy_text(line + name);
	return true;
}

void map_parse(char *text, struct map *map)
{
	unsigned int room = 0;
	char *line;

	*map = (struct map){ 0 };
	while ((line = next_line(&text))) {
		if (map->nr == room) {
			room = room ? 2 * room : 64;
			map->regions = regrow(map->regions, room * sizeof(*map->regions));
		}
		map->nr += parse_line(line, &map->regions[map->nr]);
	}
}

void map_free(struct map *map)
{
	for (unsigned int i = 0; i < map->nr; i++)
		free(map->regions[i].name);
	free(map->regions);
	*map = (struct map){ 0 };
}

const struct region *map_find(const struct map *map, unsigned long long addr,
			      unsigned long long end)
{
	unsigned int low = 0, high = map->nr;

	/* The first region that ends behind @addr. */
	while (low < high) {
		unsigned int middle = (low + high) / 2;

		if (map->regions[middle].end <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == map->nr || map->regions[low].start >= (end > addr ? end : addr + 1))
		return NULL;
	return &map->regions[low];
}

static bool begins(const char *text, const char *with)
{
	return !strncmp(text, with, strlen(with));
}

static void named(char buf[KIND_LEN], const char *kind, const char *name)
{
	size_t len = strcspn(name, "]");

	snprintf(buf, KIND_LEN, "%s %.*s", kind, (int)(len < TAIL ? len : TAIL), name);
}

static void file_kind(char buf[KIND_LEN], const char *path)
{
	size_t len = strlen(path);

	if (len > TAIL)
		snprintf(buf, KIND_LEN, "...%s", path + len - TAIL);
	else
		snprintf(buf, KIND_LEN, "%s", path);
}

const char *kind_of(const struct region *region, char buf[KIND_LEN])
{
	const char *name = region->name;

	if (!*name)
		snprintf(buf, KIND_LEN, "anonymous");
	else if (begins(name, "[heap"))
		snprintf(buf, KIND_LEN, "heap");
	else if (begins(name, "[stack"))
		snprintf(buf, KIND_LEN, "stack");
	else if (begins(name, "[anon_shmem:"))
		named(buf, "shared memory", name + 12);
	else if (begins(name, "[anon:"))
		named(buf, "anonymous", name + 6);
	else if (begins(name, "[v"))
		snprintf(buf, KIND_LEN, "vdso");
	else if (begins(name, "/dev/zero (deleted)") || begins(name, "/SYSV"))
		snprintf(buf, KIND_LEN, "shared memory");
	else if (begins(name, "/anon_hugepage"))
		snprintf(buf, KIND_LEN, "huge pages");
	else if (begins(name, "/memfd:"))
		named(buf, "memfd", name + 7);
	else
		file_kind(buf, name);
	return buf;
}
