// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge: from a kernel range to a verdict.
 *
 * With the hook attached, once per event: whoever comes first classifies, counts
 * and traces, and leaves the verdict in the record: the hook if somebody watches,
 * else the first client's callback.
 *
 * Without it (nobody watches, attached too late, record taken over) every callback
 * judges for itself: it asks the stack who announced the event, by steps, and if
 * that may not be asked, the native event is all there is, and never exact. The
 * first one counts, and leaves the verdict for the end (inflight.c).
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/printk.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/static_key.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "compat/compat.h"
#include "context.h"
#include "inflight.h"
#include "record.h"
#include "rules/names.h"
#include "rules/rule_cache.h"
#include "rules/rules.h"
#include "rules/site_table.h"
#include "stack/addr_cache.h"
#include "stack/last_walk.h"
#include "stack/unwind.h"
#include "stats.h"
#include "trace.h"
#include "verdict.h"
#include "verdict_fast.h"
#include "verify.h"

/* A record needs a second source. */
static DEFINE_STATIC_KEY_FALSE(confirming);
DEFINE_STATIC_KEY_FALSE(mmn_verdict_watching);

/* There are records to be found. */
DEFINE_STATIC_KEY_FALSE(mmn_verdict_hooked);

static void set_key(struct static_key_false *key, bool on)
{
	if (on)
		static_branch_enable(key);
	else
		static_branch_disable(key);
}

bool mmn_verdict_is_watched(void)
{
	return static_branch_unlikely(&mmn_verdict_watching);
}

void mmn_verdict_set_watched(bool on)
{
	set_key(&mmn_verdict_watching, on);
}

/**
 * mmn_verdict_set_recheck() - do records need a second source?
 * @on: the hook may miss an end, so a record may be another event's
 *
 * Context: Process; before the hook that needs it is attached.
 */
void mmn_verdict_set_recheck(bool on)
{
	set_key(&confirming, on);
}

/**
 * mmn_verdict_set_hooked() - are there records?
 * @on: the hook is attached, from before until after
 *
 * Context: Process.
 */
void mmn_verdict_set_hooked(bool on)
{
	set_key(&mmn_verdict_hooked, on);
}

static void lookup_set_row(struct mmn_lookup *s, unsigned int row)
{
	s->row = row;
	s->class = mmn_site_table_class(row);
	s->needs = mmn_rules_needs(s->class);
}

static void lookup_set_known(struct mmn_lookup *s, const struct mmn_site *known)
{
	s->row = known->row;
	s->class = known->class;
	s->needs = known->needs;
}

/* Return: false if it takes names that the hook may not look up. */
static noinline bool verdict_unwind(const struct mmu_notifier_range *range,
				    const struct mmn_lookup *s, struct mmn_ctx *ctx,
				    struct mmn_verdict *v)
{
	struct mmn_walk_words walk MMN_UNINIT;
	u32 bits = ctx->bits;

	if (!mmn_unwind_ctx(&s->site, s->can_resolve, &walk, ctx))
		return false;
	mmn_rules_classify(s->class, range->event, ctx, v);
	mmn_last_walk_keep(&walk, s->class, bits, v);
	return true;
}

/* Return: false if the stack decides. */
static bool verdict_by_rules(const struct mmu_notifier_range *range, const struct mmn_lookup *s,
			     const struct mmn_ctx *ctx, struct mmn_verdict *v)
{
	u64 key = s->class ? mmn_rule_cache_key(s->class, s->needs, ctx) : 0;

	if (mmn_rule_cache_find(key, v))
		return v->event != MMN_RULE_CACHE_NEEDS_STACK;
	if (!mmn_rules_classify(s->class, range->event, ctx, v))
		v->event = MMN_RULE_CACHE_NEEDS_STACK;
	mmn_rule_cache_keep(key, v);
	return v->event != MMN_RULE_CACHE_NEEDS_STACK;
}

/* @ctx: gathered, as @s needs it. Return: as verdict_unwind(). */
static bool verdict_decide(const struct mmu_notifier_range *range, struct mmn_lookup *s,
			   struct mmn_ctx *ctx, struct mmn_verdict *v)
{
	if (!verdict_by_rules(range, s, ctx, v)) {
		s->walked = true;
		if (!mmn_last_walk_find(&s->site, s->class, ctx->bits, v) &&
		    !verdict_unwind(range, s, ctx, v))
			return false;
	}
	if (s->late || !mmn_verify_on() || s->class == MMN_CLASS_RELEASE)
		return true;
	return mmn_verify_check(s->site.pc, s->row, s->can_resolve, v);
}

/* Return: as verdict_unwind(). */
static bool verdict_classify(const struct mmu_notifier_range *range, struct mmn_lookup *s,
			     struct mmn_verdict *v)
{
	struct mmn_ctx ctx MMN_UNINIT;

	mmn_context_gather(range, s->needs, &ctx);
	return verdict_decide(range, s, &ctx, v);
}

static void fill_trace(struct mmn_trace_event *e,
		       const struct mmu_notifier_range *range,
		       const struct mmn_verdict *v, unsigned long site)
{
	e->start = range->start;
	e->end = range->end;
	e->site = site;
	e->ns = 0;
	e->tgid = mmn_mm_tgid(range->mm);
	e->effects = v->effects;
	e->event = v->event;
	e->cause = v->cause;
	e->native = range->event;
	e->flags = v->flags | mmn_verdict_flags(range);
}

noinline void mmn_verdict_trace(const struct mmu_notifier_range *range, struct mmn_verdict v,
			   unsigned long site)
{
	struct mmn_trace_event e;

	fill_trace(&e, range, &v, site);
	trace_invalidate_start(&e, mmn_names_cause(v.cause));
}

/*
 * A tracer that takes over return addresses may hide the site from the hook; the
 * stack, which knows such tricks, is asked before a site counts as unknown.
 */
static noinline void find_row_on_stack(struct mmn_lookup *s)
{
	const struct mmn_site *known;
	unsigned long site;

	site = mmn_unwind_find_site(s->can_resolve);
	if (!site || site == s->site.pc)
		return;
	s->site = (struct mmn_frame_pos){ .pc = site };
	known = mmn_addr_cache_get(site);
	if (known)
		lookup_set_known(s, known);
	else if (s->can_resolve)
		lookup_set_row(s, mmn_addr_cache_resolve(site));
}

static void find_row(struct mmn_lookup *s)
{
	if (s->row == MMN_SITE_UNKNOWN && mmn_unwind_allowed())
		find_row_on_stack(s);
}

/* Return: false if the verdict is left to those who may look names up. */
static bool classify_in_hook(const struct mmu_notifier_range *range,
			     struct mmn_event_snapshot *seen, bool late)
{
	struct mmn_lookup s = { .site = seen->site, .late = late };
	const struct mmn_site *known = mmn_addr_cache_get(seen->site.pc);

	if (!known) {
		mmn_addr_cache_defer(seen->site.pc);
		return false;
	}
	lookup_set_known(&s, known);
	find_row(&s);
	if (!verdict_classify(range, &s, &seen->verdict))
		return false;
	mmn_addr_cache_count_later(s.site.pc, s.row);
	mmn_verdict_publish(range, &seen->verdict, &s);
	mmn_record_set_verdict(seen);
	return true;
}

/**
 * mmn_verdict_show_start() - an event begins, for those who watch
 * @range: the range
 * @rec: its record
 *
 * Names are not looked up here: what is not known yet is left to a client's callback, or
 * to the end of the event, and looked up somewhere else meanwhile.
 *
 * Context: The hook.
 */
void mmn_verdict_show_start(const struct mmu_notifier_range *range,
			    struct mmn_record *rec)
{
	struct mmn_event_snapshot seen;

	if (mmn_record_read(mmn_verdict_key(range), mmn_verdict_id(range), false, &seen))
		classify_in_hook(range, &seen, false);
	if (trace_invalidate_end_enabled())
		WRITE_ONCE(rec->since, local_clock());
}

/* By now the names may be known. */
static bool classified_by_end(const struct mmu_notifier_range *range,
			      struct mmn_event_snapshot *seen)
{
	if (seen->judged || classify_in_hook(range, seen, true))
		return true;
	mmn_stats_inc(MMN_STAT_UNJUDGED);
	return false;
}

/**
 * mmn_verdict_show_end() - an event is over, for those who watch
 * @range: the range
 *
 * Context: The hook.
 */
void mmn_verdict_show_end(const struct mmu_notifier_range *range)
{
	struct mmn_trace_event e;
	struct mmn_event_snapshot seen;
	u64 since;

	if (!mmn_record_read(mmn_verdict_key(range), mmn_verdict_id(range), false, &seen) ||
	    !classified_by_end(range, &seen))
		return;
	since = READ_ONCE(seen.rec->since);
	if (!trace_invalidate_end_enabled() || !since)
		return;
	fill_trace(&e, range, &seen.verdict, seen.site.pc);
	e.ns = local_clock() - since;
	trace_invalidate_end(&e, mmn_names_cause(seen.verdict.cause));
}

/* The stack must say the same, where the hook alone is not enough. */
static bool is_rechecked(unsigned long recorded, bool at_end)
{
	unsigned long site;

	if (!static_branch_unlikely(&confirming))
		return true;
	site = mmn_unwind_find_site(true);
	if (!at_end)
		return site == recorded;
	/* Announced from elsewhere in the same function. */
	return site && mmn_addr_cache_resolve(site) == mmn_addr_cache_resolve(recorded);
}

/* Nothing is known: the stack is asked, if that is allowed. */
static void verdict_without_record(const struct mmu_notifier_range *range, struct mmn_lookup *s,
				   struct mmn_verdict *v)
{
	lookup_set_row(s, MMN_SITE_UNKNOWN);
	if (range->event != MMU_NOTIFY_RELEASE) {
		if (!s->late)
			mmn_stats_inc(MMN_STAT_NO_RECORD);
		find_row(s);
	} else {
		s->class = MMN_CLASS_RELEASE;
		s->needs = mmn_rules_needs(s->class);
	}
	verdict_classify(range, s, v);
}

/* The verdict goes into the record for those who ask later. */
static void record_classify(const struct mmu_notifier_range *range, struct mmn_lookup *s,
			    struct mmn_event_snapshot *seen)
{
	const struct mmn_site *known = mmn_addr_cache_get(seen->site.pc);

	s->site = seen->site;
	if (likely(known && known->row != MMN_SITE_UNKNOWN)) {
		lookup_set_known(s, known);
	} else {
		lookup_set_row(s, mmn_addr_cache_resolve(s->site.pc));
		find_row(s);
	}
	verdict_classify(range, s, &seen->verdict);
	mmn_record_set_verdict(seen);
}

/* For the first who finds it out. */
static void verdict_report(const struct mmu_notifier_range *range, const struct mmn_lookup *s,
			   const struct mmn_verdict *v)
{
	if (s->site.pc)
		mmn_addr_cache_count_unknown(s->site.pc, s->row);
	mmn_verdict_publish(range, v, s);
}

/* There is no record that is of this event for sure. */
static noinline void start_without_record(const struct mmu_notifier_range *range,
					  const struct mmn_query *query,
					  struct mmn_event_snapshot *seen)
{
	struct mmn_lookup s = { .can_resolve = true };

	verdict_without_record(range, &s, &seen->verdict);
	seen->site = s.site;
	if (mmn_verdict_keep(range, *query, s.site.pc, &seen->verdict))
		verdict_report(range, &s, &seen->verdict);
}

static noinline void start_unclassified(const struct mmu_notifier_range *range,
					struct mmn_event_snapshot *seen)
{
	struct mmn_lookup s = { .can_resolve = true };

	record_classify(range, &s, seen);
	verdict_report(range, &s, &seen->verdict);
}

noinline void mmn_verdict_start_recorded(const struct mmu_notifier_range *range,
				    const struct mmn_query *query,
				    struct mmnotify_info *info)
{
	struct mmn_event_snapshot seen MMN_UNINIT;

	if (!mmn_record_read(mmn_verdict_key(range), mmn_verdict_id(range), false, &seen) ||
	    !is_rechecked(seen.site.pc, false)) {
		start_without_record(range, query, &seen);
	} else {
		/* It has what there is to be known: the end shall find nothing else. */
		mmn_inflight_drop(current, (unsigned long)range);
		if (!seen.judged)
			start_unclassified(range, &seen);
	}
	mmn_verdict_fill(range, &seen.verdict, seen.site.pc, info);
}

/* Return: the site; NULL if no steps lead to one that has a row. */
static const struct mmn_site *find_site(const struct mmu_notifier_range *range,
					const struct mmn_query *query, struct mmn_frame_pos *at)
{
	const struct mmn_site *known;

	if (range->event == MMU_NOTIFY_RELEASE || !mmn_unwind_allowed())
		return NULL;
	known = mmn_call_path_site_slow(query->path, query->frame, at);
	return known && known->row != MMN_SITE_UNKNOWN ? known : NULL;
}

/* Nobody saw the event before: who announced it is on the stack. */
noinline void mmn_verdict_start_slow(const struct mmu_notifier_range *range,
				  const struct mmn_query *query,
				  struct mmnotify_info *info)
{
	struct mmn_lookup s = { .can_resolve = true };
	const struct mmn_site *known;
	struct mmn_verdict v;

	known = find_site(range, query, &s.site);
	if (known) {
		lookup_set_known(&s, known);
		verdict_classify(range, &s, &v);
	} else {
		s.site = (struct mmn_frame_pos){ };
		verdict_without_record(range, &s, &v);
	}
	if (mmn_verdict_keep(range, *query, s.site.pc, &v))
		verdict_report(range, &s, &v);
	mmn_verdict_fill(range, &v, s.site.pc, info);
}

void mmn_verdict_verify(unsigned long site, unsigned int row, struct mmn_verdict v)
{
	mmn_verify_check(site, row, true, &v);
}

/* What was found out at the start is lost, or in a record. */
noinline void mmn_verdict_end_slow(const struct mmu_notifier_range *range,
				struct mmnotify_info *info)
{
	struct mmn_lookup s = { .can_resolve = true, .late = true };
	struct mmn_event_snapshot seen;

	if (!static_branch_unlikely(&mmn_verdict_hooked) ||
	    !mmn_record_read(mmn_verdict_key(range), mmn_verdict_id(range), true, &seen) ||
	    !is_rechecked(seen.site.pc, true)) {
		verdict_without_record(range, &s, &seen.verdict);
		seen.site = s.site;
	} else if (!seen.judged) {
		record_classify(range, &s, &seen);
	}
	mmn_verdict_fill(range, &seen.verdict, seen.site.pc, info);
}

/**
 * mmn_verdict_cancel_end() - who said that it would ask at the end will not
 * @range: the kernel's range
 * @object: whose callback it is
 *
 * Context: As mmn_verdict_start(), after it.
 */
void mmn_verdict_cancel_end(const struct mmu_notifier_range *range, const void *object)
{
	mmn_inflight_cancel(current, (unsigned long)range, object);
}

/*
 * Is an event of @mm kept here that may still run on the stack of current? Only where
 * the range of an event lies is known; it may be over. KASAN may have poisoned it then.
 */
static bool may_run(const struct mmn_inflight *f, const struct mm_struct *mm)
{
	unsigned long range = READ_ONCE(f->key) & ~MMN_INFLIGHT_OPEN;
	const struct mm_struct *const *at;

	if (range < (unsigned long)__builtin_frame_address(0) || range >= mmn_frame_step_top())
		return false;
	at = (const void *)range + offsetof(struct mmu_notifier_range, mm);
	return READ_ONCE_NOCHECK(*at) == mm;
}

/**
 * mmn_verdict_in_callback() - does this task run a callback for an mm?
 * @mm: the mm; NULL: of an object that was never inserted
 * @what: the call that would wait for that callback, for the log
 * @caller: return address into the driver, for the log
 *
 * Costs callbacks nothing: what they keep for the end of the event tells that an event
 * may be running, and then the stack tells if it does. With the hook attached nothing is
 * kept, and a callback goes unnoticed; so does release(), which no call site announces.
 *
 * Context: Process.
 * Return: true only if so.
 */
bool mmn_verdict_in_callback(const struct mm_struct *mm, const char *what,
			     const void *caller)
{
	struct mmn_inflight_pair *pair = mmn_inflight_of(current);

	if (likely(!mm || (!may_run(&pair->outer, mm) && !may_run(&pair->inner, mm))))
		return false;
	if (mmn_unwind_allowed() && mmn_unwind_find_site(true)) {
		pr_err_ratelimited("%s in a callback of the same mm would wait for itself: use a work item (caller %ps)\n",
				   what, caller);
		return true;
	}
	/* Over: the next call need not walk the stack for it. */
	WRITE_ONCE(pair->outer.key, 0);
	WRITE_ONCE(pair->inner.key, 0);
	return false;
}
