/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* cgroups: control groups of version 2, by the numbers of their folders. */
#ifndef CGROUPS_H
#define CGROUPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* cgroup_choose() - @word is the number of a cgroup, or its folder. Dies if it is neither. */
void cgroup_choose(const char *word);

/* cgroup_chosen() - is @id the chosen cgroup, or one below it? */
bool cgroup_chosen(uint64_t id);

/*
 * cgroup_name() - the folder of a cgroup below the mount, its number if the folder is gone, "-" if
 * there is none. Return: @buf
 */
const char *cgroup_name(uint64_t id, char *buf, size_t size);

#endif /* CGROUPS_H */
