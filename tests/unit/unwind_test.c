// SPDX-License-Identifier: GPL-2.0-only
/*
 * walk: the call site and the frames above it, from the unwinder and by steps, what each
 * walk leaves for the next one, and when the unwinder is not asked.
 */
#include "stack.h"
#include "tap.h"
#include "stack/unwind.h"

int shim_preempt_off;

/* What the unwinder gives, and how often and how deep it was asked. */
static unsigned long unwound[MMN_UNWIND_DEPTH];
static unsigned int nr_unwound, asked, asked_depth, counted;

unsigned int mmn_stack_save(unsigned long *pc, unsigned int size)
{
	unsigned int nr = nr_unwound < size ? nr_unwound : size;

	asked++;
	asked_depth = size;
	memcpy(pc, unwound, nr * sizeof(*pc));
	return nr;
}

void mmn_stats_inc(enum mmn_stat stat)
{
	counted++;
}

/* What has no name yet may not be looked up in the hook. */
int mmn_addr_cache_frame(unsigned long pc, bool can_resolve)
{
	const struct mmn_site *site = mmn_addr_cache_find(pc);

	if (!site)
		return can_resolve ? MMN_FRAME_NONE : -1;
	return site->frame;
}

static void unwinds(unsigned long pc)
{
	unwound[nr_unwound++] = pc;
}

static void begin(void)
{
	new_stack();
	nr_unwound = 0;
	asked = 0;
	counted = 0;
	measured = 0;
	mmn_unwind_allow(true);
}

/* ---- from the unwinder ---- */

static struct mmn_stack st;

static unsigned long site_of(bool can_resolve)
{
	mmn_unwind_save(&st);
	return mmn_unwind_site(&st, can_resolve);
}

static void test_site(void)
{
	begin();
	unwinds(0xa000);
	unwinds(0xb000);
	unwinds(0xc000);
	know(0xa000, 0, 0);
	know(0xb000, 0, MMN_FRAME_ANNOUNCE);
	ok(site_of(true) == 0xc000 && asked_depth == MMN_UNWIND_DEPTH && st.nr == 3,
	   "the site is behind the announcing function");
	nr_unwound = 2;
	ok(!site_of(true), "which may be the outermost one");
	nr_unwound = 3;
	know(0xc000, 0, MMN_FRAME_ANNOUNCE);
	ok(!site_of(true), "a wrapper announces, too");
	unwinds(LASTS - 1);
	unwinds(0xd000);
	ok(site_of(true) == 0xd000, "a trampoline is no site");
	know(0xd000, 0, 0);
	know(LASTS - 1, 0, 0);
	ok(site_of(false) == LASTS - 1, "which the hook cannot tell");
	known[0].pc = 1;
	ok(!site_of(false) && site_of(true) == 0xd000, "nor what is before, if it has no name");
	known[0].pc = 0xa000;
	known[1].frame = 0;
	known[2].frame = 0;
	ok(!site_of(true) && !site_of(false), "without an announcement there is none");
	mmn_unwind_allow(false);
	asked = 0;
	ok(!site_of(true) && !st.nr && !asked, "nor where the stack may not be read");
}

static struct mmn_ctx ctx;

static bool frames(unsigned long site, bool can_resolve, bool whole)
{
	memset(&ctx, 0, sizeof(ctx));
	ctx.bits = MMN_CTX_MODULE_CALLS | MMN_CTX_LOCAL;
	ctx.nr_frames = 2;
	mmn_unwind_save(&st);
	return mmn_unwind_frames(&st, site, can_resolve, whole, &ctx);
}

static bool are(unsigned int nr, unsigned int first, unsigned int last)
{
	return ctx.nr_frames == nr &&
	       (!nr || (ctx.frames[0] == first && ctx.frames[nr - 1] == last));
}

static void test_frames(void)
{
	unsigned int i;

	begin();
	unwinds(0xb000);
	unwinds(0xc000);
	unwinds(0xd000);
	unwinds(0xe000);
	unwinds(0xf000);
	know(0xb000, 0, MMN_FRAME_ANNOUNCE);
	know(0xc000, 0, MMN_FRAME_MBIND);
	know(0xd000, 0, MMN_FRAME_MEMCG);
	know(0xe000, 0, MMN_FRAME_KSWAPD);
	know(0xf000, 0, MMN_FRAME_MPROTECT);
	ok(frames(0xc000, true, false) && are(2, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD),
	   "frames above the site, up to one that ends the search");
	ok(ctx.bits == (MMN_CTX_WALKED | MMN_CTX_LOCAL), "that it was walked, and no module");
	ok(frames(0xc000, true, true) && are(3, MMN_FRAME_MEMCG, MMN_FRAME_MPROTECT),
	   "all of them, if wanted");
	ok(frames(0xc008, true, true) && are(3, MMN_FRAME_MEMCG, MMN_FRAME_MPROTECT),
	   "an end is announced from elsewhere in its function");
	known[2].pc = 1;
	ok(frames(0xc000, true, false) && are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD),
	   "what says nothing is left out");
	ok(!frames(0xc000, false, false) && are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD),
	   "what has no name in the hook is asked for later, and the others are there");
	known[0].pc = 2;
	ok(frames(0xc008, true, true) && are(0, 0, 0), "none where the site is not on the stack");
	begin();
	unwinds(0xc000);
	for (i = 0; i < MMN_FRAMES_MAX + 2; i++)
		unwinds(0xd000);
	know(0xd000, 0, MMN_FRAME_MEMCG);
	ok(frames(0xc000, true, true) && are(MMN_FRAMES_MAX, MMN_FRAME_MEMCG, MMN_FRAME_MEMCG),
	   "there is room for some");
}

/* The innermost one that asked for the operation counts. */
static bool module_calls(unsigned int first, unsigned int second)
{
	known[1].frame = first;
	known[2].frame = second;
	frames(0xc000, true, true);
	return ctx.bits & MMN_CTX_MODULE_CALLS;
}

static void test_module(void)
{
	begin();
	unwinds(0xc000);
	unwinds(0xd000);
	unwinds(0xe000);
	know(0xc000, 0, 0);
	know(0xd000, 0, 0);
	know(0xe000, 0, 0);
	ok(module_calls(MMN_FRAME_MODULE, 0), "a module asked");
	ok(module_calls(MMN_FRAME_ZAPPER, MMN_FRAME_MODULE), "through a way to zap");
	ok(module_calls(MMN_FRAME_UNMAPPER, MMN_FRAME_MODULE), "or to unmap");
	ok(!module_calls(MMN_FRAME_MEMCG, MMN_FRAME_MODULE), "not if something else did");
	ok(!module_calls(MMN_FRAME_NONE, MMN_FRAME_MODULE), "whatever it is");
	ok(!module_calls(MMN_FRAME_MEMCG, MMN_FRAME_ZAPPER), "nor without a module");
}

/* ---- a context ---- */

static struct mmn_walk_words walk;

static bool walk_from(const struct mmn_frame_pos *from, bool can_resolve)
{
	asked = 0;
	counted = 0;
	measured = 0;
	memset(&ctx, 0, sizeof(ctx));
	return mmn_unwind_ctx(from, can_resolve, &walk, &ctx);
}

static bool is_kept(void)
{
	return walk.nr && walk.nr <= MMN_LAST_WALK_MAX;
}

/* A site and three frames above it, the last of which ends the search. */
static void site_on_stack(void)
{
	begin();
	put(10, 0xa000);
	put(13, 0xb000);
	put(18, 0xc000);
	know(0xa000, 3, MMN_FRAME_MBIND);
	know(0xb000, 5, MMN_FRAME_MEMCG);
	know(0xc000, 4, MMN_FRAME_KSWAPD);
	known[2].ends = true;
	put(22, 0xd000);
}

static void test_steps(void)
{
	struct mmn_frame_pos from;
	struct mmn_verdict v = { };

	site_on_stack();
	from = where(10);
	ok(walk_from(&from, true) && !asked && !counted &&
	   are(2, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD),
	   "by steps the unwinder is not asked");
	ok(ctx.bits == MMN_CTX_WALKED, "the context says that it was walked");
	ok(walk.nr == 3 && walk.words[0].at == at(13) && walk.words[2].at == at(22) &&
	   walk.words[1].value == 0xc000 && !walk.needs_bp,
	   "each return address is a word of the trail");
	mmn_last_walk_keep(&walk, 1, 1, &v);
	ok(mmn_last_walk_find(&from, 1, 1, &v), "which is found again");
	known[1].frame = MMN_FRAME_MODULE;
	ok(walk_from(&from, true) && ctx.bits & MMN_CTX_MODULE_CALLS, "a module asked, by steps");
	known[1].frame = MMN_FRAME_MEMCG;
	known[2].ends = false;
	known[2].up = MMN_UP_LAST;
	ok(walk_from(&from, true) && !asked && !is_kept(), "up to the last one, which is no trail");
	known[2].up = MMN_UP_UNKNOWN;
	ok(walk_from(&from, true) && counted == 1 && !is_kept() && measured == 1,
	   "where a step is not known the unwinder is asked, and it is learnt");
	known[2].pc = 1;
	ok(walk_from(&from, false) && counted == 1 && !measured, "not in the hook if it has no name");
	mmn_unwind_allow(false);
	ok(walk_from(&from, true) && !asked && counted == 1 && !ctx.nr_frames && !measured,
	   "nothing is read where that is not allowed");
}

/* Where the site is not, the steps begin in the walk itself, which is on no known stack. */
static void test_not_there(void)
{
	struct mmn_frame_pos from;

	site_on_stack();
	from = where(10);
	put(10, 0xaaaa);
	ok(walk_from(&from, true) && counted == 1 && !is_kept(), "a site that is not there");
	from.sp = 0;
	ok(walk_from(&from, true) && counted == 1 && !is_kept(), "or that is not on the stack");
}

static void test_words(void)
{
	struct mmn_frame_pos from;

	site_on_stack();
	known[1].up = 5 | 3 << MMN_UP_SAVED_SHIFT;
	known[2].up = MMN_UP_BP | 4;
	from = where(10);
	stack[16] = at(19);
	ok(walk_from(&from, true) && walk.nr == 4 && walk.words[2].at == at(16) &&
	   walk.words[2].value == at(19) && walk.words[3].at == at(22) && !walk.needs_bp,
	   "a frame pointer that was saved is a word");
	known[1].up = 5;
	from.bp = at(19);
	ok(walk_from(&from, true) && walk.nr == 3 && walk.needs_bp, "else it is that of the site");
	known[2].up = MMN_UP_INDIRECT(2);
	from.bp = at(30);
	stack[28] = at(34);
	put(33, 0xd000);
	ok(walk_from(&from, true) && walk.nr == 4 && walk.needs_bp && walk.bp_at == at(30) &&
	   walk.words[2].at == at(28) && walk.words[2].value == at(34) &&
	   walk.words[3].at == at(33), "so is where a frame says that it ends");
}

static void test_many_steps(void)
{
	unsigned int i;
	struct mmn_frame_pos from;

	begin();
	put(10, 0xa000);
	know(0xa000, 2, MMN_FRAME_MEMCG);
	for (i = 12; i < WORDS - 4; i += 2)
		put(i, 0xa000);
	from = where(10);
	ok(walk_from(&from, true) && are(MMN_FRAMES_MAX, MMN_FRAME_MEMCG, MMN_FRAME_MEMCG) &&
	   !asked, "steps end when there is no more room for frames");
}

/* ---- the unwinder goes deep only if it has to ---- */

static bool unwind(unsigned int depth, unsigned int end_at, bool can_resolve)
{
	struct mmn_frame_pos from = { .pc = 0xc000 };
	unsigned int i;

	begin();
	unwinds(0xc000);
	for (i = 1; i < depth; i++)
		unwinds(i == end_at ? 0xe000 : end_at && i == end_at + 1 ? 0xf000 : 0xd000);
	know(0xd000, 0, MMN_FRAME_NONE);
	know(0xe000, 0, MMN_FRAME_KSWAPD);
	know(0xf000, 0, MMN_FRAME_MEMCG);
	return walk_from(&from, can_resolve);
}

static void test_depth(void)
{
	ok(unwind(10, 0, true) && asked == 1 && asked_depth == 16 && !ctx.nr_frames,
	   "a short stack is read once");
	ok(unwind(30, 12, true) && asked == 1 && are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD),
	   "so is a long one whose search ends early");
	ok(unwind(16, 15, true) && asked == 1, "or in the last frame of the first look");
	ok(unwind(30, 20, true) && asked == 2 && asked_depth == MMN_UNWIND_DEPTH &&
	   are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD), "else all of it is");
	ok(unwind(30, 0, true) && asked == 2 && !ctx.nr_frames, "even if it says nothing");
	unwind(30, 20, true);
	unwound[5] = 0xf000;
	ok(walk_from(&(struct mmn_frame_pos){ .pc = 0xc000 }, true) && asked == 2 &&
	   are(2, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD), "or what it says ends nothing");
	unwind(30, 12, true);
	unwound[5] = 0xf100;
	ok(!walk_from(&(struct mmn_frame_pos){ .pc = 0xc000 }, false) && asked == 2,
	   "in the hook a name may be missing: that is told, and the rest asked for");
}

static void test_find_site(void)
{
	begin();
	unwinds(0xa000);
	unwinds(0xb000);
	unwinds(0xc000);
	know(0xa000, 0, 0);
	know(0xb000, 0, MMN_FRAME_ANNOUNCE);
	know(0xc000, 0, 0);
	ok(mmn_unwind_find_site(false) == 0xc000 && counted == 1 && !measured,
	   "the unwinder finds the site, in the hook");
	ok(mmn_unwind_find_site(true) == 0xc000 && counted == 2 && measured == 1,
	   "elsewhere steps are tried first, and learnt");
	mmn_unwind_allow(false);
	asked = 0;
	ok(!mmn_unwind_find_site(true) && !asked, "if it may");
	ok(!mmn_unwind_allowed(), "which can be asked");
}

int main(void)
{
	test_site();
	test_frames();
	test_module();
	test_steps();
	test_not_there();
	test_words();
	test_many_steps();
	test_depth();
	test_find_site();
	return tap_done();
}
