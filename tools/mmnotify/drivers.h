/* SPDX-License-Identifier: GPL-2.0-only */
/* drivers: how long callbacks of drivers took while the tool ran, from debugfs drivers. Pure. */
#ifndef DRIVERS_H
#define DRIVERS_H

#include <stdio.h>

/*
 * drivers_print() - the drivers of @pid: those that it has, and what their callbacks took.
 * @before: the file when timing began; @after: now
 */
void drivers_print(FILE *out, const char *before, const char *after, int pid);

#endif /* DRIVERS_H */
