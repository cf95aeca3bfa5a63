// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * rows: the dumps. Each row is one message, and its function puts the attributes. A process may
 * take several messages.
 */
#include <linux/build_bug.h>
#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/netlink.h>
#include <linux/sched.h>
#include <linux/skbuff.h>

#include <net/genetlink.h>

#include <mmnotify/mmnotify_netlink.h>
#include <mmnotify/mmnotify_types.h>

#include "census/census.h"
#include "census/line.h"
#include "client/client.h"
#include "message.h"
#include "process.h"
#include "rows.h"
#include "rules/names.h"
#include "rules/site_table.h"
#include "stack/addr_cache.h"
#include "stats.h"
#include "times.h"
#include "verdict/flight.h"

/*
 * Puts the row at a position. Return: 0 if it is put, -ENODATA if there is none at this position,
 * -ENOENT behind the last one, -EMSGSIZE if there is no room.
 */
typedef int (*put_fn)(struct sk_buff *skb, u64 *at);

static int put_counter(struct sk_buff *skb, u64 *at)
{
	unsigned int event = *at / MMNOTIFY_NR_CAUSES, cause = *at % MMNOTIFY_NR_CAUSES;
	u64 walked, count;

	if (event >= MMNOTIFY_NR_EVENTS)
		return -ENOENT;
	walked = mmn_stats_events(event, cause, true);
	count = mmn_stats_events(event, cause, false) + walked;
	if (!count)
		return -ENODATA;
	return nla_put_u16(skb, MMNOTIFY_A_COUNTER_EVENT, event) ?:
	       nla_put_u16(skb, MMNOTIFY_A_COUNTER_CAUSE, cause) ?:
	       nla_put_u64_64bit(skb, MMNOTIFY_A_COUNTER_COUNT, count,
				 MMNOTIFY_A_COUNTER_PAD) ?:
	       nla_put_u64_64bit(skb, MMNOTIFY_A_COUNTER_WALKED, walked, MMNOTIFY_A_COUNTER_PAD);
}

static int put_client_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MMNOTIFY_A_CLIENT_PAD);
}

static int put_objects(struct sk_buff *skb, const struct mmn_client_state *s)
{
	return nla_put_u32(skb, MMNOTIFY_A_CLIENT_RANGES, s->objects[MMN_OBJECT_RANGE]) ?:
	       nla_put_u32(skb, MMNOTIFY_A_CLIENT_MMS, s->objects[MMN_OBJECT_MM]) ?:
	       put_client_u64(skb, MMNOTIFY_A_CLIENT_DELIVERED, s->counts.delivered) ?:
	       put_client_u64(skb, MMNOTIFY_A_CLIENT_TIMED, s->counts.timed) ?:
	       put_client_u64(skb, MMNOTIFY_A_CLIENT_NS, s->counts.ns);
}

/**
 * mmn_rows_put_client() - put the attributes of a client
 * @skb: message
 * @s: the client
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int mmn_rows_put_client(struct sk_buff *skb, const struct mmn_client_state *s)
{
	return nla_put_u32(skb, MMNOTIFY_A_CLIENT_ID, s->id) ?:
	       nla_put_string(skb, MMNOTIFY_A_CLIENT_NAME, s->name) ?:
	       nla_put_string(skb, MMNOTIFY_A_CLIENT_MODULE, s->module) ?:
	       (s->had_objects ? put_objects(skb, s) : 0);
}

/* The position is the number of the registration. */
static int put_client(struct sk_buff *skb, u64 *at)
{
	struct mmn_client_state s;

	if (!mmn_client_read(*at, &s))
		return -ENOENT;
	*at = s.id;
	return mmn_rows_put_client(skb, &s);
}

static int put_flight_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MMNOTIFY_A_FLIGHT_PAD);
}

static int put_whose(struct sk_buff *skb, const struct mmn_flight *f)
{
	struct mmn_process p;

	mmn_process_find(f->mm, &p);
	if (!p.tgid)
		return 0;
	return nla_put_u32(skb, MMNOTIFY_A_FLIGHT_TGID, p.tgid) ?:
	       nla_put_string(skb, MMNOTIFY_A_FLIGHT_COMM, p.comm);
}

static int put_what(struct sk_buff *skb, const struct mmn_flight *f)
{
	char site[KSYM_SYMBOL_LEN];

	mmn_addr_cache_print(f->site, site, sizeof(site));
	return nla_put_u16(skb, MMNOTIFY_A_FLIGHT_EVENT, f->verdict.event) ?:
	       nla_put_u16(skb, MMNOTIFY_A_FLIGHT_CAUSE, f->verdict.cause) ?:
	       put_flight_u64(skb, MMNOTIFY_A_FLIGHT_START, f->start) ?:
	       put_flight_u64(skb, MMNOTIFY_A_FLIGHT_END, f->end) ?:
	       nla_put_string(skb, MMNOTIFY_A_FLIGHT_SITE, site) ?:
	       (f->operation ? nla_put_string(skb, MMNOTIFY_A_FLIGHT_OPERATION, f->operation) : 0);
}

static int put_callback(struct sk_buff *skb, const struct mmn_flight *f)
{
	struct mmn_driver d;

	if (!mmn_times_name(f->driver, &d))
		return 0;
	return nla_put_string(skb, MMNOTIFY_A_FLIGHT_CALLBACK, d.symbol) ?:
	       put_flight_u64(skb, MMNOTIFY_A_FLIGHT_CALLBACK_NS, mmn_flight_callback_age(f));
}

/**
 * mmn_rows_put_flight() - put the attributes of an event in flight
 * @skb: message
 * @f: copy of its record
 * @comm: name of its task
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int mmn_rows_put_flight(struct sk_buff *skb, const struct mmn_flight *f, const char *comm)
{
	return put_flight_u64(skb, MMNOTIFY_A_FLIGHT_ID, f->nr) ?:
	       put_flight_u64(skb, MMNOTIFY_A_FLIGHT_NS, mmn_flight_age(f)) ?:
	       nla_put_u32(skb, MMNOTIFY_A_FLIGHT_PID, f->pid) ?:
	       nla_put_string(skb, MMNOTIFY_A_FLIGHT_TASK, comm) ?:
	       put_whose(skb, f) ?: put_what(skb, f) ?: put_callback(skb, f);
}

static int put_flight(struct sk_buff *skb, u64 *at)
{
	char comm[TASK_COMM_LEN];
	struct mmn_flight f;
	int ret = mmn_flight_read(*at, &f, comm);

	if (ret <= 0)
		return ret ?: -ENODATA;
	return mmn_rows_put_flight(skb, &f, comm);
}

static int put_site_hits(struct sk_buff *skb, const char *name, u64 hits)
{
	return nla_put_string(skb, MMNOTIFY_A_SITE_NAME, name) ?:
	       nla_put_u64_64bit(skb, MMNOTIFY_A_SITE_HITS, hits, MMNOTIFY_A_SITE_PAD);
}

static int put_site_exact(struct sk_buff *skb, unsigned int row)
{
	const char *why = mmn_census_why_not(row);
	bool exact = !why;

	if (exact && mmn_census_surprised(row))
		why = "some events were not audited";
	return nla_put_u8(skb, MMNOTIFY_A_SITE_EXACT, exact) ?:
	       (why ? nla_put_string(skb, MMNOTIFY_A_SITE_NOT_EXACT, why) : 0);
}

/**
 * mmn_rows_put_site() - put the attributes of a row of the site table
 * @skb: message
 * @row: the row
 *
 * Context: Process.
 * Return: 0 or -EMSGSIZE.
 */
int mmn_rows_put_site(struct sk_buff *skb, unsigned int row)
{
	return nla_put_u16(skb, MMNOTIFY_A_SITE_ROW, row) ?:
	       put_site_hits(skb, mmn_site_table_name(row), mmn_stats_site_hits(row)) ?:
	       nla_put_string(skb, MMNOTIFY_A_SITE_KERNELS, mmn_site_table_kernels(row)) ?:
	       put_site_exact(skb, row);
}

/**
 * mmn_rows_put_unknown() - put the attributes of a call site without a row
 * @skb: message
 * @i: its place in the list
 *
 * Context: Process.
 * Return: 0, -EMSGSIZE, or -ENOENT behind the last one.
 */
int mmn_rows_put_unknown(struct sk_buff *skb, unsigned int i)
{
	char name[MMN_ADDR_CACHE_NAME];
	u64 hits;

	if (!mmn_addr_cache_unknown(i, name, &hits))
		return -ENOENT;
	return put_site_hits(skb, name, hits) ?: put_site_exact(skb, MMN_SITE_UNKNOWN);
}

/* Row 0 stands for the unknown ones, which come last. */
static int put_site(struct sk_buff *skb, u64 *at)
{
	unsigned int row = *at + 1, rows = mmn_site_table_nr();

	return row < rows ? mmn_rows_put_site(skb, row) : mmn_rows_put_unknown(skb, row - rows);
}

static int put_census(struct sk_buff *skb, u64 *at)
{
	struct mmn_census_line s;
	int ret = mmn_census_read(*at, &s);

	if (ret <= 0)
		return ret ?: -ENODATA;
	return nla_put_string(skb, MMNOTIFY_A_CENSUS_NAME, s.name) ?:
	       nla_put_u32(skb, MMNOTIFY_A_CENSUS_CALLS, s.calls) ?:
	       nla_put_string(skb, MMNOTIFY_A_CENSUS_STATE, s.state) ?:
	       nla_put_u8(skb, MMNOTIFY_A_CENSUS_CHANGED, s.changed) ?:
	       nla_put_u32(skb, MMNOTIFY_A_CENSUS_NATIVES, s.natives);
}

static int put_event_name(struct sk_buff *skb, unsigned int event)
{
	return nla_put_u16(skb, MMNOTIFY_A_NAME_EVENT, event) ?:
	       nla_put_string(skb, MMNOTIFY_A_NAME_NAME, mmn_names_event(event));
}

static int put_name(struct sk_buff *skb, u64 *at)
{
	unsigned int cause = *at - MMNOTIFY_NR_EVENTS;

	if (*at < MMNOTIFY_NR_EVENTS)
		return put_event_name(skb, *at);
	if (cause >= MMNOTIFY_NR_CAUSES)
		return -ENOENT;
	return nla_put_u16(skb, MMNOTIFY_A_NAME_CAUSE, cause) ?:
	       nla_put_string(skb, MMNOTIFY_A_NAME_NAME, mmn_names_cause(cause));
}

static const put_fn puts[] = {
	[MMNOTIFY_CMD_COUNTERS_GET] = put_counter,
	[MMNOTIFY_CMD_CLIENTS_GET] = put_client,
	[MMNOTIFY_CMD_FLIGHTS_GET] = put_flight,
	[MMNOTIFY_CMD_SITES_GET] = put_site,
	[MMNOTIFY_CMD_CENSUS_GET] = put_census,
	[MMNOTIFY_CMD_NAMES_GET] = put_name,
};

static int dump_row(struct sk_buff *skb, struct netlink_callback *cb, u8 cmd, u64 *at)
{
	void *hdr = mmn_message_begin_row(skb, cb, cmd);
	int ret;

	if (!hdr)
		return -EMSGSIZE;
	ret = puts[cmd](skb, at);
	if (ret)
		genlmsg_cancel(skb, hdr);
	else
		genlmsg_end(skb, hdr);
	return ret;
}

/**
 * mmn_rows_dump() - fill one message buffer with rows
 * @skb: the buffer
 * @cb: the dump, whose position is kept in @ctx
 *
 * Context: Process, may sleep.
 * Return: number of bytes in @skb; 0 at the end.
 */
int mmn_rows_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	const struct genlmsghdr *request = nlmsg_data(cb->nlh);
	u64 *at = (u64 *)cb->ctx;
	int ret;

	for (;; ++*at) {
		ret = dump_row(skb, cb, request->cmd, at);
		if (ret && ret != -ENODATA)
			return skb->len;
	}
}

/**
 * struct position - where a dump of processes is
 * @walk: position in the entries
 * @id: entry of which @cause is next
 * @cause: cause that is next
 * @begun: false before the first buffer
 */
struct position {
	struct mmn_process_walk walk;
	u32 id;
	u16 cause;
	bool begun;
};

static int put_process_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MMNOTIFY_A_PROCESS_PAD);
}

static int put_process(struct sk_buff *skb, const struct mmn_process_entry *e)
{
	return put_process_u64(skb, MMNOTIFY_A_PROCESS_ID, e->id) ?:
	       nla_put_u32(skb, MMNOTIFY_A_PROCESS_TGID, e->process.tgid) ?:
	       nla_put_string(skb, MMNOTIFY_A_PROCESS_COMM, e->process.comm) ?:
	       put_process_u64(skb, MMNOTIFY_A_PROCESS_CGROUP, e->process.cgroup) ?:
	       put_process_u64(skb, MMNOTIFY_A_PROCESS_SINCE_S, e->since) ?:
	       (e->ended ? put_process_u64(skb, MMNOTIFY_A_PROCESS_UNTIL_S, e->until) : 0);
}

static int put_count(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MMNOTIFY_A_PROCESS_COUNTS_PAD);
}

static int put_counts(struct sk_buff *skb, unsigned int cause, const struct mmn_process_count *c)
{
	struct nlattr *nest = nla_nest_start(skb, MMNOTIFY_A_PROCESS_COUNTS);
	int ret;

	if (!nest)
		return -EMSGSIZE;
	ret = nla_put_u16(skb, MMNOTIFY_A_PROCESS_COUNTS_CAUSE, cause) ?:
	      put_count(skb, MMNOTIFY_A_PROCESS_COUNTS_EVENTS, c->events) ?:
	      put_count(skb, MMNOTIFY_A_PROCESS_COUNTS_PAGES, c->pages) ?:
	      put_count(skb, MMNOTIFY_A_PROCESS_COUNTS_NS, c->ns);
	if (ret)
		nla_nest_cancel(skb, nest);
	else
		nla_nest_end(skb, nest);
	return ret;
}

/* Puts counts from @cause on, which goes on to the first one without room. */
static int put_all_counts(struct sk_buff *skb, const struct mmn_process_entry *e, u16 *cause)
{
	struct mmn_process_count c;
	int ret = 0;

	for (; *cause < MMNOTIFY_NR_CAUSES; ++*cause) {
		mmn_process_read_count(e, *cause, &c);
		if (c.events)
			ret = put_counts(skb, *cause, &c);
		if (ret)
			break;
	}
	return ret;
}

/* Return: 0 if the entry is done, -EMSGSIZE if there is no room, -EAGAIN if it is another now. */
static int dump_process(struct sk_buff *skb, struct netlink_callback *cb,
			const struct mmn_process_entry *e, u16 *cause)
{
	void *hdr = mmn_message_begin_row(skb, cb, MMNOTIFY_CMD_PROCESSES_GET);
	u16 first = *cause;
	int ret;

	if (!hdr)
		return -EMSGSIZE;
	ret = put_process(skb, e);
	if (!ret)
		ret = put_all_counts(skb, e, cause);
	if (!mmn_process_is_same(e))
		ret = -EAGAIN;
	if (ret == -EAGAIN || (ret && *cause == first)) {
		genlmsg_cancel(skb, hdr);
		return ret;
	}
	nl_dump_check_consistent(cb, genlmsg_nlhdr(hdr));
	genlmsg_end(skb, hdr);
	return ret;
}

/**
 * mmn_rows_dump_processes() - fill one message buffer with processes
 * @skb: the buffer
 * @cb: the dump, whose position is kept in @ctx
 *
 * Context: Process, may sleep.
 * Return: number of bytes in @skb; 0 at the end.
 */
int mmn_rows_dump_processes(struct sk_buff *skb, struct netlink_callback *cb)
{
	struct position *p = (struct position *)cb->ctx;
	struct mmn_process_entry e;
	int ret;

	BUILD_BUG_ON(sizeof(*p) > sizeof(cb->ctx));
	if (!p->begun) {
		mmn_process_begin(&p->walk);
		cb->prev_seq = 1;
	}
	p->begun = true;
	while (mmn_process_read(&p->walk, &e)) {
		/* A change flags the next message, which is that of the end if no row follows. */
		cb->seq = 1 + p->walk.lost;
		if (p->id != e.id)
			p->cause = 0;
		p->id = e.id;
		ret = dump_process(skb, cb, &e, &p->cause);
		if (!ret)
			p->walk.at++;
		else if (ret != -EAGAIN)
			break;
	}
	cb->seq = 1 + p->walk.lost;
	return skb->len;
}
