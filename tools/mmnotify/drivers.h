/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * drivers: which drivers each process has, and what their callbacks took while the tool ran, from
 * debugfs drivers. A process that has ended is remembered. Pure.
 */
#ifndef DRIVERS_H
#define DRIVERS_H

#include <stdbool.h>
#include <stdio.h>

#include "lines.h"

/* @base: what was counted before the tool ran */
struct driver_row {
	struct driver_line now, base;
};

struct drivers {
	unsigned int nr, room;
	struct driver_row *row;
};

/*
 * drivers_note() - remember what @text, the content of debugfs drivers, has.
 * @begin: what it has was counted before, and is not told
 */
void drivers_note(struct drivers *d, const char *text, bool begin);

/* drivers_known() - is any driver of the process @tgid known? */
bool drivers_known(const struct drivers *d, int tgid);

/* drivers_has() - has the process a driver of that module, or with that function? */
bool drivers_has(const struct drivers *d, int tgid, const char *name);

/* drivers_names() - "kvm, slow_gpu", or "-". Return: @buf */
const char *drivers_names(const struct drivers *d, int tgid, char *buf, size_t size);

/* drivers_first() - is row @i the first one with its process, module and function? */
bool drivers_first(const struct drivers *d, unsigned int i);

/* drivers_module() - the module of a driver, or the name of a function of the kernel itself. */
const char *drivers_module(const struct driver_line *line);

/* drivers_calls() - the calls while the tool ran. Return: false if there was none. */
bool drivers_calls(const struct driver_row *row, struct driver_line *calls);

/* drivers_print() - for people: those that @pid has, or had, and its calls; 0: all processes. */
void drivers_print(FILE *out, const struct drivers *d, int pid);

/* drivers_write() - hand lines as those of debugfs drivers to @fn, with the calls of this run. */
void drivers_write(const struct drivers *d, void (*fn)(const char *line, void *data), void *data);

void drivers_free(struct drivers *d);

#endif /* DRIVERS_H */
