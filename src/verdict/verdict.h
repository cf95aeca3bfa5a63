/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_VERDICT_H
#define MMN_VERDICT_H

#include <linux/mm_types.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>
#include <linux/static_key.h>
#include <linux/types.h>

#include "compat/compat.h"
#include "event.h"
#include "stack/frame_step.h"

/**
 * DOC: From an invalidated range to a verdict
 *
 * A verdict is the event, cause, effects and flags of one invalidation. A notifier
 * callback of a client gets it from mmn_verdict_start() or mmn_verdict_end(). With
 * observers (an enabled tracepoint, or watch=1) the hook classifies each event, too.
 *
 * **Fast path** (verdict_fast.h, inlined): call path -> address cache -> context key ->
 * rule cache [-> last walk] -> slot of the event (event.h) -> counters and tracepoint. If a
 * stage fails, nothing was changed, and the slow path (verdict.c) starts over. The slow
 * path fills the caches for the next event.
 *
 * **Which call site?** Cheapest first; each source is used if those before it fail. While
 * the hook is attached, 3 comes first, then 2 and 4.
 *
 * 1. Call path (stack/call_path.h): a fixed offset from the frame of the callback. Fails
 *    if a return address on the way differs, or if the site has no row.
 * 2. Frame steps (stack/frame_step.h). Fail at a return address that is not in the address
 *    cache, or that a tracer has replaced.
 * 3. The hook's record (event.h). Fails if it is missing, overwritten, not confirmed by
 *    the stack (key "rechecking"), or if its site has no row.
 * 4. The unwinder (stack/unwind.h). If it finds no site with a row, or must not be used,
 *    the verdict is the native event and not exact.
 *
 * **Which verdict?** Cheapest first, likewise.
 *
 * 1. The verdict in the record. Fails without a record, and in the first callback unless
 *    the hook has classified the event for observers.
 * 2. Rule cache (rules/rule_cache.h), by row, native event, context, system call and
 *    argument. Fails on a miss, if no key can be made, or if the rules need the stack.
 * 3. The rules on a gathered context. Fail if they need the stack.
 * 4. Last walk of this CPU (stack/last_walk.h). Fails if the row, native event, context
 *    or a word of the stack differs.
 * 5. The rules on the frames of a new walk, by frame steps or by the unwinder. Final.
 *
 * **Which start does an end belong to?** The one that wrote the slot of the event: a start
 * callback, or the hook. A record is left to the slow path, as it may have no verdict yet,
 * and the stack may have to confirm it. If another event has overwritten the slot,
 * mmn_verdict_end() classifies the event again from the stack.
 *
 * **Static keys.** The first two select the path, the others add work to it.
 *
 * ===================== ==================== ==============================================
 * Key                   True while           Effect
 * ===================== ==================== ==============================================
 * mmn_verdict_hooked    hook attached        start: record instead of fast path; end: record
 * mmn_verdict_watching  observers exist      the hook classifies, counts and traces
 * rechecking            kprobe backend       recheck: the stack has to confirm a record
 * mmn_verifying         verify=1             compare each verdict with the unwinder's frames
 * mmn_client_timing     watch=1              measure the time of driver callbacks
 * mmn_client_debugging  debug=1              list driver callbacks that run
 * ===================== ==================== ==============================================
 *
 * **Locking.** The slots of events and all caches are read without locks.
 *
 * - samples_lock (verify.c, raw spinlock) guards the saved disagreements. It is held to
 *   copy one sample, never over a walk, a symbol lookup or printing.
 * - The mutex in mmn_verify_show() guards the copy that is printed. It is taken outside
 *   samples_lock, and never in the hook or in a callback.
 *
 * **Memory ordering.** A task only uses what it wrote to the slot of its event itself, so
 * program order is enough, also if it moves to another CPU. The tag detects words that another
 * task wrote. The caches publish an entry by a release store of its key, paired with an acquire
 * load. The last walk is per CPU, and is used with preemption disabled. Static keys may change
 * between the start and the end of an event: each path falls back if the other was taken.
 *
 * **Context.** The hook and the callbacks run in the task that invalidates. They may resolve
 * symbols, but do not sleep or allocate, as the range may be non-blockable. Static keys are
 * changed in process context.
 */

struct mmn_flight;

/* True while observers exist: the hook classifies each event. */
DECLARE_STATIC_KEY_FALSE(mmn_verdict_watching);

bool mmn_verdict_is_watched(void);
void mmn_verdict_set_watched(bool on);
void mmn_verdict_set_recheck(bool on);
void mmn_verdict_set_hooked(bool on);
void mmn_verdict_show_start(const struct mmu_notifier_range *range,
			    struct mmn_event *slot, u64 id, unsigned long site,
			    unsigned long sp, unsigned long bp);
void mmn_verdict_show_end(const struct mmu_notifier_range *range);
void mmn_verdict_show_release(struct mm_struct *mm);
unsigned int mmn_verdict_cause_now(struct mm_struct *mm, unsigned long sp);
struct mmn_flight *mmn_verdict_fly_release(struct mm_struct *mm, unsigned long at);
bool mmn_verdict_in_callback(const struct mm_struct *mm, const char *what,
			     const void *caller);

static inline u64 mmn_verdict_id(const struct mmu_notifier_range *range)
{
	return mmn_event_id(range->mm, current, range->start, range->end);
}

static __always_inline void mmn_verdict_identify(const struct mmu_notifier_range *range,
						 struct mmn_event_identity *e)
{
	e->task = current;
	e->range = (unsigned long)range;
	e->top = mmn_frame_step_top();
	e->id = mmn_verdict_id(range);
}

/**
 * mmn_verdict_start_in_hook() - record the start of an event
 * @range: the kernel's range
 * @site: return address into the call site
 * @sp: stack address of the word above @site; 0 if unknown; only a hint
 * @bp: frame pointer of the call site; only a hint
 *
 * The record is for the callbacks that follow. If observers exist, the event is also
 * classified here, because it may reach no client's callback.
 *
 * Context: The hook.
 */
static __always_inline void
mmn_verdict_start_in_hook(const struct mmu_notifier_range *range, unsigned long site,
			  unsigned long sp, unsigned long bp)
{
	struct mmn_frame_pos at = { .pc = site, .sp = sp, .bp = bp };
	struct mmn_event_identity e MMN_UNINIT;
	struct mmn_event *slot;

	mmn_verdict_identify(range, &e);
	slot = mmn_event_open(&e, at, mmu_notifier_range_blockable(range));
	if (static_branch_unlikely(&mmn_verdict_watching))
		mmn_verdict_show_start(range, slot, e.id, site, sp, bp);
}

/**
 * mmn_verdict_end_in_hook() - record the end of an event
 * @range: the kernel's range
 * @site: return address into the function that announces the end
 * @sp: stack address of the word above @site; 0 if unknown; only a hint
 * @bp: frame pointer of that function; only a hint
 *
 * Runs before the end callbacks of the notifiers, so the closed record stays readable for
 * them.
 *
 * Context: The hook.
 */
static __always_inline void
mmn_verdict_end_in_hook(const struct mmu_notifier_range *range, unsigned long site,
			unsigned long sp, unsigned long bp)
{
	struct mmn_event_identity e MMN_UNINIT;
	struct mmn_event *slot;

	mmn_verdict_identify(range, &e);
	slot = mmn_event_find(&e);
	if (static_branch_unlikely(&mmn_verdict_watching))
		mmn_verdict_show_end(range);
	if (likely(slot))
		mmn_event_close(slot, e.range);
}

#endif /* MMN_VERDICT_H */
