// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * deliver: the native callbacks of ranges. Each gets the verdict and calls the driver.
 *
 * An event may reach many ranges. The first one finds out the verdict and leads the event. Those
 * that come after it in the kernel's tree follow: they take a copy, as event.c explains. A follower
 * needs fewer registers and less stack than a leader, so each native callback makes the choice and
 * then calls one of two functions.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/kernel.h>
#include <linux/mmu_notifier.h>

#include <mmnotify/mmnotify.h>

#include "client.h"
#include "compat/compat.h"
#include "deliver.h"
#include "range_end.h"
#include "self.h"
#include "stack/call_path.h"
#include "verdict/verdict.h"
#include "verdict/verdict_fast.h"

/* Return: true if the owner or the effects mask of the range filters this event out. */
static bool is_skipped(const struct mmnotify_range *r,
		       const struct mmnotify_info *info)
{
	if (info->owner && info->owner == r->owner)
		return true;
	return r->called->effects && !mmnotify_affects(info, r->called->effects);
}

/* @finish is NULL for a driver with one pass. */
static __always_inline bool range_call(struct mmnotify_range *r,
				       const struct mmnotify_info *info, unsigned long seq,
				       struct mmnotify_finish **finish)
{
	const struct mmnotify_range_ops *ops = r->called;

	if (unlikely(info->event == MMNOTIFY_RELEASE) && ops->release) {
		ops->release(r, seq);
		return true;
	}
	if (finish)
		return ops->invalidate_start(r, info, seq, finish);
	return ops->invalidate(r, info, seq);
}

/*
 * The kernel wraps non-blockable callbacks of whole-mm notifiers in non_block_start(), but
 * not those of interval notifiers: do it here. Not on PREEMPT_RT, where a driver's
 * spinlock sleeps and would trigger a false warning.
 */
static noinline bool range_call_nonblock(struct mmnotify_range *r,
					 const struct mmnotify_info *info, unsigned long seq,
					 struct mmnotify_finish **finish)
{
	bool ret;

	if (IS_ENABLED(CONFIG_PREEMPT_RT))
		return range_call(r, info, seq, finish);
	non_block_start();
	ret = range_call(r, info, seq, finish);
	non_block_end();
	return ret;
}

/*
 * The kernel ignores the refusal of a blockable event, but warns, and its warning would name
 * mmnotify. So log the driver's callback and report success.
 */
static noinline bool range_refused(const struct mmnotify_range *r,
				   const struct mmnotify_info *info)
{
	if (!mmnotify_blockable(info))
		return false;
	pr_err_once("%ps() refused an invalidation that may block: it must wait and return true\n",
		    r->called->invalidate_start ?
		    (void *)r->called->invalidate_start :
		    (void *)r->called->invalidate);
	return true;
}

/* A call of the kernel. The frame is that of the native callback, and stays until that returns. */
struct call {
	struct mmu_interval_notifier *mni;
	const struct mmu_notifier_range *range;
	unsigned long seq;
	const unsigned long *frame;
	struct mmn_event *home;
};

/* Call the driver, unless the range filters the event out. @info has the verdict. */
static __always_inline bool deliver(struct mmnotify_range *r, struct mmnotify_info *info,
				    struct call c, struct mmnotify_finish **finish)
{
	struct mmn_delivery d MMN_UNINIT;
	bool watched, ret;

	if (is_skipped(r, info)) {
		if (r->ends)
			mmn_verdict_cancel_end(c.range, &c.mni->interval_tree);
		return true;
	}
	mmn_self_mark(r->client, info);
	if (unlikely(r->ends))
		mmn_range_end_expect(r, c.range);
	watched = mmn_client_enter(r->client, &d);
	if (likely(mmnotify_blockable(info)))
		ret = range_call(r, info, c.seq, finish);
	else
		ret = range_call_nonblock(r, info, c.seq, finish);
	mmn_client_leave(&d, watched);
	return likely(ret) || range_refused(r, info);
}

static void finish_now(struct mmnotify_finish *finish)
{
	struct mmnotify_range *r = finish->range;
	struct mmn_delivery d MMN_UNINIT;
	bool watched;

	watched = mmn_client_enter(r->client, &d);
	r->called->invalidate_finish(finish);
	mmn_client_leave(&d, watched);
}

static __always_inline struct mmnotify_range *from_native(struct mmu_interval_notifier *mni)
{
	return container_of(mni, struct mmnotify_range, mni);
}

/* A release has no end: range_end.c delivers what is due when it comes. */
static bool has_end(const struct mmnotify_range *r, const struct mmu_notifier_range *range)
{
	return r->ends && !mmnotify_range_is_release(range);
}

static __always_inline bool lead(struct mmnotify_range *r, struct call c,
				 struct mmn_call_path *path, struct mmnotify_finish **finish)
{
	struct mmnotify_info info MMN_UNINIT;
	struct mmn_query query = {
		.frame = c.frame,
		.object = &c.mni->interval_tree,
		.ends = has_end(r, c.range),
		.path = path,
		.seq = mmn_event_seq(c.seq),
		.home = c.home,
	};

	mmn_verdict_start(c.range, query, &info);
	return deliver(r, &info, c, finish);
}

/* Return: true if the range follows, and @ret is the result of the driver's callback. */
static __always_inline bool follow(struct call c, struct mmnotify_finish **finish, bool *ret)
{
	struct mmnotify_range *r = from_native(c.mni);
	struct mmnotify_info info MMN_UNINIT;

	if (!mmn_verdict_follow(c.range, c.home, &c.mni->interval_tree, c.seq,
				has_end(r, c.range), &info))
		return false;
	*ret = deliver(r, &info, c, finish);
	return true;
}

/* ---- drivers with one pass ---- */

static struct mmn_call_path invalidate_path __read_mostly;

static noinline bool lead_one_pass(struct mmu_interval_notifier *mni,
				   const struct mmu_notifier_range *range, unsigned long seq,
				   const unsigned long *frame, struct mmn_event *home)
{
	struct call c = { mni, range, seq, frame, home };

	return lead(from_native(mni), c, &invalidate_path, NULL);
}

static noinline bool follow_one_pass(struct mmu_interval_notifier *mni,
				     const struct mmu_notifier_range *range, unsigned long seq,
				     const unsigned long *frame, struct mmn_event *home)
{
	struct call c = { mni, range, seq, frame, home };
	bool ret;

	if (likely(follow(c, NULL, &ret)))
		return ret;
	return lead_one_pass(mni, range, seq, frame, home);
}

static bool mmn_range_invalidate(struct mmu_interval_notifier *mni,
				 const struct mmu_notifier_range *range,
				 unsigned long seq)
{
	const unsigned long *frame = __builtin_frame_address(0);
	struct mmn_event *home = mmn_event_home(current);
	bool ret;

	if (mmn_event_may_follow(home, &mni->interval_tree, (unsigned long)range))
		ret = follow_one_pass(mni, range, seq, frame, home);
	else
		ret = lead_one_pass(mni, range, seq, frame, home);
	/* Keeps the calls from being tail calls, before which the frame would end. */
	barrier();
	return ret;
}

/* ---- drivers with two passes ---- */

static struct mmn_call_path start_path __read_mostly;

static noinline bool lead_two_pass(struct mmu_interval_notifier *mni,
				   const struct mmu_notifier_range *range, unsigned long seq,
				   const unsigned long *frame, struct mmn_event *home,
				   struct mmnotify_finish **finish)
{
	struct call c = { mni, range, seq, frame, home };

	return lead(from_native(mni), c, &start_path, finish);
}

static noinline bool follow_two_pass(struct mmu_interval_notifier *mni,
				     const struct mmu_notifier_range *range, unsigned long seq,
				     const unsigned long *frame, struct mmn_event *home,
				     struct mmnotify_finish **finish)
{
	struct call c = { mni, range, seq, frame, home };
	bool ret;

	if (likely(follow(c, finish, &ret)))
		return ret;
	return lead_two_pass(mni, range, seq, frame, home, finish);
}

/* Return: the result of the driver's callback; @finish is NULL if there is nothing to finish. */
static __always_inline bool first_pass(struct call c, struct mmnotify_finish **finish)
{
	bool ret;

	*finish = NULL;
	if (mmn_event_may_follow(c.home, &c.mni->interval_tree, (unsigned long)c.range))
		ret = follow_two_pass(c.mni, c.range, c.seq, c.frame, c.home, finish);
	else
		ret = lead_two_pass(c.mni, c.range, c.seq, c.frame, c.home, finish);
	if (!ret)
		*finish = NULL;
	if (*finish)
		(*finish)->range = from_native(c.mni);
	return ret;
}

/* Where the kernel has one pass only, the second one comes right after the first one. */
static bool mmn_range_both(struct mmu_interval_notifier *mni,
			   const struct mmu_notifier_range *range, unsigned long seq)
{
	struct call c = {
		mni, range, seq, __builtin_frame_address(0), mmn_event_home(current)
	};
	struct mmnotify_finish *finish;
	bool ret = first_pass(c, &finish);

	if (finish)
		finish_now(finish);
	return ret;
}

static bool __maybe_unused
mmn_range_start(struct mmu_interval_notifier *mni,
		const struct mmu_notifier_range *range, unsigned long seq,
		struct mmu_interval_notifier_finish **native)
{
	struct call c = {
		mni, range, seq, __builtin_frame_address(0), mmn_event_home(current)
	};
	struct mmnotify_finish *finish;
	bool ret = first_pass(c, &finish);

	BUILD_BUG_ON(sizeof(**native) > sizeof(finish->priv));
	if (finish)
		*native = (struct mmu_interval_notifier_finish *)finish->priv;
	return ret;
}

static void __maybe_unused
mmn_range_finish(struct mmu_interval_notifier_finish *native)
{
	finish_now(container_of((void *)native, struct mmnotify_finish, priv));
}

/* ---- operations ---- */

static const struct mmu_interval_notifier_ops native_ops = {
	.invalidate = mmn_range_invalidate,
};

static const struct mmu_interval_notifier_ops native_two_pass_ops = {
	.invalidate = mmn_range_both,
	MMN_TWO_PASS_OPS(mmn_range_start, mmn_range_finish)
};

/**
 * mmn_deliver_ops_of() - get the native operations for a range
 * @ops: operations of the driver
 *
 * Context: Any.
 * Return: native operations with as many passes as @ops have.
 */
const struct mmu_interval_notifier_ops *
mmn_deliver_ops_of(const struct mmnotify_range_ops *ops)
{
	return ops->invalidate_start ? &native_two_pass_ops : &native_ops;
}

/*
 * A cover never follows, since only a few ranges move at a time. Its mm is not released before
 * the move ends, so it needs a call path, but its two passes are one.
 */
static bool mmn_range_cover_invalidate(struct mmu_interval_notifier *mni,
				       const struct mmu_notifier_range *range,
				       unsigned long seq)
{
	struct mmnotify_range *r = container_of(mni, struct mmn_cover, mni)->range;
	struct call c = {
		mni, range, seq, __builtin_frame_address(0), mmn_event_home(current)
	};
	struct mmnotify_finish *finish = NULL;
	bool ret;

	if (!r->called->invalidate_start)
		return lead(r, c, &invalidate_path, NULL);
	ret = lead(r, c, &invalidate_path, &finish);
	if (ret && finish) {
		finish->range = r;
		finish_now(finish);
	}
	return ret;
}

/* Of struct mmn_cover, while a range moves. One pass is enough then. */
const struct mmu_interval_notifier_ops mmn_deliver_cover_ops = {
	.invalidate = mmn_range_cover_invalidate,
};
