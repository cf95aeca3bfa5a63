/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* dat: writes trace.dat, version 6, which trace-cmd and KernelShark open. */
#ifndef DAT_H
#define DAT_H

#include <stddef.h>

struct dat;

/* dat_create() - begin a file for @cpus CPUs. Dies with one line if it cannot be made. */
struct dat *dat_create(const char *path, int cpus);

/* dat_page_size() - the size of pages of the ring buffer, before the first one is added. */
void dat_page_size(struct dat *dat, int size);

/* dat_page() - add a page of the ring buffer of @cpu. */
void dat_page(struct dat *dat, int cpu, const void *page);

/*
 * dat_finish() - write what describes the data, and the data, and close the file.
 * @tasks: lines "PID NAME" of the tasks in it
 * Return: its size
 */
unsigned long long dat_finish(struct dat *dat, const char *tasks);

#endif /* DAT_H */
