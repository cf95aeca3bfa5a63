// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * monitor: the group is told of each event that takes long, of each call site that is not exact and
 * of each client, once, and again if that could not be sent.
 */
#include <stdlib.h>

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify_netlink.h>

#include "census/census.h"
#include "client/client.h"
#include "messages.h"
#include "netlink/monitor.h"
#include "netlink/rows.h"
#include "rules/site_table.h"
#include "tap.h"
#include "verdict/flight.h"

struct work_struct *shim_scheduled;
unsigned long shim_delay;

static bool listens = true, no_memory, no_room;
static mmn_client_fn report;

/* One letter and a number for each message that was sent. */
static char sent[200];
static struct sk_buff skb;
static u8 command;

bool mmn_message_has_listeners(void)
{
	return listens;
}

struct sk_buff *mmn_message_begin(u8 cmd, void **hdr)
{
	command = cmd;
	*hdr = &skb;
	return no_memory ? NULL : &skb;
}

static char pending[20];

bool mmn_message_send(struct sk_buff *buf, void *hdr, int error)
{
	if (!error)
		strcat(sent, pending);
	return !error;
}

/* Return: -EMSGSIZE if there is no room, which a test may want. */
static int put(char what, u8 cmd, unsigned int nr)
{
	if (command != cmd)
		what = '?';
	snprintf(pending, sizeof(pending), "%c%u ", what, nr);
	return no_room ? -EMSGSIZE : 0;
}

int mmn_rows_put_client(struct sk_buff *buf, const struct mmn_client_state *s)
{
	return command == MMNOTIFY_CMD_CLIENT_ADD_NTF ?
	       put('+', MMNOTIFY_CMD_CLIENT_ADD_NTF, s->id) :
	       put('-', MMNOTIFY_CMD_CLIENT_DEL_NTF, s->id);
}

int mmn_rows_put_flight(struct sk_buff *buf, const struct mmn_flight *f, const char *comm)
{
	return put(strcmp(comm, "task") ? '?' : 'f', MMNOTIFY_CMD_STUCK_NTF, f->nr);
}

int mmn_rows_put_site(struct sk_buff *buf, unsigned int row)
{
	return put('s', MMNOTIFY_CMD_INEXACT_NTF, row);
}

static unsigned int unknowns;

int mmn_rows_put_unknown(struct sk_buff *buf, unsigned int i)
{
	int ret = put('u', MMNOTIFY_CMD_INEXACT_NTF, i);

	return i < unknowns ? ret : -ENOENT;
}

void mmn_client_report_to(mmn_client_fn fn)
{
	report = fn;
}

static u64 now = 5000000000;
static struct mmn_flight flights[2];

u64 local_clock(void)
{
	return now;
}

u64 ktime_get_mono_fast_ns(void)
{
	return now;
}

int mmn_flight_read(unsigned int i, struct mmn_flight *f, char *comm)
{
	if (i > 1)
		return -ENOENT;
	*f = flights[i];
	snprintf(comm, TASK_COMM_LEN, "task");
	return !!f->nr;
}

static u64 inexact;
static unsigned int unhit, surprised;

u64 mmn_stats_read(enum mmn_stat stat)
{
	return stat == MMN_STAT_INEXACT ? inexact : 1000;
}

u64 mmn_stats_site_hits(unsigned int row)
{
	return row != unhit;
}

const char *mmn_census_why_not(unsigned int row)
{
	return row == 1 || row == 2 ? "changed" : NULL;
}

bool mmn_census_surprised(unsigned int row)
{
	return row == surprised;
}

unsigned int mmn_site_table_nr(void)
{
	return 5;
}

/* Runs the work item. Return: was this sent? */
static bool sends(const char *what)
{
	struct work_struct *work = shim_scheduled;
	bool same;

	sent[0] = '\0';
	shim_scheduled = NULL;
	work->func(work);
	same = !strcmp(sent, what) && shim_scheduled == work && shim_delay == HZ / 2;
	if (!same)
		printf("# \"%s\", not \"%s\"\n", sent, what);
	return same;
}

static void test_stuck(void)
{
	flights[1] = (struct mmn_flight){ .nr = 8, .since = now };
	now += 999999999;
	ok(sends(""), "an event of less than a second is not reported");
	now++;
	listens = false;
	ok(sends(""), "nor is any while there is no listener");
	listens = true;
	no_memory = true;
	ok(sends(""), "nor without memory");
	no_memory = false;
	no_room = true;
	ok(sends(""), "nor without room");
	no_room = false;
	ok(sends("f8 "), "one that takes longer is, when it can be");
	ok(sends(""), "once");
	flights[0] = (struct mmn_flight){ .nr = 9, .since = now - 2000000000 };
	flights[1].nr = 11;
	ok(sends("f9 f11 "), "others are, also at the same place");
	flights[0].nr = 0;
	flights[1].nr = 0;
	ok(sends(""), "until they end");
}

static void test_inexact(void)
{
	unhit = 2;
	unknowns = 1;
	inexact = 1;
	ok(sends("s1 u0 "), "a call site that is not exact is reported if it had an event");
	unhit = 0;
	unknowns = 3;
	ok(sends(""), "they are looked at if an event was not exact");
	inexact = 2;
	ok(sends("s2 u1 u2 "), "each one is reported once");
	surprised = 4;
	inexact = 3;
	ok(sends("s4 "), "so is one with an event that was not audited");
	inexact = 4;
	ok(sends(""), "and no more");
}

static void test_clients(void)
{
	struct mmn_client_state s = { .id = 6 };

	ok(!report, "clients are not reported before the family is there");
	mmn_monitor_init();
	sent[0] = '\0';
	report(&s, true);
	report(&s, false);
	ok(!strcmp(sent, "+6 -6 "), "clients that come and go are reported");
	listens = false;
	report(&s, true);
	listens = true;
	no_memory = true;
	report(&s, true);
	no_memory = false;
	ok(!strcmp(sent, "+6 -6 "), "not without a listener, or memory");
	mmn_monitor_exit();
	ok(!report, "until the family goes");
}

int main(void)
{
	mmn_monitor_start();
	ok(shim_scheduled && shim_delay == HZ / 2, "a work item looks twice in a second");
	test_stuck();
	test_inexact();
	mmn_monitor_stop();
	ok(!shim_scheduled, "until there is no socket");
	test_clients();
	return tap_done();
}
