/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* net: the module's numbers, by its generic netlink family. docs/netlink/mmnotify.yaml has them. */
#ifndef NET_H
#define NET_H

#include <stdbool.h>
#include <stdint.h>

#define NET_BUCKETS	40
#define NET_NAME	64

/* Events of a process and a cause. */
struct net_count {
	unsigned int cause;
	uint64_t events;
	uint64_t pages;
	uint64_t ns;
};

/* @until: second at which counting ended; 0 while it goes on */
struct net_process {
	uint64_t id;
	unsigned int tgid;
	char comm[NET_NAME];
	uint64_t cgroup;
	uint64_t since;
	uint64_t until;
	unsigned int nr;
	struct net_count *counts;
};

/* Events of the whole machine. */
struct net_counter {
	unsigned int event;
	unsigned int cause;
	uint64_t count;
	uint64_t walked;
};

/* Calls of a driver's callback; @process is the id of an entry, 0 in a row of @notifiers. */
struct net_driver {
	char symbol[NET_NAME];
	char module[NET_NAME];
	uint64_t process;
	unsigned int tgid;
	char comm[NET_NAME];
	unsigned int cause;
	unsigned int notifiers;
	uint64_t calls;
	uint64_t ns;
	uint64_t max_ns;
	uint64_t bucket[NET_BUCKETS];
};

struct net_client {
	char name[NET_NAME];
	char module[NET_NAME];
	bool objects;
	uint64_t ranges;
	uint64_t mms;
	uint64_t delivered;
	uint64_t timed;
	uint64_t ns;
};

struct net_info {
	char version[NET_NAME];
	char trust[NET_NAME];
	char hook[NET_NAME];
	char no_drivers[160];
	bool exact;
	bool watching;
	bool timing;
	bool drivers;
	uint64_t since;
	uint64_t now_ns;
	uint64_t inexact;
	uint64_t delivered;
	uint64_t walks;
	uint64_t without_entry;
	uint64_t unlisted;
	uint64_t untimed;
};

/*
 * @flights: events in flight, and @oldest_ns the age of the oldest one
 * @flagged: a dump may lack rows
 */
struct net_snapshot {
	struct net_info info;
	struct net_process *processes;
	struct net_counter *counters;
	struct net_driver *drivers;
	struct net_client *clients;
	unsigned int nr_processes;
	unsigned int nr_counters;
	unsigned int nr_drivers;
	unsigned int nr_clients;
	unsigned int flights;
	uint64_t oldest_ns;
	bool flagged;
};

/* net_open() - find the family and the names of causes. Dies with one line. */
void net_open(void);

/*
 * net_watch() - watch until this program ends; with @timing callbacks are timed as well, if that is
 * available on this kernel. Return: true if they are.
 */
bool net_watch(bool timing);

/* net_untimed() - Return: why callbacks cannot be timed, a part of a sentence. */
const char *net_untimed(void);

/* net_read() - read all there is. Each pointer is to be freed by net_free(). */
void net_read(struct net_snapshot *s);

/* net_read_processes() - likewise, but processes only. */
void net_read_processes(struct net_snapshot *s);
void net_free(struct net_snapshot *s);

/* net_cause(), net_event() - Return: the name of a number; never NULL. */
const char *net_cause(unsigned int cause);
const char *net_event(unsigned int event);

#endif /* NET_H */
