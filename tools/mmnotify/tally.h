/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* tally: sums over events, by keys. Pure. */
#ifndef TALLY_H
#define TALLY_H

#include <stdbool.h>

#include "event.h"

/* Bucket i of the histogram has times of [2^i, 2^(i+1)) ns; the last one all longer ones. */
#define TALLY_BUCKETS	42

/*
 * @nothing: events without an effect, which a driver can ignore
 * @inexact: events whose verdict was not exact
 */
struct tally {
	unsigned long long events;
	unsigned long long pages;
	unsigned long long ns;
	unsigned long long max_ns;
	unsigned long long nothing;
	unsigned long long inexact;
	unsigned long long bucket[TALLY_BUCKETS];
};

void tally_add(struct tally *t, const struct event *e);

/* tally_sum() - add another one. */
void tally_sum(struct tally *to, const struct tally *t);

/* tally_quantile() - a time that the share @q (0 to 1) of the events does not exceed, ns. */
unsigned long long tally_quantile(const struct tally *t, double q);

#define KEY_LEN	96

struct row {
	char key[KEY_LEN];
	struct tally t;
};

/* Rows by key; @sorted is the same after table_sort(). */
struct table {
	unsigned int nr, room;
	struct row **slot;
	struct row **sorted;
};

/* table_get() - the sums of @key, made if there are none. */
struct tally *table_get(struct table *table, const char *key);

/* table_sort() - fill @sorted: most time first, then most pages. */
void table_sort(struct table *table);

void table_free(struct table *table);

/* The most frequent of many names. Exact up to so many different ones, else close. */
#define TOP_MAX	8

struct top {
	struct {
		char name[KEY_LEN];
		unsigned long long nr;
	} slot[TOP_MAX];
};

void top_add(struct top *top, const char *name);

/* top_best() - Return: index of the most frequent name, or -1. */
int top_best(const struct top *top);

#endif /* TALLY_H */
