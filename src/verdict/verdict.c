// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * verdict: slow paths from a kernel range to a verdict. The overview is in verdict.h.
 *
 * With a record, an event is classified once: by the hook if observers exist, else by the
 * first client's callback. The verdict is saved in the record, counted and traced.
 *
 * Without a record each callback classifies the event itself. There is none if the hook
 * is not attached, was attached after the start, or if another event took the slot. The
 * call site comes from the stack. If the stack must not be used, the verdict is the native
 * event and not exact. The first callback counts the event and saves the verdict for the
 * end (event.c).
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/kernel.h>
#include <linux/limits.h>
#include <linux/mm.h>
#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sched/clock.h>
#include <linux/static_key.h>
#include <linux/stddef.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "census/census.h"
#include "compat/compat.h"
#include "context.h"
#include "event.h"
#include "flight.h"
#include "process.h"
#include "rules/names.h"
#include "rules/operation.h"
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

/* The tracepoints copy the names as they are in the tables. */
static_assert(MMN_TRACE_NAME == MMN_NAMES_SIZE);

/* True if the stack has to confirm a record before it is used. */
static DEFINE_STATIC_KEY_FALSE(rechecking);
DEFINE_STATIC_KEY_FALSE(mmn_verdict_watching);

/* True while the hook is attached, so records may exist. */
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
 * mmn_verdict_set_recheck() - set whether the stack has to confirm records
 * @on: true if the hook may miss events, so that a record may be of another event
 *
 * Context: Process, may sleep; before the hook is attached.
 */
void mmn_verdict_set_recheck(bool on)
{
	set_key(&rechecking, on);
}

/**
 * mmn_verdict_set_hooked() - set whether callbacks look for records
 * @on: true before the hook is attached; false before it is detached
 *
 * Context: Process, may sleep.
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
	s->trust = mmn_census_trust(row, s->site.pc);
}

static void lookup_set_known(struct mmn_lookup *s, const struct mmn_site *known)
{
	s->row = known->row;
	s->class = known->class;
	s->needs = known->needs;
	s->trust = known->trust;
}

/*
 * Apply the rules. A native event that was not audited shows that the call site has another
 * meaning on this kernel. Return: false if the rules need the stack.
 */
static bool verdict_apply(const struct mmu_notifier_range *range, const struct mmn_lookup *s,
			  struct mmn_ctx *ctx, struct mmn_verdict *v)
{
	if (!mmn_census_expects(s->row, range->event)) {
		if (ctx->bits & MMN_CTX_VERIFIED)
			mmn_census_report(s->row, range->event);
		ctx->bits &= ~MMN_CTX_VERIFIED;
	}
	return mmn_rules_classify(s->class, range->event, ctx, v);
}

static noinline void verdict_unwind(const struct mmu_notifier_range *range,
				    const struct mmn_lookup *s, u32 bits,
				    struct mmn_ctx *ctx, struct mmn_verdict *v)
{
	struct mmn_walk_words walk MMN_UNINIT;

	mmn_unwind_ctx(&s->site, &walk, ctx);
	verdict_apply(range, s, ctx, v);
	mmn_last_walk_keep(&walk, mmn_rule_cache_site(s->row, range->event), bits, v);
}

/* Return: false if the rules need the stack. */
static bool verdict_by_rules(const struct mmu_notifier_range *range, const struct mmn_lookup *s,
			     struct mmn_ctx *ctx, struct mmn_verdict *v)
{
	u32 site = mmn_rule_cache_site(s->row, range->event);
	/* A call site without a row has no key, but a release, which has none, has one. */
	u64 key = s->row || s->class == MMN_CLASS_RELEASE ?
		  mmn_rule_cache_key(site, s->needs, ctx) : 0;

	if (mmn_rule_cache_find(key, v))
		return v->event != MMN_RULE_CACHE_NEEDS_STACK;
	if (!verdict_apply(range, s, ctx, v))
		v->event = MMN_RULE_CACHE_NEEDS_STACK;
	mmn_rule_cache_keep(key, v);
	return v->event != MMN_RULE_CACHE_NEEDS_STACK;
}

/* @ctx has been gathered for @s->needs. */
static void verdict_decide(const struct mmu_notifier_range *range, struct mmn_lookup *s,
			   struct mmn_ctx *ctx, struct mmn_verdict *v)
{
	u32 site = mmn_rule_cache_site(s->row, range->event), bits = ctx->bits;

	if (!verdict_by_rules(range, s, ctx, v)) {
		s->walked = true;
		if (!mmn_last_walk_find(&s->site, site, bits, v))
			verdict_unwind(range, s, bits, ctx, v);
	}
	if (mmn_verify_on() && !s->late && s->class != MMN_CLASS_RELEASE)
		mmn_verify_check(s->site.pc, s->row, s->in_hook, v);
}

static void verdict_classify(const struct mmu_notifier_range *range, struct mmn_lookup *s,
			     struct mmn_verdict *v)
{
	struct mmn_ctx ctx MMN_UNINIT;

	mmn_context_gather(range, s->needs, s->trust, &ctx);
	verdict_decide(range, s, &ctx, v);
}

static void fill_trace(struct mmn_trace_event *e,
		       const struct mmu_notifier_range *range,
		       const struct mmn_verdict *v, unsigned long site, u64 nr)
{
	e->operation = NULL;
	e->start = range->start;
	e->end = range->end;
	e->site = site;
	e->ns = 0;
	e->id = nr;
	mmn_process_get(range->mm, &e->process);
	e->effects = v->effects;
	e->event = v->event;
	e->cause = v->cause;
	e->native = range->event;
	e->flags = v->flags | mmn_verdict_flags(range);
}

static noinline void trace_start(const struct mmu_notifier_range *range,
				 const struct mmn_verdict *v, unsigned long site, u64 nr,
				 const char *operation)
{
	struct mmn_trace_event e MMN_UNINIT;

	fill_trace(&e, range, v, site, nr);
	e.operation = operation;
	trace_invalidate_start(&e, mmn_names_cause(v->cause));
}

/* The hook did not see the event, so its end is not traced. */
noinline void mmn_verdict_trace(const struct mmu_notifier_range *range, struct mmn_verdict v,
			   unsigned long site)
{
	trace_start(range, &v, site, mmn_stats_number(), NULL);
}

/*
 * A tracer that replaces return addresses may hide the call site from the hook. The
 * unwinder restores the original address, so walk the stack before the site counts as
 * unknown.
 */
static noinline void find_row_on_stack(struct mmn_lookup *s)
{
	const struct mmn_site *known;
	unsigned long site;

	site = mmn_unwind_find_site(s->in_hook);
	if (!site || site == s->site.pc)
		return;
	s->site = (struct mmn_frame_pos){ .pc = site };
	known = mmn_addr_cache_get(site);
	if (known)
		lookup_set_known(s, known);
	else
		lookup_set_row(s, mmn_addr_cache_resolve(site));
}

static void find_row(struct mmn_lookup *s)
{
	if (s->row == MMN_SITE_UNKNOWN && mmn_unwind_allowed())
		find_row_on_stack(s);
}

/* The range of exit has no end. */
static u64 pages_of(const struct mmu_notifier_range *range)
{
	return range->end == ULONG_MAX ? 0 : (range->end - range->start) >> PAGE_SHIFT;
}

static noinline void trace_end(const struct mmu_notifier_range *range,
			       const struct mmn_flight *f, u64 ns)
{
	struct mmn_trace_event e MMN_UNINIT;

	fill_trace(&e, range, &f->verdict, f->site, f->nr);
	e.ns = ns;
	e.operation = mmn_flight_operation(f);
	trace_invalidate_end(&e, mmn_names_cause(f->verdict.cause));
}

/* An event before this one, whose end the hook missed, may have left the record. */
static bool flight_is_of(const struct mmn_flight *f, const struct mmu_notifier_range *range)
{
	return f->mm == range->mm && f->start == range->start && f->end == range->end;
}

/**
 * mmn_verdict_show_end() - count an event by process and trace its end, for observers
 * @range: the kernel's range
 *
 * Context: The hook.
 */
void mmn_verdict_show_end(const struct mmu_notifier_range *range)
{
	struct mmn_flight *f = mmn_flight_find((unsigned long)range);
	u64 ns;

	if (unlikely(!f))
		return;
	if (likely(flight_is_of(f, range))) {
		ns = mmn_flight_age(f);
		mmn_process_count(range->mm, f->verdict.cause, pages_of(range), ns);
		if (trace_invalidate_end_enabled())
			trace_end(range, f, ns);
	}
	mmn_flight_close(f);
}

/* Return: true if the hook recorded this event, and no other one has overwritten it. */
static bool read_record(const struct mmu_notifier_range *range, bool at_end,
			struct mmn_event_snapshot *seen)
{
	struct mmn_event_identity e MMN_UNINIT;

	mmn_verdict_identify(range, &e);
	return mmn_event_read(&e, at_end, seen);
}

/* Does the stack confirm the recorded call site? Always true for a reliable hook. */
static bool is_rechecked(unsigned long recorded, bool at_end)
{
	unsigned long site;

	if (!static_branch_unlikely(&rechecking))
		return true;
	site = mmn_unwind_find_site(false);
	if (!at_end)
		return site == recorded;
	/* The end is announced from another address in the same function. */
	return site && mmn_addr_cache_resolve(site) == mmn_addr_cache_resolve(recorded);
}

static void classify_release(const struct mmu_notifier_range *range, struct mmn_lookup *s,
			     struct mmn_verdict *v)
{
	lookup_set_row(s, MMN_SITE_UNKNOWN);
	s->class = MMN_CLASS_RELEASE;
	s->needs = mmn_rules_needs(s->class);
	verdict_classify(range, s, v);
}

/* Find the call site on the stack, if unwinding is allowed, and classify. */
static void verdict_without_record(const struct mmu_notifier_range *range, struct mmn_lookup *s,
				   struct mmn_verdict *v)
{
	if (mmnotify_range_is_release(range)) {
		classify_release(range, s, v);
		return;
	}
	lookup_set_row(s, MMN_SITE_UNKNOWN);
	if (!s->late)
		mmn_stats_inc(MMN_STAT_NO_RECORD);
	find_row(s);
	verdict_classify(range, s, v);
}

/* Classify with the recorded call site, and save the verdict in the record. */
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
	mmn_event_set_verdict(seen);
}

/* Count and trace an event: only in its first callback. */
static void verdict_report(const struct mmu_notifier_range *range, const struct mmn_lookup *s,
			   const struct mmn_verdict *v)
{
	if (s->site.pc)
		mmn_addr_cache_count_unknown(s->site.pc, s->row);
	mmn_verdict_publish(range, v, s);
}

/* The hook has shown the release of the mm before the callbacks run. */
static bool is_shown(const struct mmu_notifier_range *range)
{
	return mmnotify_range_is_release(range) && mmn_verdict_is_watched();
}

/* There is no record, or the stack does not confirm it. */
static noinline void start_without_record(const struct mmu_notifier_range *range,
					  const struct mmn_query *query,
					  struct mmn_event_snapshot *seen)
{
	struct mmn_lookup s = { };

	verdict_without_record(range, &s, &seen->verdict);
	seen->site = s.site;
	if (mmn_verdict_keep(range, *query, s.site.pc, &seen->verdict) && !is_shown(range))
		verdict_report(range, &s, &seen->verdict);
}

static noinline void start_unclassified(const struct mmu_notifier_range *range,
					struct mmn_event_snapshot *seen)
{
	struct mmn_lookup s = { };

	record_classify(range, &s, seen);
	verdict_report(range, &s, &seen->verdict);
}

/* @f is further out on the stack, for the same memory. */
static bool is_around(const struct mmn_flight *f, const struct mmu_notifier_range *range)
{
	return f && f->mm == range->mm && f->start < range->end && f->end > range->start;
}

/*
 * A huge page is split for a part of it: inside of the event of the operation that asked, or before
 * it, in the same system call. Return: the name of the operation; NULL if it is not known.
 */
static noinline const char *operation_behind(const struct mmu_notifier_range *range)
{
	const struct mmn_flight *outer = mmn_flight_around((unsigned long)range);
	struct mmn_ctx ctx MMN_UNINIT;

	if (is_around(outer, range))
		return mmn_flight_operation(outer) ?: mmn_names_cause(outer->verdict.cause);
	mmn_context_gather(range, MMN_OPERATION_NEEDS, 0, &ctx);
	return mmn_operation_name(&ctx);
}

/**
 * mmn_verdict_cause_now() - get the cause of what this task does to an mm
 * @mm: the mm
 * @sp: stack pointer of what the event calls, or the operation
 *
 * Context: The hook, or a probe, while events are watched.
 * Return: cause of the event in flight, or the one that the system call stands for; enum
 * mmnotify_cause, MMNOTIFY_CAUSE_UNKNOWN if it is not known.
 */
unsigned int mmn_verdict_cause_now(struct mm_struct *mm, unsigned long sp)
{
	const struct mmu_notifier_range range = { .mm = mm };
	const struct mmn_flight *f = mmn_flight_around(sp);
	struct mmn_ctx ctx MMN_UNINIT;

	if (f && f->mm == mm)
		return f->verdict.cause;
	mmn_context_gather(&range, MMN_OPERATION_NEEDS, 0, &ctx);
	return mmn_operation_cause(&ctx);
}

/* From now on the event is in flight. */
static __always_inline struct mmn_flight *
flight_begin(const struct mmu_notifier_range *range, unsigned long at,
	     const struct mmn_verdict *v, unsigned long site, u64 nr, const char *operation)
{
	struct mmn_flight *f = mmn_flight_open(at, mmn_frame_step_top());

	if (unlikely(!f))
		return NULL;
	f->nr = nr;
	f->mm = range->mm;
	f->start = range->start;
	f->end = range->end;
	f->site = site;
	f->verdict = *v;
	f->operation = operation;
	f->pid = current->pid;
	f->ends = mmu_notifier_range_blockable(range);
	f->since = local_clock();
	mmn_flight_publish(f, at);
	return f;
}

static noinline void begin_split(const struct mmu_notifier_range *range,
				 const struct mmn_verdict *v, unsigned long site, u64 nr)
{
	const char *operation = operation_behind(range);

	if (trace_invalidate_start_enabled())
		trace_start(range, v, site, nr, operation);
	flight_begin(range, (unsigned long)range, v, site, nr, operation);
}

/**
 * mmn_verdict_show_start() - classify, count and trace an event for observers
 * @range: the kernel's range
 * @slot: slot of the event, from mmn_event_open()
 * @id: mmn_event_id() of the event
 * @site: return address into the call site
 * @sp: stack address of the word above @site; 0 if unknown; only a hint
 * @bp: frame pointer of the call site; only a hint
 *
 * The first event of a call site, or with a frame that is not cached yet, resolves symbols, as in
 * a callback. So it is traced here, and with the same verdict as later ones.
 *
 * Context: The hook.
 */
void mmn_verdict_show_start(const struct mmu_notifier_range *range,
			    struct mmn_event *slot, u64 id, unsigned long site,
			    unsigned long sp, unsigned long bp)
{
	struct mmn_event_snapshot seen = {
		.slot = slot,
		.range = (unsigned long)range,
		.id = id,
		.site = { .pc = site, .sp = sp, .bp = bp },
	};
	struct mmn_lookup s MMN_UNINIT;
	u64 nr = mmn_stats_number();

	/* record_classify() sets the other members. */
	s.in_hook = true;
	s.late = false;
	s.walked = false;
	record_classify(range, &s, &seen);
	mmn_addr_cache_count_unknown(s.site.pc, s.row);
	mmn_stats_verdict(&seen.verdict, s.row, s.walked);
	if (unlikely(seen.verdict.cause == MMNOTIFY_CAUSE_THP_SPLIT)) {
		begin_split(range, &seen.verdict, s.site.pc, nr);
		return;
	}
	if (trace_invalidate_start_enabled())
		trace_start(range, &seen.verdict, s.site.pc, nr, NULL);
	flight_begin(range, (unsigned long)range, &seen.verdict, s.site.pc, nr, NULL);
}

static struct mmu_notifier_range release_of(struct mm_struct *mm)
{
	return (struct mmu_notifier_range){
		.mm = mm,
		.end = ULONG_MAX,
		.flags = MMU_NOTIFIER_RANGE_BLOCKABLE,
		.event = MMU_NOTIFY_RELEASE,
	};
}

/**
 * mmn_verdict_fly_release() - a callback for the release of an mm begins
 * @mm: the mm
 * @at: address on the stack, which stands for that of a range
 *
 * Context: The hook, or a probe at the callback.
 * Return: a record in flight, to be closed at the callback's end; NULL if there is no room.
 */
struct mmn_flight *mmn_verdict_fly_release(struct mm_struct *mm, unsigned long at)
{
	const struct mmu_notifier_range range = release_of(mm);
	struct mmn_lookup s = { };
	struct mmn_verdict v;

	classify_release(&range, &s, &v);
	return flight_begin(&range, at, &v, 0, mmn_stats_number(), NULL);
}

/**
 * mmn_verdict_show_release() - count and trace the release of an mm for observers
 * @mm: the mm
 *
 * The kernel announces a release to each interval notifier by itself, and to no other one. So
 * it has no record and no end.
 *
 * Context: The hook.
 */
void mmn_verdict_show_release(struct mm_struct *mm)
{
	const struct mmu_notifier_range range = release_of(mm);
	struct mmn_lookup s = { };
	struct mmn_verdict v;

	mmn_process_release(mm);
	classify_release(&range, &s, &v);
	mmn_verdict_publish(&range, &v, &s);
	mmn_process_count(mm, v.cause, 0, 0);
}

noinline void mmn_verdict_start_recorded(const struct mmu_notifier_range *range,
					 const struct mmn_query *query, struct mmnotify_info *info)
{
	struct mmn_event_snapshot seen MMN_UNINIT;

	if (!read_record(range, false, &seen) || !is_rechecked(seen.site.pc, false))
		start_without_record(range, query, &seen);
	else if (!seen.classified)
		start_unclassified(range, &seen);
	mmn_verdict_fill(range, &seen.verdict, seen.site.pc, info);
}

/* Return: the call site, found by frame steps; NULL if they fail or it has no row. */
static const struct mmn_site *find_site(const struct mmu_notifier_range *range,
					const struct mmn_query *query, struct mmn_frame_pos *at)
{
	const struct mmn_site *known;

	if (mmnotify_range_is_release(range) || !mmn_unwind_allowed())
		return NULL;
	known = mmn_call_path_site_slow(query->path, query->frame, at);
	return known && known->row != MMN_SITE_UNKNOWN ? known : NULL;
}

/* For mmn_verdict_start() without the hook: the fast path failed. */
noinline void mmn_verdict_start_slow(const struct mmu_notifier_range *range,
				     const struct mmn_query *query, struct mmnotify_info *info)
{
	struct mmn_lookup s = { };
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
	mmn_verify_check(site, row, false, &v);
}

/* Of the leader's verdict: mmn_event_follow(). */
void mmn_verdict_verify_copy(unsigned long site, struct mmn_verdict v)
{
	const struct mmn_site *known = site ? mmn_addr_cache_get(site) : NULL;

	/* A release has no call site. */
	if (v.event != MMNOTIFY_RELEASE)
		mmn_verify_check(site, known ? known->row : MMN_SITE_UNKNOWN, false, &v);
}

/* For mmn_verdict_end(): the verdict of the start is in a record, or was overwritten. */
noinline void mmn_verdict_end_slow(const struct mmu_notifier_range *range,
				struct mmnotify_info *info)
{
	struct mmn_lookup s = { .late = true };
	struct mmn_event_snapshot seen;

	if (!static_branch_unlikely(&mmn_verdict_hooked) ||
	    !read_record(range, true, &seen) || !is_rechecked(seen.site.pc, true)) {
		verdict_without_record(range, &s, &seen.verdict);
		seen.site = s.site;
	} else if (!seen.classified) {
		record_classify(range, &s, &seen);
	}
	mmn_verdict_fill(range, &seen.verdict, seen.site.pc, info);
}

/**
 * mmn_verdict_cancel_end() - mmn_verdict_end() will not be called for an event
 * @range: the kernel's range
 * @object: object of the query that was passed to mmn_verdict_start()
 *
 * Context: As mmn_verdict_start(), after it.
 */
void mmn_verdict_cancel_end(const struct mmu_notifier_range *range, const void *object)
{
	struct mmn_event_identity e MMN_UNINIT;

	mmn_verdict_identify(range, &e);
	mmn_event_cancel(&e, object);
}

/*
 * May the event in @slot still run on the stack of current, for @mm? Only the address of
 * its range is known. The event may be over, and KASAN may have poisoned the range.
 */
static bool may_run(const struct mmn_event *slot, const struct mm_struct *mm)
{
	unsigned long range = READ_ONCE(slot->key) & ~MMN_EVENT_MARKS;
	const struct mm_struct *const *at;

	if (range < (unsigned long)__builtin_frame_address(0) || range >= mmn_frame_step_top())
		return false;
	at = (const void *)range + offsetof(struct mmu_notifier_range, mm);
	return READ_ONCE_NOCHECK(*at) == mm;
}

/**
 * mmn_verdict_in_callback() - check whether this task runs a callback for an mm
 * @mm: mm to look for; NULL if the object was never inserted
 * @what: name of the function that would wait for the callback, for the log
 * @caller: return address into the driver, for the log
 *
 * Adds no cost to callbacks: the slot of an event shows that it may be running, and a walk
 * of the stack confirms it. The callback release() is not detected, as it has no call site.
 *
 * Context: Process.
 * Return: true if current runs a callback for @mm; false if not, or if not detected.
 */
bool mmn_verdict_in_callback(const struct mm_struct *mm, const char *what,
			     const void *caller)
{
	struct mmn_event *home = mmn_event_home(current);
	unsigned int i;

	if (likely(!mm || (!may_run(home, mm) && !may_run(home + 1, mm))))
		return false;
	if (mmn_unwind_allowed() && mmn_unwind_find_site(false)) {
		pr_err_ratelimited("%s in a callback of the same mm would wait for itself: use a work item (caller %ps)\n",
				   what, caller);
		return true;
	}
	/* The event is over: clear it, so that the next call need not walk the stack. */
	for (i = 0; i < 2; i++)
		if (may_run(home + i, mm))
			WRITE_ONCE(home[i].key, 0);
	return false;
}
