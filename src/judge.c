// SPDX-License-Identifier: GPL-2.0-only
/*
 * judge: from a kernel range to a verdict, once per event. Whoever comes first
 * classifies, counts and traces, and leaves the verdict in the record: the hook
 * if somebody watches, else the first client's callback.
 *
 * Without a record (no hook, attached too late, table full) every callback
 * judges for itself from the native event: never exact.
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

static void classify(const struct mmu_notifier_range *range, unsigned int class,
		     struct mmn_verdict *v)
{
	struct mmn_ctx ctx;

	mmn_context_gather(range->mm, mmn_classify_wants_ctx(class), &ctx);
	mmn_classify(class, range->event, &ctx, v);
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
		    const struct mmn_verdict *v, unsigned int row,
		    unsigned long site)
{
	struct mmn_trace_event e;

	mmn_stats_verdict(v, row);
	if (!trace_invalidate_start_enabled())
		return;
	fill_trace(&e, range, v, site);
	trace_invalidate_start(&e, mmn_names_cause(v->cause));
}

static void judge_record(const struct mmu_notifier_range *range,
			 struct mmn_record *rec, unsigned int row, bool at_end)
{
	classify(range, mmn_sitenames_class(row), &rec->verdict);
	if (!at_end)
		publish(range, &rec->verdict, row, rec->site);
	WRITE_ONCE(rec->state, rec->state | MMN_RECORD_JUDGED);
}

/**
 * mmn_judge_in_hook() - judge for those who watch but are no client
 * @range: the range whose invalidation begins
 * @rec: its record, just opened
 *
 * A call site that was never resolved is left to a client's callback, or goes
 * by once without a verdict; names are not looked up here.
 *
 * Context: The hook.
 */
void mmn_judge_in_hook(const struct mmu_notifier_range *range,
		       struct mmn_record *rec)
{
	int row = mmn_sites_cached(rec->site);

	if (row < 0) {
		mmn_sites_defer(rec->site);
		return;
	}
	judge_record(range, rec, row, false);
	if (trace_invalidate_end_enabled())
		rec->since = local_clock();
}

/**
 * mmn_judge_end_in_hook() - tell watchers that an invalidation is over
 * @range: the range
 * @rec: its record
 *
 * Context: The hook.
 */
void mmn_judge_end_in_hook(const struct mmu_notifier_range *range,
			   const struct mmn_record *rec)
{
	struct mmn_trace_event e;

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

/* A copy that is consistent, or nothing. */
static struct mmn_record *read_record(const struct mmu_notifier_range *range,
				      struct mmn_record *copy)
{
	struct mmn_record *rec = mmn_record_find(range);

	if (!rec)
		return NULL;
	*copy = *rec;
	/* Pairs with the release of the key in mmn_record_open(). */
	smp_rmb();
	if (!mmn_record_is(rec, range) || !is_mine(copy, range))
		return NULL;
	return rec;
}

static void judge_native(const struct mmu_notifier_range *range,
			 struct mmn_verdict *v, bool at_end)
{
	unsigned int class = MMN_CLASS_UNKNOWN;

	if (range->event == MMU_NOTIFY_RELEASE)
		class = MMN_CLASS_RELEASE;
	else if (!at_end)
		mmn_stats_inc(MMN_STAT_NO_RECORD);
	classify(range, class, v);
	if (!at_end)
		publish(range, v, MMN_SITE_UNKNOWN, 0);
}

/*
 * The verdict goes into the record for those who ask later, but only if it is
 * blockable: others may be taken over when they look forgotten (record.c), so
 * each asker judges for itself.
 */
static void judge_copy(const struct mmu_notifier_range *range,
		       struct mmn_record *rec, struct mmn_record *copy,
		       bool at_end)
{
	unsigned int row;

	if (copy->state & MMN_RECORD_JUDGED)
		return;
	row = mmn_sites_resolve(copy->site);
	judge_record(range, copy, row, at_end);
	if (!(copy->state & MMN_RECORD_BLOCKABLE))
		return;
	rec->verdict = copy->verdict;
	WRITE_ONCE(rec->state, copy->state);
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
	struct mmn_record copy, *rec;

	rec = read_record(range, &copy);
	if (rec) {
		judge_copy(range, rec, &copy, at_end);
	} else {
		copy.site = 0;
		judge_native(range, &copy.verdict, at_end);
	}

	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->event = copy.verdict.event;
	info->cause = copy.verdict.cause;
	info->native = range->event;
	info->effects = copy.verdict.effects;
	info->flags = copy.verdict.flags | range_flags(range);
	info->mm = range->mm;
	info->start = range->start;
	info->end = range->end;
	info->owner = owner_of(range, info->event);
	info->site = copy.site;
}
