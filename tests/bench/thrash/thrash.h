/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* thrash: the translations and tracking that a device loses under common workloads. */
#ifndef THRASH_H
#define THRASH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "device.h"
#include "sys.h"

#define PG	4096UL
#define PAGES	256UL
#define BYTES	(PAGES * PG)
/* Bytes that the device only reads; the rest is its output. */
#define INPUT	(BYTES / 8 * 7)

/* One process, its memory and one device. */
struct bench {
	char *mem;
	int fd;
	const char *device;
	bool aware;
	unsigned long lost;	/* accesses that failed */
};

struct workload {
	const char *name;
	unsigned int rounds;
	void (*begin)(struct bench *b);
	void (*round)(struct bench *b, unsigned int nr);
	void (*end)(struct bench *b);
};

extern const struct workload workloads[];

/* thrash.c */
void fail(const char *what);
void device_reads(struct bench *b, char *p, size_t len);
void device_writes(struct bench *b, char *p, size_t len);
void device_pass(struct bench *b);
void cpu_writes(char *p, size_t len, int value);

#endif /* THRASH_H */
