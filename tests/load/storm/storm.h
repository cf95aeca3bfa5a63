/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* storm: declarations that the storms of objects share. */
#ifndef STORM_STORM_H
#define STORM_STORM_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "tap.h"
#include "../../modules/storm/storm.h"

#define PAGE		4096UL
#define RW		(PROT_READ | PROT_WRITE)
#define NR(a)		((unsigned int)(sizeof(a) / sizeof((a)[0])))

extern int dev;

/* The device. */
int open_dev(void);
int call(unsigned long cmd, struct storm_objects *o);
struct storm_counts counts(void);
/* Waits until removed objects are freed. Return: false if more than @most stay alive. */
bool alive_at_most(unsigned long long most);

/*
 * Memory, and threads that invalidate TRAFFIC_PAGES of it each until they are stopped, with
 * a pause after each round. A removal waits for running invalidations, so a million
 * removals need some time without any.
 */
#define TRAFFIC_PAGES	64

char *reserve(size_t len, int prot);
void start_traffic(char *p, unsigned int n, unsigned int pause);
void stop_traffic(void);
unsigned long traffic_rounds(void);
void write_file(const char *path, const char *text);
void sleep_us(unsigned int us);

/* The storms. */
void storm_pairs(unsigned long n);
void storm_ranges(unsigned long n);
void storm_lives(unsigned long n);
void storm_wide(unsigned long n);

#endif /* STORM_STORM_H */
