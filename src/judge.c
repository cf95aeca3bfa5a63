// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge: from a kernel range to a verdict, once per event. Whoever comes first
 * classifies, counts and traces, and leaves the verdict in the record: the hook
 * if somebody watches, else the first client's callback.
 *
 * Without a record (no hook, attached too late, taken over) every callback
 * judges for itself: it asks the stack who announced the event, and if that may
 * not be asked, the native event is all there is, and never exact.
 */
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/static_key.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "classify.h"
#include "compat/compat.h"
#include "context.h"
#include "judge.h"
#include "names.h"
#include "record.h"
#include "sitenames.h"
#include "sites.h"
#include "stats.h"
#include "trace.h"
#include "trail.h"
#include "verify.h"
#include "walk.h"

/* A record needs a second witness. */
DEFINE_STATIC_KEY_FALSE(mmn_judge_confirming);
DEFINE_STATIC_KEY_FALSE(mmn_judge_watching);

bool mmn_judge_watched(void)
{
	return static_branch_unlikely(&mmn_judge_watching);
}

void mmn_judge_watch(bool on)
{
	if (on)
		static_branch_enable(&mmn_judge_watching);
	else
		static_branch_disable(&mmn_judge_watching);
}

/**
 * mmn_judge_confirm() - do records need a second witness?
 * @on: the hook may miss an end, so a record may be another event's
 *
 * Context: Process; before the hook that needs it is attached.
 */
void mmn_judge_confirm(bool on)
{
	if (on)
		static_branch_enable(&mmn_judge_confirming);
	else
		static_branch_disable(&mmn_judge_confirming);
}

/**
 * struct sight - one look at an event
 * @site: the call site; no address if nobody knows
 * @row: its row
 * @class: enum mmn_class of that row
 * @wants: what its rules look at
 * @may_look: names may be looked up now
 * @late: the event ends already: it is not counted, or only now
 * @walked: the verdict took a walk of the stack
 */
struct sight {
	struct mmn_where site;
	unsigned int row;
	unsigned int class;
	u32 wants;
	bool may_look;
	bool late;
	bool walked;
};

static void set_row(struct sight *s, unsigned int row)
{
	s->row = row;
	s->class = mmn_sitenames_class(row);
	s->wants = mmn_classify_wants(s->class);
}

static void set_known(struct sight *s, const struct mmn_site *known)
{
	s->row = known->row;
	s->class = known->class;
	s->wants = known->wants;
}

/* Return: false if it takes names that the hook may not look up. */
static noinline bool walk(const struct mmu_notifier_range *range,
			  const struct sight *s, struct mmn_ctx *ctx,
			  struct mmn_verdict *v)
{
	struct mmn_trail trail MMN_UNINIT;
	u32 bits = ctx->bits;

	if (!mmn_walk_ctx(&s->site, s->may_look, &trail, ctx))
		return false;
	mmn_classify(s->class, range->event, ctx, v);
	mmn_trail_keep(&trail, s->class, bits, v);
	return true;
}

/* Return: as walk(). */
static bool classify(const struct mmu_notifier_range *range, struct sight *s,
		     struct mmn_verdict *v)
{
	struct mmn_ctx ctx MMN_UNINIT;
	bool any_call = !(s->wants & MMN_WANT_SYS);

	mmn_context_gather(range, s->wants, &ctx);
	/* The last walk counts only for what has to walk, which the call may decide. */
	if (any_call && mmn_trail_find(&s->site, s->class, ctx.bits, v)) {
		s->walked = true;
	} else if (!mmn_classify(s->class, range->event, &ctx, v)) {
		s->walked = true;
		if ((any_call || !mmn_trail_find(&s->site, s->class, ctx.bits, v)) &&
		    !walk(range, s, &ctx, v))
			return false;
	}
	if (s->late || !mmn_verify_on() || s->class == MMN_CLASS_RELEASE)
		return true;
	return mmn_verify_check(s->site.pc, s->row, s->may_look, v);
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
	e->flags = v->flags | mmn_judge_flags(range);
}

static noinline void trace(const struct mmu_notifier_range *range,
			   const struct mmn_verdict *v, unsigned long site)
{
	struct mmn_trace_event e;

	fill_trace(&e, range, v, site);
	trace_invalidate_start(&e, mmn_names_cause(v->cause));
}

static __always_inline void publish(const struct mmu_notifier_range *range,
				    const struct mmn_verdict *v,
				    const struct sight *s)
{
	mmn_stats_verdict(v, s->row);
	if (s->walked)
		mmn_stats_walked(v);
	if (trace_invalidate_start_enabled())
		trace(range, v, s->site.pc);
}

/*
 * A tracer that takes over return addresses may hide the site from the hook; the
 * stack, which knows such tricks, is asked before a site counts as unknown.
 */
static noinline void find_other_row(struct sight *s)
{
	const struct mmn_site *known;
	unsigned long site;

	site = mmn_walk_find_site(s->may_look);
	if (!site || site == s->site.pc)
		return;
	s->site = (struct mmn_where){ .pc = site };
	known = mmn_sites_get(site);
	if (known)
		set_known(s, known);
	else if (s->may_look)
		set_row(s, mmn_sites_resolve(site));
}

static void find_row(struct sight *s)
{
	if (s->row == MMN_SITE_UNKNOWN && mmn_walk_allowed())
		find_other_row(s);
}

/* Return: false if the verdict is left to those who may look names up. */
static bool judge_in_hook(const struct mmu_notifier_range *range,
			  struct mmn_seen *seen, bool late)
{
	struct sight s = { .site = seen->site, .late = late };
	const struct mmn_site *known = mmn_sites_get(seen->site.pc);

	if (!known) {
		mmn_sites_defer(seen->site.pc);
		return false;
	}
	set_known(&s, known);
	find_row(&s);
	if (!classify(range, &s, &seen->verdict))
		return false;
	mmn_sites_note_later(s.site.pc, s.row);
	publish(range, &seen->verdict, &s);
	mmn_record_judge(seen);
	return true;
}

/**
 * mmn_judge_show_start() - an event begins, for those who watch
 * @range: the range
 * @rec: its record
 *
 * Names are not looked up here: what is not known yet is left to a client's callback, or
 * to the end of the event, and looked up somewhere else meanwhile.
 *
 * Context: The hook.
 */
void mmn_judge_show_start(const struct mmu_notifier_range *range,
			  struct mmn_record *rec)
{
	struct mmn_seen seen;

	if (mmn_record_read(mmn_judge_key(range), mmn_judge_id(range), false, &seen))
		judge_in_hook(range, &seen, false);
	if (trace_invalidate_end_enabled())
		WRITE_ONCE(rec->since, local_clock());
}

/* By now the names may be known. */
static bool judged_by_now(const struct mmu_notifier_range *range,
			  struct mmn_seen *seen)
{
	if (seen->judged || judge_in_hook(range, seen, true))
		return true;
	mmn_stats_inc(MMN_STAT_UNJUDGED);
	return false;
}

/**
 * mmn_judge_show_end() - an event is over, for those who watch
 * @range: the range
 *
 * Context: The hook.
 */
void mmn_judge_show_end(const struct mmu_notifier_range *range)
{
	struct mmn_trace_event e;
	struct mmn_seen seen;
	u64 since;

	if (!mmn_record_read(mmn_judge_key(range), mmn_judge_id(range), false, &seen) ||
	    !judged_by_now(range, &seen))
		return;
	since = READ_ONCE(seen.rec->since);
	if (!trace_invalidate_end_enabled() || !since)
		return;
	fill_trace(&e, range, &seen.verdict, seen.site.pc);
	e.ns = local_clock() - since;
	trace_invalidate_end(&e, mmn_names_cause(seen.verdict.cause));
}

/* The stack must say the same, where the hook alone is not enough. */
static bool is_confirmed(unsigned long recorded, bool at_end)
{
	unsigned long site;

	if (!static_branch_unlikely(&mmn_judge_confirming))
		return true;
	site = mmn_walk_find_site(true);
	if (!at_end)
		return site == recorded;
	/* Announced from elsewhere in the same function. */
	return site && mmn_sites_resolve(site) == mmn_sites_resolve(recorded);
}

/* No record: the stack is asked, if that is allowed. Return: the site, or 0. */
static noinline unsigned long
judge_alone(const struct mmu_notifier_range *range, struct mmn_verdict *v, bool at_end)
{
	struct sight s = { .may_look = true, .late = at_end };

	set_row(&s, MMN_SITE_UNKNOWN);
	if (range->event != MMU_NOTIFY_RELEASE) {
		if (!at_end)
			mmn_stats_inc(MMN_STAT_NO_RECORD);
		find_row(&s);
	} else {
		s.class = MMN_CLASS_RELEASE;
		s.wants = mmn_classify_wants(s.class);
	}
	classify(range, &s, v);
	if (at_end)
		return s.site.pc;
	if (s.site.pc)
		mmn_sites_note(s.site.pc, s.row);
	publish(range, v, &s);
	return s.site.pc;
}

/* The verdict goes into the record for those who ask later. */
static void judge_seen(const struct mmu_notifier_range *range,
		       struct mmn_seen *seen, bool at_end)
{
	struct sight s = {
		.site = seen->site, .may_look = true, .late = at_end,
	};
	const struct mmn_site *known = mmn_sites_get(s.site.pc);

	if (likely(known && known->row != MMN_SITE_UNKNOWN)) {
		set_known(&s, known);
	} else {
		set_row(&s, mmn_sites_resolve(s.site.pc));
		find_row(&s);
	}
	classify(range, &s, &seen->verdict);
	if (!at_end) {
		mmn_sites_note(s.site.pc, s.row);
		publish(range, &seen->verdict, &s);
	}
	mmn_record_judge(seen);
}

/**
 * mmn_judge_event() - a client asks, and the record alone is no answer
 * @range: the kernel's range
 * @at_end: its end is being told
 * @found: there is a record
 * @seen: what it says; afterwards, with site and verdict
 *
 * Context: As mmn_judge_range().
 */
void mmn_judge_event(const struct mmu_notifier_range *range, bool at_end, bool found,
		     struct mmn_seen *seen)
{
	if (!found || !is_confirmed(seen->site.pc, at_end))
		seen->site.pc = judge_alone(range, &seen->verdict, at_end);
	else if (!seen->judged)
		judge_seen(range, seen, at_end);
}
