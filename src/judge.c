// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge: from a kernel range to a verdict, once per event. Whoever comes first
 * classifies, counts and traces, and leaves the verdict in the record: the hook
 * if somebody watches, else the first client's callback.
 *
 * Without a record (no hook, attached too late, table full) every callback
 * judges for itself: it asks the stack who announced the event, and if that may
 * not be asked, the native event is all there is, and never exact.
 */
#include <linux/cache.h>
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
#include "verify.h"
#include "walk.h"

static DEFINE_STATIC_KEY_FALSE(confirms);
static DEFINE_STATIC_KEY_FALSE(watched);

bool mmn_judge_watched(void)
{
	return static_branch_unlikely(&watched);
}

void mmn_judge_watch(bool on)
{
	if (on)
		static_branch_enable(&watched);
	else
		static_branch_disable(&watched);
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
		static_branch_enable(&confirms);
	else
		static_branch_disable(&confirms);
}

/**
 * struct sight - one look at an event
 * @site: return address into the call site, 0 if nobody knows
 * @row: its row
 * @may_look: names may be looked up now
 * @late: the event ends already: it is not counted, or only now
 * @walked: the verdict took a walk of the stack
 */
struct sight {
	unsigned long site;
	unsigned int row;
	bool may_look;
	bool late;
	bool walked;
};

/* Return: false if it takes names that the hook may not look up. */
static bool classify(const struct mmu_notifier_range *range,
		     struct sight *s, unsigned int class, struct mmn_verdict *v)
{
	struct mmn_ctx ctx;

	mmn_context_gather(range, mmn_classify_wants_ctx(class), &ctx);
	if (!mmn_classify(class, range->event, &ctx, v)) {
		if (!mmn_walk_ctx(s->site, s->may_look, &ctx))
			return false;
		mmn_classify(class, range->event, &ctx, v);
		s->walked = true;
	}
	if (s->late || !mmn_verify_on() || class == MMN_CLASS_RELEASE)
		return true;
	return mmn_verify_check(s->site, s->row, s->may_look, v);
}

static u32 range_flags(const struct mmu_notifier_range *range)
{
	u32 flags = 0;

	if (mmu_notifier_range_blockable(range))
		flags |= MMNOTIFY_F_BLOCKABLE;
	if (current->mm != range->mm)
		flags |= MMNOTIFY_F_REMOTE;
	return flags;
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
	e->flags = v->flags | range_flags(range);
}

static void publish(const struct mmu_notifier_range *range,
		    const struct mmn_verdict *v, const struct sight *s)
{
	struct mmn_trace_event e;

	mmn_stats_verdict(v, s->row);
	if (s->walked)
		mmn_stats_walked(v);
	if (!trace_invalidate_start_enabled())
		return;
	fill_trace(&e, range, v, s->site);
	trace_invalidate_start(&e, mmn_names_cause(v->cause));
}

/*
 * A tracer that takes over return addresses may hide the site from the hook; the
 * stack, which knows such tricks, is asked before a site counts as unknown.
 */
static void find_row(struct sight *s)
{
	unsigned long site;

	if (s->row != MMN_SITE_UNKNOWN || !mmn_walk_allowed())
		return;
	site = mmn_walk_find_site(s->may_look);
	if (!site || site == s->site)
		return;
	s->site = site;
	if (s->may_look)
		s->row = mmn_sites_resolve(site);
	else if (mmn_sites_cached(site) > 0)
		s->row = mmn_sites_cached(site);
}

/* Return: false if the record stays open for those who may look names up. */
static bool judge_in_hook(const struct mmu_notifier_range *range,
			  struct mmn_record *rec, bool late)
{
	struct sight s = { .site = rec->site, .late = late };
	int row = mmn_sites_cached(rec->site);

	if (row < 0) {
		mmn_sites_defer(rec->site);
		return false;
	}
	s.row = row;
	find_row(&s);
	if (!classify(range, &s, mmn_sitenames_class(s.row), &rec->verdict))
		return false;
	mmn_sites_note_later(s.site, s.row);
	publish(range, &rec->verdict, &s);
	WRITE_ONCE(rec->state, rec->state | MMN_RECORD_JUDGED);
	return true;
}

/**
 * mmn_judge_in_hook() - judge for those who watch but are no client
 * @range: the range whose invalidation begins
 * @rec: its record, just opened
 *
 * Names are not looked up here. What is not known yet is left to a client's
 * callback, or to the end of the event, and looked up somewhere else meanwhile.
 *
 * Context: The hook.
 */
void mmn_judge_in_hook(const struct mmu_notifier_range *range,
		       struct mmn_record *rec)
{
	judge_in_hook(range, rec, false);
	if (trace_invalidate_end_enabled())
		rec->since = local_clock();
}

/*
 * By now the names may be known. Of what is not blockable a client may have
 * given a verdict that the record does not keep; once is enough.
 */
static bool judged_by_now(const struct mmu_notifier_range *range,
			  struct mmn_record *rec)
{
	if (rec->state & MMN_RECORD_JUDGED)
		return true;
	if (!(rec->state & MMN_RECORD_BLOCKABLE))
		return false;
	if (judge_in_hook(range, rec, true))
		return true;
	mmn_stats_inc(MMN_STAT_UNJUDGED);
	return false;
}

/**
 * mmn_judge_end_in_hook() - tell watchers that an invalidation is over
 * @range: the range
 * @rec: its record
 *
 * Context: The hook.
 */
void mmn_judge_end_in_hook(const struct mmu_notifier_range *range,
			   struct mmn_record *rec)
{
	struct mmn_trace_event e;

	if (!judged_by_now(range, rec))
		return;
	if (!trace_invalidate_end_enabled() || !rec->since)
		return;
	fill_trace(&e, range, &rec->verdict, rec->site);
	e.ns = local_clock() - rec->since;
	trace_invalidate_end(&e, mmn_names_cause(rec->verdict.cause));
}

/*
 * Is this record of this very event? A record may outlive its range if the
 * start was refused, and the next start at the same address may have been
 * missed; then everything else would have to agree by chance, too.
 */
static bool is_mine(const struct mmn_record *rec,
		    const struct mmu_notifier_range *range)
{
	return rec->mm == range->mm && rec->task == current &&
	       rec->start == range->start && rec->end == range->end;
}

/* The stack must say the same, where the hook alone is not enough. */
static bool is_confirmed(unsigned long recorded, bool at_end)
{
	unsigned long site;

	if (!static_branch_unlikely(&confirms))
		return true;
	site = mmn_walk_find_site(true);
	if (!at_end)
		return site == recorded;
	/* Announced from elsewhere in the same function. */
	return site && mmn_sites_resolve(site) == mmn_sites_resolve(recorded);
}

/* What a callback needs of a record. */
struct seen {
	unsigned long site;
	struct mmn_verdict verdict;
	u8 state;
};

/* What was seen is consistent, or nothing was. */
static struct mmn_record *read_record(const struct mmu_notifier_range *range,
				      struct seen *seen, bool at_end)
{
	struct mmn_record *rec = mmn_record_find(range);
	bool mine;

	if (!rec)
		return NULL;
	seen->site = rec->site;
	seen->verdict = rec->verdict;
	seen->state = rec->state;
	mine = is_mine(rec, range);
	/* Pairs with the release of the key in mmn_record_open(). */
	smp_rmb();
	if (!mine || !mmn_record_is(rec, range) ||
	    !is_confirmed(seen->site, at_end))
		return NULL;
	return rec;
}

/* No record: the stack is asked, if that is allowed. Return: the site, or 0. */
static unsigned long judge_alone(const struct mmu_notifier_range *range,
				 struct mmn_verdict *v, bool at_end)
{
	struct sight s = {
		.row = MMN_SITE_UNKNOWN, .may_look = true, .late = at_end,
	};
	unsigned int class = MMN_CLASS_RELEASE;

	if (range->event != MMU_NOTIFY_RELEASE) {
		if (!at_end)
			mmn_stats_inc(MMN_STAT_NO_RECORD);
		find_row(&s);
		class = mmn_sitenames_class(s.row);
	}
	classify(range, &s, class, v);
	if (at_end)
		return s.site;
	if (s.site)
		mmn_sites_note(s.site, s.row);
	publish(range, v, &s);
	return s.site;
}

/*
 * The verdict goes into the record for those who ask later, but only if it is
 * blockable: others may be taken over when they look forgotten (record.c), so
 * each asker judges for itself.
 */
static void judge_seen(const struct mmu_notifier_range *range,
		       struct mmn_record *rec, struct seen *seen,
		       bool at_end)
{
	struct sight s = {
		.site = seen->site, .may_look = true, .late = at_end,
	};

	if (seen->state & MMN_RECORD_JUDGED)
		return;
	s.row = mmn_sites_resolve(s.site);
	find_row(&s);
	classify(range, &s, mmn_sitenames_class(s.row), &seen->verdict);
	if (!at_end) {
		mmn_sites_note(s.site, s.row);
		publish(range, &seen->verdict, &s);
	}
	seen->state |= MMN_RECORD_JUDGED;
	if (!(seen->state & MMN_RECORD_BLOCKABLE))
		return;
	rec->verdict = seen->verdict;
	WRITE_ONCE(rec->state, seen->state);
}

static void *owner_of(const struct mmu_notifier_range *range, unsigned int event)
{
	/* The kernel leaves the member uninitialised for all others. */
	if (event != MMNOTIFY_MIGRATE && event != MMNOTIFY_EXCLUSIVE)
		return NULL;
	if (range->event != MMU_NOTIFY_MIGRATE &&
	    range->event != MMN_NOTIFY_EXCLUSIVE)
		return NULL;
	return mmn_range_owner(range);
}

/* Each member by itself: clearing all of it first would double the price. */
static void fill_info(const struct mmu_notifier_range *range,
		      const struct seen *seen, struct mmnotify_info *info)
{
	info->size = sizeof(*info);
	info->event = seen->verdict.event;
	info->cause = seen->verdict.cause;
	info->native = range->event;
	info->rsvd16 = 0;
	info->effects = seen->verdict.effects;
	info->flags = seen->verdict.flags | range_flags(range);
	info->rsvd32 = 0;
	info->mm = range->mm;
	info->start = range->start;
	info->end = range->end;
	info->owner = owner_of(range, info->event);
	info->site = seen->site;
	memset(info->rsvd, 0, sizeof(info->rsvd));
	/* Nothing is forgotten when members are added. */
	BUILD_BUG_ON(offsetofend(struct mmnotify_info, rsvd) != sizeof(*info));
}

/**
 * mmn_judge_expect_end() - a client will ask for this verdict again at the end
 * @range: the kernel's range
 *
 * Context: A start callback of the task that invalidates, after
 * mmn_judge_range(). Paired with mmn_judge_end_done().
 */
void mmn_judge_expect_end(const struct mmu_notifier_range *range)
{
	struct mmn_record *rec = mmn_record_find(range);

	if (rec)
		rec->ends++;
}

/**
 * mmn_judge_end_done() - one client less that will ask
 * @range: the kernel's range
 *
 * The last one closes the record, which the hook left open for it.
 *
 * Context: An end callback of the task that invalidates.
 */
void mmn_judge_end_done(const struct mmu_notifier_range *range)
{
	struct mmn_record *rec = mmn_record_find(range);

	if (!rec || !rec->ends)
		return;
	if (!--rec->ends && (rec->state & MMN_RECORD_ENDED))
		mmn_record_close(rec, range);
}

/**
 * mmn_judge_range() - the verdict for a client's callback
 * @range: the kernel's range
 * @at_end: this is the end of an event that was counted at its start
 * @info: filled completely
 *
 * Context: A notifier callback of the task that invalidates.
 */
void mmn_judge_range(const struct mmu_notifier_range *range, bool at_end,
		     struct mmnotify_info *info)
{
	struct mmn_record *rec;
	struct seen seen;

	rec = read_record(range, &seen, at_end);
	if (rec)
		judge_seen(range, rec, &seen, at_end);
	else
		seen.site = judge_alone(range, &seen.verdict, at_end);
	fill_info(range, &seen, info);
}
