// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * snapshot: the dump of drivers. Its rows come from the notifiers of all mms and from a table whose
 * lines are freed, so they have no position that lasts. They are copied at once, and sent from the
 * copy.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/netlink.h>
#include <linux/overflow.h>
#include <linux/skbuff.h>
#include <linux/slab.h>

#include <net/genetlink.h>

#include <mmnotify/mmnotify_netlink.h>

#include "drivers/drivers.h"
#include "message.h"
#include "process.h"
#include "snapshot.h"
#include "times.h"

/* Room for drivers that come between counting and copying. */
#define SPARE	16

/* @times is zero in a row that counts notifiers. */
struct row {
	struct mmn_process process;
	struct mmn_driver driver;
	unsigned int notifiers;
	struct mmn_times times;
};

/**
 * struct snapshot - copy of all rows
 * @nr: rows that there were
 * @room: rows for which there is room
 * @next: row to be sent
 * @rows: the copy
 */
struct snapshot {
	unsigned int nr;
	unsigned int room;
	unsigned int next;
	struct row rows[];
};

static int count_row(const struct mmn_driver_line *line, void *nr)
{
	++*(unsigned int *)nr;
	return 0;
}

static int copy_row(const struct mmn_driver_line *line, void *arg)
{
	struct snapshot *s = arg;
	struct row *row = &s->rows[s->nr];

	if (s->nr++ >= s->room)
		return 0;
	row->process = line->process;
	row->driver = line->driver;
	row->notifiers = line->notifiers;
	if (line->times)
		row->times = *line->times;
	return 0;
}

/* Return: NULL without memory. */
static struct snapshot *take(void)
{
	unsigned int nr = 0;
	struct snapshot *s;

	if (mmn_drivers_for_each(count_row, &nr))
		return NULL;
	nr += SPARE;
	s = kvzalloc(struct_size(s, rows, nr), GFP_KERNEL);
	if (!s)
		return NULL;
	s->room = nr;
	if (!mmn_drivers_for_each(copy_row, s))
		return s;
	kvfree(s);
	return NULL;
}

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MMNOTIFY_A_DRIVER_PAD);
}

static int put_histogram(struct sk_buff *skb, const struct mmn_times *t)
{
	unsigned int i, nr = MMN_TIMES_BUCKETS;
	int ret = 0;

	while (nr && !t->histogram[nr - 1])
		nr--;
	for (i = 0; i < nr && !ret; i++)
		ret = put_u64(skb, MMNOTIFY_A_DRIVER_BUCKET, t->histogram[i]);
	return ret;
}

static int put_times(struct sk_buff *skb, const struct mmn_times *t)
{
	return put_u64(skb, MMNOTIFY_A_DRIVER_PROCESS, t->process) ?:
	       nla_put_u16(skb, MMNOTIFY_A_DRIVER_CAUSE, t->cause) ?:
	       put_u64(skb, MMNOTIFY_A_DRIVER_CALLS, t->calls) ?:
	       put_u64(skb, MMNOTIFY_A_DRIVER_NS, t->ns) ?:
	       put_u64(skb, MMNOTIFY_A_DRIVER_MAX_NS, t->max_ns) ?: put_histogram(skb, t);
}

static int put_driver(struct sk_buff *skb, const struct row *row)
{
	return nla_put_string(skb, MMNOTIFY_A_DRIVER_SYMBOL, row->driver.symbol) ?:
	       (*row->driver.module ?
		nla_put_string(skb, MMNOTIFY_A_DRIVER_MODULE, row->driver.module) : 0) ?:
	       nla_put_u32(skb, MMNOTIFY_A_DRIVER_TGID, row->process.tgid) ?:
	       nla_put_string(skb, MMNOTIFY_A_DRIVER_COMM, row->process.comm) ?:
	       (row->notifiers ?
		nla_put_u32(skb, MMNOTIFY_A_DRIVER_NOTIFIERS, row->notifiers) :
		put_times(skb, &row->times));
}

static int dump_row(struct sk_buff *skb, struct netlink_callback *cb, const struct row *row)
{
	void *hdr = mmn_message_begin_row(skb, cb, MMNOTIFY_CMD_DRIVERS_GET);
	int ret;

	if (!hdr)
		return -EMSGSIZE;
	ret = put_driver(skb, row);
	if (ret) {
		genlmsg_cancel(skb, hdr);
		return ret;
	}
	nl_dump_check_consistent(cb, genlmsg_nlhdr(hdr));
	genlmsg_end(skb, hdr);
	return 0;
}

/**
 * mmn_snapshot_dump() - fill one message buffer with drivers
 * @skb: the buffer
 * @cb: the dump, whose snapshot is kept in @args
 *
 * Context: Process, may sleep.
 * Return: number of bytes in @skb; 0 at the end; -ENOMEM.
 */
int mmn_snapshot_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct snapshot *s = (struct snapshot *)cb->args[0] ?: take();

	if (!s)
		return -ENOMEM;
	cb->args[0] = (long)s;
	/* A change flags the first message. */
	cb->prev_seq = cb->prev_seq ?: 1;
	cb->seq = 1 + (s->nr > s->room);
	while (s->next < min(s->nr, s->room) && !dump_row(skb, cb, &s->rows[s->next]))
		s->next++;
	return skb->len;
}

/**
 * mmn_snapshot_done() - free what a dump of drivers needed
 * @cb: the dump
 *
 * Context: Process, may sleep.
 * Return: 0.
 */
int mmn_snapshot_done(struct netlink_callback *cb)
{
	kvfree((struct snapshot *)cb->args[0]);
	return 0;
}
