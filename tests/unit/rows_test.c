// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * rows: each dump has every row once, with its attributes, also if its buffers have little room.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/sched.h>

#include <mmnotify/mmnotify_netlink.h>
#include <mmnotify/mmnotify_types.h>

#include "census/census.h"
#include "census/line.h"
#include "client/client.h"
#include "messages.h"
#include "netlink/rows.h"
#include "process.h"
#include "rules/names.h"
#include "rules/site_table.h"
#include "stack/addr_cache.h"
#include "tap.h"
#include "times.h"
#include "verdict/flight.h"

static struct sk_buff request = { .portid = 7 }, skb;
static struct nlmsghdr header = { .nlmsg_seq = 9 };
static struct netlink_callback cb;

void *mmn_message_begin_row(struct sk_buff *to, struct netlink_callback *of, u8 cmd)
{
	return genlmsg_put(to, of->skb->portid, of->nlh->nlmsg_seq, (void *)1, NLM_F_MULTI, cmd);
}

/* ---- what the rows are made from ---- */

u64 mmn_stats_events(unsigned int event, unsigned int cause, bool walked)
{
	if (event == 1 && cause == 2)
		return walked ? 3 : 40;
	return event == MMNOTIFY_NR_EVENTS - 1 && cause == MMNOTIFY_NR_CAUSES - 1 && !walked;
}

u64 mmn_stats_site_hits(unsigned int row)
{
	return 100 + row;
}

/* The numbers 4 and 6 are registered. */
bool mmn_client_read(u32 from, struct mmn_client_state *s)
{
	if (from > 6)
		return false;
	*s = (struct mmn_client_state){ .id = from > 4 ? 6 : 4, .name = "gpu",
		.module = "gpu_mod" };
	s->had_objects = s->id == 6;
	s->objects[MMN_OBJECT_RANGE] = 2;
	s->objects[MMN_OBJECT_MM] = 3;
	s->counts = (struct mmn_client_counts){ .delivered = 10, .timed = 11, .ns = 12 };
	return true;
}

u64 local_clock(void)
{
	return 1000;
}

/* Another clock: callbacks have this one. */
u64 ktime_get_mono_fast_ns(void)
{
	return 50000;
}

/* Of five places the second and the last one have an event. */
int mmn_flight_read(unsigned int i, struct mmn_flight *f, char *comm)
{
	if (i > 4)
		return -ENOENT;
	*f = (struct mmn_flight){ .nr = 50 + i, .since = 400, .pid = 60 + i, .start = 0x1000,
		.end = 0x3000, .site = 9, .verdict = { .event = 1, .cause = 2 } };
	f->mm = i == 1 ? (void *)1 : NULL;
	f->driver = i == 4;
	f->called = 49900;
	f->operation = i == 4 ? "madvise" : NULL;
	snprintf(comm, TASK_COMM_LEN, "task");
	return i == 1 || i == 4;
}

void mmn_process_find(const struct mm_struct *mm, struct mmn_process *p)
{
	*p = (struct mmn_process){ .tgid = mm ? 70 : 0, .comm = "vm" };
}

bool mmn_times_name(unsigned int driver, struct mmn_driver *name)
{
	*name = (struct mmn_driver){ .symbol = "gpu_start" };
	return driver;
}

int mmn_addr_cache_print(unsigned long site, char *buf, size_t size)
{
	return snprintf(buf, size, "%s", site == 9 ? "unmap_vmas" : "?");
}

bool mmn_addr_cache_unknown(unsigned int i, char *name, u64 *hits)
{
	snprintf(name, MMN_ADDR_CACHE_NAME, "strange%u", i);
	*hits = i;
	return i < 2;
}

const char *mmn_census_why_not(unsigned int row)
{
	return row == MMN_SITE_UNKNOWN ? "no row" : row == 2 ? "changed" : NULL;
}

bool mmn_census_surprised(unsigned int row)
{
	return row == 2 || row == 3;
}

unsigned int mmn_site_table_nr(void)
{
	return 5;
}

const char *mmn_site_table_name(unsigned int row)
{
	static const char *const names[] = { "none", "one", "two", "three", "four" };

	return names[row];
}

const char *mmn_site_table_kernels(unsigned int row)
{
	return "all";
}

int mmn_census_read(unsigned int i, struct mmn_census_line *s)
{
	*s = (struct mmn_census_line){ .name = "site", .state = "found", .calls = i, .natives = 5 };
	s->changed = i == 3;
	return i > 3 ? -ENOENT : i % 2;
}

const char *mmn_names_event(unsigned int event)
{
	return "event";
}

const char *mmn_names_cause(unsigned int cause)
{
	return "cause";
}

/* ---- dumps of rows ---- */

static void clear(unsigned int room)
{
	memset(&skb, 0, sizeof(skb));
	skb.room = room;
}

static void begin(u8 cmd)
{
	memset(&cb, 0, sizeof(cb));
	header.cmd = cmd;
	cb.skb = &request;
	cb.nlh = &header;
}

/* All in one buffer. Return: number of messages; -1 if the dump has no end. */
static int dump(u8 cmd)
{
	begin(cmd);
	clear(SHIM_ATTRS);
	if (mmn_rows_dump(&skb, &cb) != skb.len || !are_whole(&skb))
		return -1;
	return skb.len == SHIM_ATTRS ? -1 : (int)skb.messages;
}

/* In buffers of @room. Return: number of messages. */
static unsigned int dump_parts(u8 cmd, unsigned int room)
{
	unsigned int messages = 0, parts;

	begin(cmd);
	for (parts = 0; parts < 500; parts++) {
		clear(room);
		if (!mmn_rows_dump(&skb, &cb))
			return messages;
		messages += are_whole(&skb) ? skb.messages : 1000;
	}
	return -1;
}

static void test_counters(void)
{
	ok(dump(MMNOTIFY_CMD_COUNTERS_GET) == 2, "counters: those without events are left out");
	ok(number(&skb, 0, MMNOTIFY_A_COUNTER_EVENT) == 1 &&
	   number(&skb, 0, MMNOTIFY_A_COUNTER_CAUSE) == 2 &&
	   number(&skb, 0, MMNOTIFY_A_COUNTER_COUNT) == 43 &&
	   number(&skb, 0, MMNOTIFY_A_COUNTER_WALKED) == 3, "the others have all four attributes");
	ok(number(&skb, 1, MMNOTIFY_A_COUNTER_EVENT) == MMNOTIFY_NR_EVENTS - 1 &&
	   number(&skb, 1, MMNOTIFY_A_COUNTER_CAUSE) == MMNOTIFY_NR_CAUSES - 1 &&
	   number(&skb, 1, MMNOTIFY_A_COUNTER_COUNT) == 1 &&
	   !number(&skb, 1, MMNOTIFY_A_COUNTER_WALKED), "up to the last event and cause");
	ok(skb.message[0].portid == 7 && skb.message[0].seq == 9 &&
	   skb.message[0].cmd == MMNOTIFY_CMD_COUNTERS_GET, "a row has the command of the request");
}

static void test_clients(void)
{
	ok(dump(MMNOTIFY_CMD_CLIENTS_GET) == 2 && number(&skb, 0, MMNOTIFY_A_CLIENT_ID) == 4 &&
	   number(&skb, 1, MMNOTIFY_A_CLIENT_ID) == 6 &&
	   is_text(&skb, 0, MMNOTIFY_A_CLIENT_NAME, "gpu") &&
	   is_text(&skb, 0, MMNOTIFY_A_CLIENT_MODULE, "gpu_mod"), "clients: each registration");
	ok(number(&skb, 0, MMNOTIFY_A_CLIENT_RANGES) == ABSENT &&
	   number(&skb, 0, MMNOTIFY_A_CLIENT_NS) == ABSENT, "without figures if it had no object");
	ok(number(&skb, 1, MMNOTIFY_A_CLIENT_RANGES) == 2 &&
	   number(&skb, 1, MMNOTIFY_A_CLIENT_MMS) == 3 &&
	   number(&skb, 1, MMNOTIFY_A_CLIENT_DELIVERED) == 10 &&
	   number(&skb, 1, MMNOTIFY_A_CLIENT_TIMED) == 11 &&
	   number(&skb, 1, MMNOTIFY_A_CLIENT_NS) == 12, "and with them if it had");
}

static void test_flights(void)
{
	ok(dump(MMNOTIFY_CMD_FLIGHTS_GET) == 2 && number(&skb, 0, MMNOTIFY_A_FLIGHT_ID) == 51 &&
	   number(&skb, 0, MMNOTIFY_A_FLIGHT_NS) == 600 &&
	   number(&skb, 0, MMNOTIFY_A_FLIGHT_PID) == 61 &&
	   is_text(&skb, 0, MMNOTIFY_A_FLIGHT_TASK, "task") &&
	   number(&skb, 0, MMNOTIFY_A_FLIGHT_START) == 0x1000 &&
	   number(&skb, 0, MMNOTIFY_A_FLIGHT_END) == 0x3000 &&
	   is_text(&skb, 0, MMNOTIFY_A_FLIGHT_SITE, "unmap_vmas"), "flights: each event");
	ok(number(&skb, 0, MMNOTIFY_A_FLIGHT_TGID) == 70 &&
	   is_text(&skb, 0, MMNOTIFY_A_FLIGHT_COMM, "vm") &&
	   number(&skb, 0, MMNOTIFY_A_FLIGHT_CALLBACK_NS) == ABSENT &&
	   is_text(&skb, 0, MMNOTIFY_A_FLIGHT_OPERATION, NULL), "with its process, if it is known");
	ok(number(&skb, 1, MMNOTIFY_A_FLIGHT_TGID) == ABSENT &&
	   is_text(&skb, 1, MMNOTIFY_A_FLIGHT_CALLBACK, "gpu_start") &&
	   number(&skb, 1, MMNOTIFY_A_FLIGHT_CALLBACK_NS) == 100 &&
	   is_text(&skb, 1, MMNOTIFY_A_FLIGHT_OPERATION, "madvise"),
	   "and the callback and the operation, if there are any");
}

static bool is_site(unsigned int message, const char *name, u64 row, u64 hits, const char *why)
{
	return number(&skb, message, MMNOTIFY_A_SITE_ROW) == row &&
	       is_text(&skb, message, MMNOTIFY_A_SITE_NAME, name) &&
	       number(&skb, message, MMNOTIFY_A_SITE_HITS) == hits &&
	       is_text(&skb, message, MMNOTIFY_A_SITE_KERNELS, row == ABSENT ? NULL : "all") &&
	       is_text(&skb, message, MMNOTIFY_A_SITE_NOT_EXACT, why);
}

static void test_sites(void)
{
	ok(dump(MMNOTIFY_CMD_SITES_GET) == 6 && is_site(0, "one", 1, 101, NULL) &&
	   number(&skb, 0, MMNOTIFY_A_SITE_EXACT) == 1 && is_site(3, "four", 4, 104, NULL),
	   "sites: each row but that of unknown ones");
	ok(is_site(1, "two", 2, 102, "changed") && !number(&skb, 1, MMNOTIFY_A_SITE_EXACT),
	   "with the reason if it is not exact");
	ok(is_site(2, "three", 3, 103, "some events were not audited") &&
	   number(&skb, 2, MMNOTIFY_A_SITE_EXACT) == 1, "or if some events are not");
	ok(is_site(4, "strange0", ABSENT, 0, "no row") &&
	   is_site(5, "strange1", ABSENT, 1, "no row") &&
	   !number(&skb, 5, MMNOTIFY_A_SITE_EXACT), "then call sites without a row");
}

static void test_census(void)
{
	ok(dump(MMNOTIFY_CMD_CENSUS_GET) == 2 && number(&skb, 0, MMNOTIFY_A_CENSUS_CALLS) == 1 &&
	   is_text(&skb, 0, MMNOTIFY_A_CENSUS_NAME, "site") &&
	   is_text(&skb, 0, MMNOTIFY_A_CENSUS_STATE, "found") &&
	   !number(&skb, 0, MMNOTIFY_A_CENSUS_CHANGED) &&
	   number(&skb, 1, MMNOTIFY_A_CENSUS_CHANGED) == 1 &&
	   number(&skb, 1, MMNOTIFY_A_CENSUS_NATIVES) == 5, "census: places with a line");
}

static void test_names(void)
{
	const unsigned int nr = MMNOTIFY_NR_EVENTS + MMNOTIFY_NR_CAUSES;

	ok(dump_parts(MMNOTIFY_CMD_NAMES_GET, SHIM_ATTRS - 1) == nr, "names: all events and causes");
	dump(MMNOTIFY_CMD_NAMES_GET);
	ok(number(&skb, 0, MMNOTIFY_A_NAME_EVENT) == 0 &&
	   number(&skb, 0, MMNOTIFY_A_NAME_CAUSE) == ABSENT &&
	   is_text(&skb, 0, MMNOTIFY_A_NAME_NAME, "event") &&
	   number(&skb, MMNOTIFY_NR_EVENTS, MMNOTIFY_A_NAME_CAUSE) == 0 &&
	   is_text(&skb, MMNOTIFY_NR_EVENTS, MMNOTIFY_A_NAME_NAME, "cause"),
	   "each with its number of one kind");
}

static void test_parts(void)
{
	unsigned int room, wrong = 0;

	for (room = 20; room < 60; room++)
		wrong += dump_parts(MMNOTIFY_CMD_FLIGHTS_GET, room) != 2 ||
			 dump_parts(MMNOTIFY_CMD_SITES_GET, room) != 6 ||
			 dump_parts(MMNOTIFY_CMD_CLIENTS_GET, room) != 2;
	ok(!wrong, "a dump goes on where its buffer ended, with whole rows");
}

/* ---- the dump of processes ---- */

#define PROCESSES	3

static u64 counted = MMNOTIFY_NR_CAUSES;	/* causes that each process has counts of */
static unsigned int changes;	/* the entry that is read becomes another one, so often */
static u64 lost_at = 100;	/* position from which on the walk has lost an entry */
static u32 next_id;

void mmn_process_begin(struct mmn_process_walk *w)
{
	*w = (struct mmn_process_walk){ .moved = 1 };
}

bool mmn_process_read(struct mmn_process_walk *w, struct mmn_process_entry *e)
{
	w->lost |= w->at >= lost_at;
	*e = (struct mmn_process_entry){ .id = w->at + 1 + next_id, .since = 5, .until = 6,
		.ended = w->at == 2,
		.process = { .tgid = 70 + w->at, .cgroup = 80, .comm = "vm" } };
	return w->at < PROCESSES;
}

void mmn_process_read_count(const struct mmn_process_entry *e, unsigned int cause,
			    struct mmn_process_count *c)
{
	*c = (struct mmn_process_count){ .events = cause < counted ? 1 + cause : 0, .pages = 2,
		.ns = 3 };
}

bool mmn_process_is_same(const struct mmn_process_entry *e)
{
	if (!changes)
		return true;
	changes--;
	next_id += 100;
	return false;
}

static unsigned int causes[PROCESSES];	/* number of counts, by process */
static unsigned int flagged, wrong_order;

/* Adds up what is in the buffer. */
static void add_up(void)
{
	unsigned int i, p;

	for (i = 0; i < skb.nr; i++) {
		p = number(&skb, skb.attrs[i].message, MMNOTIFY_A_PROCESS_TGID) - 70;
		if (skb.attrs[i].type != MMNOTIFY_A_PROCESS_COUNTS || skb.attrs[i].bytes)
			continue;
		wrong_order += skb.attrs[i + 1].value != causes[p]++ ||
			       skb.attrs[i + 2].value != causes[p] ||
			       skb.attrs[i + 3].value != 2 || skb.attrs[i + 4].value != 3;
	}
	for (i = 0; i < skb.messages; i++)
		flagged += !!(skb.message[i].flags & NLM_F_DUMP_INTR);
}

/* Return: number of buffers. */
static unsigned int dump_processes(unsigned int room)
{
	unsigned int parts;

	begin(MMNOTIFY_CMD_PROCESSES_GET);
	memset(causes, 0, sizeof(causes));
	flagged = 0;
	wrong_order = 0;
	next_id = 0;
	for (parts = 0; parts < 500; parts++) {
		clear(room);
		if (mmn_rows_dump_processes(&skb, &cb) != skb.len || !are_whole(&skb))
			return -1;
		if (!skb.len)
			return parts;
		add_up();
	}
	return parts;
}

static bool has_all(unsigned int each)
{
	return causes[0] == each && causes[1] == each && causes[2] == each && !wrong_order;
}

static void test_processes(void)
{
	unsigned int room, wrong = 0;

	counted = 2;
	begin(MMNOTIFY_CMD_PROCESSES_GET);
	clear(SHIM_ATTRS);
	mmn_rows_dump_processes(&skb, &cb);
	ok(skb.messages == 3 && number(&skb, 0, MMNOTIFY_A_PROCESS_ID) == 1 &&
	   number(&skb, 0, MMNOTIFY_A_PROCESS_TGID) == 70 &&
	   is_text(&skb, 0, MMNOTIFY_A_PROCESS_COMM, "vm") &&
	   number(&skb, 0, MMNOTIFY_A_PROCESS_CGROUP) == 80, "processes: each one has a message");
	ok(number(&skb, 2, MMNOTIFY_A_PROCESS_SINCE_S) == 5 &&
	   number(&skb, 2, MMNOTIFY_A_PROCESS_UNTIL_S) == 6 &&
	   number(&skb, 1, MMNOTIFY_A_PROCESS_UNTIL_S) == ABSENT,
	   "which says since when, and until when if it ended");
	ok(dump_processes(SHIM_ATTRS) == 1 && has_all(2) && !flagged, "with the counts of each cause");
	counted = MMNOTIFY_NR_CAUSES;
	for (room = 14; room < 400; room += 3)
		wrong += dump_processes(room) > 400 || !has_all(MMNOTIFY_NR_CAUSES) || flagged;
	ok(!wrong, "a process may take several messages, and no count is missing or there twice");
}

static void test_changes(void)
{
	counted = 2;
	changes = 1;
	next_id = 0;
	begin(MMNOTIFY_CMD_PROCESSES_GET);
	clear(SHIM_ATTRS);
	mmn_rows_dump_processes(&skb, &cb);
	ok(skb.messages == 3 && number(&skb, 0, MMNOTIFY_A_PROCESS_ID) == 101 && !changes,
	   "an entry that becomes another one meanwhile is read again");
	lost_at = 1;
	dump_processes(SHIM_ATTRS);
	ok(flagged == 1, "that a row may be missing is said once");
	lost_at = PROCESSES;
	begin(MMNOTIFY_CMD_PROCESSES_GET);
	clear(SHIM_ATTRS);
	mmn_rows_dump_processes(&skb, &cb);
	ok(cb.seq != cb.prev_seq, "if it is found behind the last row, by the message of the end");
	lost_at = 100;
}

int main(void)
{
	test_counters();
	test_clients();
	test_flights();
	test_sites();
	test_census();
	test_names();
	test_parts();
	test_processes();
	test_changes();
	return tap_done();
}
