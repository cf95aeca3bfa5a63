// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * monitor: messages to the multicast group. While a socket asks for watching, a work item looks for
 * events that take long and for call sites that are not exact. So nothing is sent from the hook.
 */
#include <linux/bitmap.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/skbuff.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify_netlink.h>

#include "census/census.h"
#include "client/client.h"
#include "message.h"
#include "monitor.h"
#include "rows.h"
#include "rules/site_table.h"
#include "stats.h"
#include "verdict/flight.h"

#define PERIOD		(HZ / 2)
#define STUCK_NS	1000000000ULL

/* Number of the last event that was reported, by its place in the table of events in flight. */
static u64 stuck[1 << MMN_FLIGHT_BITS];
/* Rows that were reported as not exact, and call sites without a row. */
static DECLARE_BITMAP(inexact, MMN_SITE_ROWS_MAX);
static unsigned int unknowns;
/* Events that were not exact when call sites were looked at. */
static u64 seen;

static void send_client(const struct mmn_client_state *s, bool added)
{
	u8 cmd = added ? MMNOTIFY_CMD_CLIENT_ADD_NTF : MMNOTIFY_CMD_CLIENT_DEL_NTF;
	struct sk_buff *skb;
	void *hdr;

	if (!mmn_message_has_listeners())
		return;
	skb = mmn_message_begin(cmd, &hdr);
	if (skb)
		mmn_message_send(skb, hdr, mmn_rows_put_client(skb, s));
}

static bool send_flight(const struct mmn_flight *f, const char *comm)
{
	void *hdr;
	struct sk_buff *skb = mmn_message_begin(MMNOTIFY_CMD_STUCK_NTF, &hdr);

	return skb && mmn_message_send(skb, hdr, mmn_rows_put_flight(skb, f, comm));
}

static bool send_site(unsigned int row)
{
	void *hdr;
	struct sk_buff *skb = mmn_message_begin(MMNOTIFY_CMD_INEXACT_NTF, &hdr);

	return skb && mmn_message_send(skb, hdr, mmn_rows_put_site(skb, row));
}

static bool send_unknown(unsigned int i)
{
	void *hdr;
	struct sk_buff *skb = mmn_message_begin(MMNOTIFY_CMD_INEXACT_NTF, &hdr);

	return skb && mmn_message_send(skb, hdr, mmn_rows_put_unknown(skb, i));
}

static void look_for_stuck(void)
{
	char comm[TASK_COMM_LEN];
	struct mmn_flight f;
	unsigned int i;
	int ret;

	for (i = 0; (ret = mmn_flight_read(i, &f, comm)) >= 0; i++) {
		if (!ret || f.nr == stuck[i] || mmn_flight_age(&f) < STUCK_NS)
			continue;
		if (send_flight(&f, comm))
			stuck[i] = f.nr;
	}
}

static bool is_inexact(unsigned int row)
{
	return mmn_stats_site_hits(row) && (mmn_census_why_not(row) || mmn_census_surprised(row));
}

static void look_for_inexact(void)
{
	u64 events = mmn_stats_read(MMN_STAT_INEXACT);
	unsigned int row;

	if (events == seen)
		return;
	seen = events;
	for (row = 1; row < mmn_site_table_nr(); row++)
		if (!test_bit(row, inexact) && is_inexact(row) && send_site(row))
			__set_bit(row, inexact);
	while (send_unknown(unknowns))
		unknowns++;
}

static void look(struct work_struct *work);
static DECLARE_DELAYED_WORK(look_work, look);

static void look(struct work_struct *work)
{
	if (mmn_message_has_listeners()) {
		look_for_stuck();
		look_for_inexact();
	}
	schedule_delayed_work(&look_work, PERIOD);
}

/* A socket asks for watching. Context: Process. */
void mmn_monitor_start(void)
{
	schedule_delayed_work(&look_work, PERIOD);
}

/* None does any more. Context: Process, sleeps. */
void mmn_monitor_stop(void)
{
	cancel_delayed_work_sync(&look_work);
}

/**
 * mmn_monitor_init() - begin to report clients that come and go
 *
 * Context: Process, may sleep; when the family is registered.
 */
void mmn_monitor_init(void)
{
	mmn_client_report_to(send_client);
}

/**
 * mmn_monitor_exit() - report no more clients
 *
 * Context: Process, sleeps; before the family is unregistered.
 */
void mmn_monitor_exit(void)
{
	mmn_client_report_to(NULL);
}
