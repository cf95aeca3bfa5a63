// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * state: the messages that describe the module and the hook.
 */
#include <linux/kernel.h>
#include <linux/skbuff.h>
#include <linux/static_key.h>
#include <linux/timekeeping.h>
#include <linux/utsname.h>

#include <net/genetlink.h>

#include <mmnotify/mmnotify_netlink.h>
#include <mmnotify/mmnotify_types.h>

#include "compat/trust.h"
#include "drivers/drivers.h"
#include "drivers/probes.h"
#include "hook/hook.h"
#include "hook/watch.h"
#include "message.h"
#include "process.h"
#include "stack/unwind.h"
#include "state.h"
#include "stats.h"
#include "times.h"
#include "verdict/event.h"
#include "verdict/flight.h"
#include "watchers.h"

static int put_u64(struct sk_buff *skb, int attr, u64 value)
{
	return nla_put_u64_64bit(skb, attr, value, MMNOTIFY_A_INFO_PAD);
}

/* An attribute without a value is left out. */
static int put_string(struct sk_buff *skb, int attr, const char *text)
{
	return text ? nla_put_string(skb, attr, text) : 0;
}

static int put_versions(struct sk_buff *skb)
{
	return nla_put_string(skb, MMNOTIFY_A_INFO_VERSION, MMN_VERSION) ?:
	       nla_put_u32(skb, MMNOTIFY_A_INFO_ABI, MMNOTIFY_ABI) ?:
	       nla_put_string(skb, MMNOTIFY_A_INFO_KERNEL, init_utsname()->release);
}

static int put_trust(struct sk_buff *skb)
{
	return put_string(skb, MMNOTIFY_A_INFO_STREAM, mmn_trust_stream()) ?:
	       nla_put_string(skb, MMNOTIFY_A_INFO_TRUST, mmn_trust_name()) ?:
	       nla_put_u8(skb, MMNOTIFY_A_INFO_EXACT, mmn_trust_exact()) ?:
	       put_string(skb, MMNOTIFY_A_INFO_NOT_EXACT, mmn_trust_why_not());
}

static int put_watching(struct sk_buff *skb)
{
	struct mmn_hook_state hook;
	s64 since;
	bool watching = mmn_watch_since(&since);

	mmn_hook_read(&hook);
	return nla_put_string(skb, MMNOTIFY_A_INFO_HOOK, hook.backend) ?:
	       nla_put_u8(skb, MMNOTIFY_A_INFO_WATCHING, watching) ?:
	       (watching ? put_u64(skb, MMNOTIFY_A_INFO_WATCHING_SINCE_S, since) : 0) ?:
	       nla_put_u8(skb, MMNOTIFY_A_INFO_TIMING,
			  static_key_enabled(&mmn_probes_timing)) ?:
	       nla_put_u32(skb, MMNOTIFY_A_INFO_SUBSCRIBERS, mmn_watchers_count()) ?:
	       put_u64(skb, MMNOTIFY_A_INFO_NOW_NS, ktime_get_boottime_ns());
}

static int put_drivers(struct sk_buff *skb)
{
	return nla_put_u8(skb, MMNOTIFY_A_INFO_DRIVERS, !mmn_drivers_missing()) ?:
	       put_string(skb, MMNOTIFY_A_INFO_NO_DRIVERS, mmn_drivers_missing());
}

static int put_totals(struct sk_buff *skb)
{
	return put_u64(skb, MMNOTIFY_A_INFO_INEXACT, mmn_stats_read(MMN_STAT_INEXACT)) ?:
	       put_u64(skb, MMNOTIFY_A_INFO_DELIVERED, mmn_stats_read(MMN_STAT_DELIVERED)) ?:
	       put_u64(skb, MMNOTIFY_A_INFO_WALKS, mmn_stats_walks()) ?:
	       put_u64(skb, MMNOTIFY_A_INFO_UNWOUND, mmn_stats_read(MMN_STAT_UNWOUND)) ?:
	       put_u64(skb, MMNOTIFY_A_INFO_WITHOUT_ENTRY, mmn_process_without_entry()) ?:
	       put_u64(skb, MMNOTIFY_A_INFO_UNLISTED, mmn_flight_unlisted()) ?:
	       put_u64(skb, MMNOTIFY_A_INFO_UNTIMED, mmn_times_lost());
}

static int put_info(struct sk_buff *skb)
{
	return put_versions(skb) ?: put_trust(skb) ?: put_watching(skb) ?: put_drivers(skb) ?:
	       put_totals(skb);
}

static int put_backend(struct sk_buff *skb)
{
	struct mmn_hook_state s;

	mmn_hook_read(&s);
	return nla_put_string(skb, MMNOTIFY_A_HOOK_BACKEND, s.backend) ?:
	       nla_put_u8(skb, MMNOTIFY_A_HOOK_ATTACHED, s.attached) ?:
	       nla_put_string(skb, MMNOTIFY_A_HOOK_CLIENTS, s.for_clients ? "hook" : "steps") ?:
	       nla_put_u32(skb, MMNOTIFY_A_HOOK_USERS, s.users) ?:
	       nla_put_s32(skb, MMNOTIFY_A_HOOK_ATTACH_ERROR, s.attach_error) ?:
	       nla_put_u8(skb, MMNOTIFY_A_HOOK_STUCK, s.stuck);
}

static int put_hook_count(struct sk_buff *skb, int attr, enum mmn_stat stat)
{
	return nla_put_u64_64bit(skb, attr, mmn_stats_read(stat), MMNOTIFY_A_HOOK_PAD);
}

static int put_hook(struct sk_buff *skb)
{
	return put_backend(skb) ?:
	       nla_put_u8(skb, MMNOTIFY_A_HOOK_STACK_WALKS, mmn_unwind_allowed()) ?:
	       nla_put_u32(skb, MMNOTIFY_A_HOOK_RECORDS_LIVE, mmn_event_live()) ?:
	       nla_put_u32(skb, MMNOTIFY_A_HOOK_TABLE_FULL, mmn_event_full()) ?:
	       put_hook_count(skb, MMNOTIFY_A_HOOK_STARTS, MMN_STAT_HOOK_START) ?:
	       put_hook_count(skb, MMNOTIFY_A_HOOK_ENDS, MMN_STAT_HOOK_END) ?:
	       put_hook_count(skb, MMNOTIFY_A_HOOK_NO_RECORD, MMN_STAT_NO_RECORD);
}

/**
 * mmn_state_reply_info() - answer info-get
 * @info: the request
 *
 * Context: Process, may sleep.
 * Return: 0 or an errno.
 */
int mmn_state_reply_info(struct genl_info *info)
{
	return mmn_message_reply(info, MMNOTIFY_CMD_INFO_GET, put_info);
}

/**
 * mmn_state_reply_hook() - answer hook-get
 * @info: the request
 *
 * Context: Process, may sleep.
 * Return: 0 or an errno.
 */
int mmn_state_reply_hook(struct genl_info *info)
{
	return mmn_message_reply(info, MMNOTIFY_CMD_HOOK_GET, put_hook);
}
