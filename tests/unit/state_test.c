// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * state: the answers about the module and the hook have each figure in its own attribute, and
 * leave out what has no value.
 */
#include <linux/errno.h>
#include <linux/static_key.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>

#include <mmnotify/mmnotify_netlink.h>
#include <mmnotify/mmnotify_types.h>

#include "compat/trust.h"
#include "drivers/drivers.h"
#include "drivers/probes.h"
#include "hook/hook.h"
#include "hook/watch.h"
#include "messages.h"
#include "netlink/state.h"
#include "netlink/watchers.h"
#include "stack/unwind.h"
#include "tap.h"
#include "verdict/event.h"
#include "verdict/flight.h"

struct static_key_false mmn_probes_timing;
bool mmn_unwind_enabled;

static struct sk_buff skb;
static bool exact = true, watching, attached;

int mmn_message_reply(struct genl_info *info, u8 cmd, int (*put)(struct sk_buff *skb))
{
	unsigned int room = skb.room;

	memset(&skb, 0, sizeof(skb));
	skb.room = room;
	genlmsg_put(&skb, 0, 0, (void *)1, 0, cmd);
	return put(&skb);
}

static const struct new_utsname uts = { "6.1.0-1" };

const struct new_utsname *init_utsname(void)
{
	return &uts;
}

const char *mmn_trust_stream(void)
{
	return exact ? "Debian 6.1" : NULL;
}

const char *mmn_trust_name(void)
{
	return exact ? "tested" : "untested";
}

const char *mmn_trust_why_not(void)
{
	return exact ? NULL : "not tested";
}

bool mmn_trust_exact(void)
{
	return exact;
}

void mmn_hook_read(struct mmn_hook_state *s)
{
	*s = (struct mmn_hook_state){ .backend = "ftrace", .attached = attached,
		.for_clients = attached, .users = 3, .attach_error = attached ? 0 : -ENOENT,
		.stuck = !attached };
}

bool mmn_watch_since(s64 *when)
{
	*when = 77;
	return watching;
}

unsigned int mmn_watchers_count(void)
{
	return 4;
}

u64 ktime_get_boottime_ns(void)
{
	return 88;
}

const char *mmn_drivers_missing(void)
{
	return exact ? NULL : "not read";
}

u64 mmn_stats_read(enum mmn_stat stat)
{
	return 100 + stat;
}

u64 mmn_stats_walks(void)
{
	return 201;
}

u64 mmn_process_without_entry(void)
{
	return 202;
}

unsigned int mmn_flight_unlisted(void)
{
	return 203;
}

unsigned int mmn_times_lost(void)
{
	return 204;
}

unsigned int mmn_event_live(void)
{
	return 5;
}

unsigned int mmn_event_full(void)
{
	return 6;
}

#define INFO(name, value)	(number(&skb, 0, MMNOTIFY_A_INFO_##name) == (value))
#define INFO_TEXT(name, text)	is_text(&skb, 0, MMNOTIFY_A_INFO_##name, text)
#define HOOK(name, value)	(number(&skb, 0, MMNOTIFY_A_HOOK_##name) == (u64)(value))

static void test_info(void)
{
	ok(!mmn_state_reply_info(NULL) && skb.message[0].cmd == MMNOTIFY_CMD_INFO_GET &&
	   INFO_TEXT(VERSION, "1.2.3") && INFO(ABI, MMNOTIFY_ABI) && INFO_TEXT(KERNEL, "6.1.0-1"),
	   "versions of the module, the interface and the kernel");
	ok(INFO_TEXT(STREAM, "Debian 6.1") && INFO_TEXT(TRUST, "tested") && INFO(EXACT, 1) &&
	   INFO_TEXT(NOT_EXACT, NULL) && INFO(DRIVERS, 1) && INFO_TEXT(NO_DRIVERS, NULL),
	   "what can be trusted and read");
	ok(INFO_TEXT(HOOK, "ftrace") && INFO(WATCHING, 0) && INFO(WATCHING_SINCE_S, ABSENT) &&
	   INFO(TIMING, 0) && INFO(SUBSCRIBERS, 4) && INFO(NOW_NS, 88), "what is watched");
	ok(INFO(INEXACT, 100 + MMN_STAT_INEXACT) && INFO(DELIVERED, 100 + MMN_STAT_DELIVERED) &&
	   INFO(WALKS, 201) && INFO(UNWOUND, 100 + MMN_STAT_UNWOUND) && INFO(WITHOUT_ENTRY, 202) &&
	   INFO(UNLISTED, 203) && INFO(UNTIMED, 204), "and totals");
	exact = false;
	watching = true;
	static_branch_enable(&mmn_probes_timing);
	mmn_state_reply_info(NULL);
	ok(INFO_TEXT(STREAM, NULL) && INFO(EXACT, 0) && INFO_TEXT(NOT_EXACT, "not tested") &&
	   INFO(DRIVERS, 0) && INFO_TEXT(NO_DRIVERS, "not read"), "reasons, where there are any");
	ok(INFO(WATCHING, 1) && INFO(WATCHING_SINCE_S, 77) && INFO(TIMING, 1),
	   "since when, if something is watched");
}

static void test_hook(void)
{
	ok(!mmn_state_reply_hook(NULL) && skb.message[0].cmd == MMNOTIFY_CMD_HOOK_GET &&
	   is_text(&skb, 0, MMNOTIFY_A_HOOK_BACKEND, "ftrace") && HOOK(ATTACHED, 0) &&
	   is_text(&skb, 0, MMNOTIFY_A_HOOK_CLIENTS, "steps") && HOOK(USERS, 3) &&
	   HOOK(ATTACH_ERROR, (s64)-ENOENT) && HOOK(STUCK, 1) && HOOK(STACK_WALKS, 0),
	   "the hook, with the error");
	ok(HOOK(RECORDS_LIVE, 5) && HOOK(TABLE_FULL, 6) &&
	   HOOK(STARTS, 100 + MMN_STAT_HOOK_START) && HOOK(ENDS, 100 + MMN_STAT_HOOK_END) &&
	   HOOK(NO_RECORD, 100 + MMN_STAT_NO_RECORD), "and its counters");
	attached = true;
	mmn_unwind_enabled = true;
	mmn_state_reply_hook(NULL);
	ok(HOOK(ATTACHED, 1) && is_text(&skb, 0, MMNOTIFY_A_HOOK_CLIENTS, "hook") &&
	   HOOK(ATTACH_ERROR, 0) && HOOK(STUCK, 0) && HOOK(STACK_WALKS, 1),
	   "each of them in both states");
}

static void test_room(void)
{
	unsigned int wrong = 0;

	for (skb.room = 2; skb.room < 10; skb.room++)
		wrong += mmn_state_reply_info(NULL) != -EMSGSIZE ||
			 mmn_state_reply_hook(NULL) != -EMSGSIZE;
	ok(!wrong, "without room there is no answer");
}

int main(void)
{
	skb.room = SHIM_ATTRS;
	test_info();
	test_hook();
	test_room();
	return tap_done();
}
