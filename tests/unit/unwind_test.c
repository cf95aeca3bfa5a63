// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * unwind: the call site and the frames above it, from the unwinder and by frame steps, the
 * words that a walk records for the next one, and the cases without a call of the unwinder.
 */
#include "stack.h"
#include "tap.h"
#include "stack/unwind.h"

int shim_preempt_off;

/* Return addresses from the unwinder, number of its calls, and the depth of the last one. */
static unsigned long unwound[MMN_UNWIND_DEPTH];
static unsigned int nr_unwound, asked, asked_depth, counted;

/* Called before the stack is saved. */
static void (*on_save)(void);

unsigned int mmn_stack_save(unsigned long *pc, unsigned int size)
{
	unsigned int nr;

	if (on_save)
		on_save();
	nr = nr_unwound < size ? nr_unwound : size;
	asked++;
	asked_depth = size;
	memcpy(pc, unwound, nr * sizeof(*pc));
	return nr;
}

/* The unwinder begins at a return address, too, and what it says of its walk then. */
static unsigned int asked_from;
static bool fails;

unsigned int mmn_orc_probe_save(const struct mmn_frame_pos *from, unsigned long *pc,
				unsigned int size, bool *whole)
{
	unsigned int nr = 0;

	asked_from++;
	while (nr < nr_unwound && unwound[nr] != from->pc)
		nr++;
	nr = nr_unwound - nr < size ? nr_unwound - nr : size;
	memcpy(pc, unwound + nr_unwound - nr, nr * sizeof(*pc));
	*whole = !fails;
	return nr;
}

void mmn_stats_inc(enum mmn_stat stat)
{
	counted++;
}

unsigned int mmn_addr_cache_frame(unsigned long pc)
{
	const struct mmn_site *site = mmn_addr_cache_find(pc);

	return site ? site->frame : MMN_FRAME_NONE;
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
	asked_from = 0;
	fails = false;
	counted = 0;
	measured = 0;
	mmn_unwind_allow(true);
}

/* ---- from the unwinder ---- */

static struct mmn_stack st;

static unsigned long site_of(bool in_hook)
{
	mmn_unwind_save(&st);
	return mmn_unwind_site(&st, in_hook);
}

static void test_site(void)
{
	begin();
	unwinds(0xa000);
	unwinds(0xb000);
	unwinds(0xc000);
	know(0xa000, 0, 0);
	know(0xb000, 0, MMN_FRAME_ANNOUNCE);
	ok(site_of(false) == 0xc000 && asked_depth == MMN_UNWIND_DEPTH && st.nr == 3,
	   "the site is the caller of the function that sends the event");
	nr_unwound = 2;
	ok(!site_of(false), "no site if that function is the outermost frame");
	nr_unwound = 3;
	know(0xc000, 0, MMN_FRAME_ANNOUNCE);
	ok(!site_of(false), "no site if a wrapper is the outermost frame");
	unwinds(LASTS - 1);
	unwinds(0xd000);
	ok(site_of(false) == 0xd000, "a trampoline is skipped");
	know(0xd000, 0, 0);
	know(LASTS - 1, 0, 0);
	ok(site_of(true) == 0xd000, "in the hook, too");
	known[1].frame = 0;
	known[2].frame = 0;
	ok(!site_of(false) && !site_of(true), "no site without a function that sends the event");
	mmn_unwind_allow(false);
	asked = 0;
	ok(!site_of(false) && !st.nr && !asked, "no site if stack walks are not allowed");
}

static struct mmn_ctx ctx;

static bool frames(unsigned long site, bool whole)
{
	memset(&ctx, 0, sizeof(ctx));
	ctx.bits = MMN_CTX_MODULE_CALLS | MMN_CTX_LOCAL;
	ctx.nr_frames = 2;
	mmn_unwind_save(&st);
	return mmn_unwind_frames(&st, site, whole, &ctx);
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
	ok(frames(0xc000, false) && are(2, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD),
	   "frames above the site, up to one that ends the search");
	ok(ctx.bits == (MMN_CTX_WALKED | MMN_CTX_LOCAL),
	   "the context is marked as walked, without a module");
	ok(frames(0xc000, true) && are(3, MMN_FRAME_MEMCG, MMN_FRAME_MPROTECT),
	   "all frames if the whole stack is requested");
	ok(frames(0xc008, true) && are(3, MMN_FRAME_MEMCG, MMN_FRAME_MPROTECT),
	   "the site of an end is another address in the same function");
	known[2].pc = 1;
	ok(frames(0xc000, false) && are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD),
	   "frames without a meaning are omitted");
	known[0].pc = 2;
	ok(!frames(0xc008, true) && are(0, 0, 0), "no frames if the site is not on the stack");
	begin();
	unwinds(0xc000);
	for (i = 0; i < MMN_FRAMES_MAX + 2; i++)
		unwinds(0xd000);
	know(0xd000, 0, MMN_FRAME_MEMCG);
	ok(frames(0xc000, true) && are(MMN_FRAMES_MAX, MMN_FRAME_MEMCG, MMN_FRAME_MEMCG),
	   "at most MMN_FRAMES_MAX frames are gathered");
}

/* The innermost frame that requested the operation decides. */
static bool module_calls(unsigned int first, unsigned int second)
{
	known[1].frame = first;
	known[2].frame = second;
	frames(0xc000, true);
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
	ok(module_calls(MMN_FRAME_MODULE, 0), "a module calls");
	ok(module_calls(MMN_FRAME_ZAPPER, MMN_FRAME_MODULE),
	   "a module calls through a zap function");
	ok(module_calls(MMN_FRAME_DRIVER_ZAPPER, MMN_FRAME_MODULE),
	   "or through one that drivers only call");
	ok(module_calls(MMN_FRAME_UNMAPPER, MMN_FRAME_MODULE),
	   "a module calls through an unmap function");
	ok(module_calls(MMN_FRAME_UNMAP_FOLIO, MMN_FRAME_MODULE),
	   "a module calls through a function that unmaps a folio");
	ok(!module_calls(MMN_FRAME_UNMAPPER, MMN_FRAME_FILE_SYSTEM),
	   "no module call if it is a file system's");
	ok(!module_calls(MMN_FRAME_MEMCG, MMN_FRAME_MODULE),
	   "no module call if another frame is between");
	ok(!module_calls(MMN_FRAME_NONE, MMN_FRAME_MODULE),
	   "no module call if an unknown frame is between");
	ok(!module_calls(MMN_FRAME_MEMCG, MMN_FRAME_ZAPPER), "no module call without a module");
}

/* ---- a context ---- */

static struct mmn_walk_words walk;

/* Return addresses of earlier calls would be taken for those of the next one. */
static noinline void clear_stack(void)
{
	volatile char bytes[8192];
	unsigned int i;

	for (i = 0; i < sizeof(bytes); i++)
		bytes[i] = 0;
}

static noinline void walk_from(const struct mmn_frame_pos *from)
{
	asked = 0;
	asked_from = 0;
	counted = 0;
	measured = 0;
	memset(&ctx, 0, sizeof(ctx));
	mmn_unwind_ctx(from, &walk, &ctx);
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
	walk_from(&from);
	ok(!asked && !counted &&
	   are(2, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD),
	   "a walk by frame steps does not call the unwinder");
	ok(ctx.bits == MMN_CTX_WALKED, "the context is marked as walked");
	ok(walk.nr == 3 && walk.words[0].at == at(13) && walk.words[2].at == at(22) &&
	   walk.words[1].value == 0xc000 && !walk.needs_bp,
	   "each return address is a word of the walk");
	mmn_last_walk_keep(&walk, 1, 1, &v);
	ok(mmn_last_walk_find(&from, 1, 1, &v), "the recorded walk is found again");
	known[1].frame = MMN_FRAME_MODULE;
	walk_from(&from);
	ok(ctx.bits & MMN_CTX_MODULE_CALLS,
	   "a walk by frame steps finds a module's call");
	known[1].frame = MMN_FRAME_MEMCG;
	known[2].ends = false;
	known[2].up = MMN_UP_LAST;
	walk_from(&from);
	ok(!asked && !is_kept(),
	   "a walk by frame steps to the last frame is not kept");
	known[2].up = MMN_UP_UNKNOWN;
	walk_from(&from);
	ok(counted == 1 && !is_kept() && measured == 1,
	   "an unknown step falls back to the unwinder, and is learnt");
	ok(ctx.bits & MMN_CTX_INCOMPLETE && !ctx.nr_frames,
	   "a stack without the call site gives an incomplete walk");
	mmn_unwind_allow(false);
	walk_from(&from);
	ok(!asked && !counted && !ctx.nr_frames && !measured &&
	   ctx.bits == (MMN_CTX_WALKED | MMN_CTX_INCOMPLETE),
	   "no stack is read if walks are not allowed, so the walk is incomplete");
}

/* The unwinder does not pass from the hook to the site, but it walks from there. */
static void test_from_site(void)
{
	struct mmn_frame_pos from;

	site_on_stack();
	known[2].up = MMN_UP_UNKNOWN;
	unwinds(0xa000);
	unwinds(0xb000);
	unwinds(0xc000);
	from = where(10);
	walk_from(&from);
	ok(asked_from == 1 && !asked && are(2, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD) &&
	   ctx.bits == MMN_CTX_WALKED && measured == 1 && measured_from == &from,
	   "the unwinder begins at the site, and frames are learnt from there");
	known[2].ends = false;
	known[2].frame = MMN_FRAME_NONE;
	walk_from(&from);
	ok(asked_from == 1 && are(1, MMN_FRAME_MEMCG, MMN_FRAME_MEMCG) &&
	   !(ctx.bits & MMN_CTX_INCOMPLETE), "a walk to the outermost frame is complete");
	fails = true;
	walk_from(&from);
	ok(asked_from == 1 && ctx.bits & MMN_CTX_INCOMPLETE,
	   "unless the unwinder failed on the way");
	put(10, 0xaaaa);
	walk_from(&from);
	ok(!asked_from && asked == 1 && measured_from != &from,
	   "a site that the stack does not hold any more is no place to begin at");
}

/* Without the site at its position, frame steps start in the walk's own frame. */
static void test_not_there(void)
{
	struct mmn_frame_pos from;

	site_on_stack();
	from = where(10);
	put(10, 0xaaaa);
	walk_from(&from);
	ok(counted == 1 && !is_kept(),
	   "fall back to the unwinder if the site is not at its position");
	from.sp = 0;
	walk_from(&from);
	ok(counted == 1 && !is_kept(),
	   "fall back to the unwinder if the position is not on the stack");
}

static void test_words(void)
{
	struct mmn_frame_pos from;

	site_on_stack();
	known[1].up = 5 | 3 << MMN_UP_SAVED_SHIFT;
	known[2].up = MMN_UP_BP | 4;
	from = where(10);
	stack[16] = at(19);
	walk_from(&from);
	ok(walk.nr == 4 && walk.words[2].at == at(16) &&
	   walk.words[2].value == at(19) && walk.words[3].at == at(22) && !walk.needs_bp,
	   "a saved frame pointer is a word of the walk");
	known[1].up = 5;
	from.bp = at(19);
	walk_from(&from);
	ok(walk.nr == 3 && walk.needs_bp,
	   "without a saved one the walk depends on the site's frame pointer");
	known[2].up = MMN_UP_INDIRECT(2);
	from.bp = at(30);
	stack[28] = at(34);
	put(33, 0xd000);
	walk_from(&from);
	ok(walk.nr == 4 && walk.needs_bp && walk.bp_at == at(30) &&
	   walk.words[2].at == at(28) && walk.words[2].value == at(34) &&
	   walk.words[3].at == at(33),
	   "the end address that an indirect step reads is a word of the walk");
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
	walk_from(&from);
	ok(are(MMN_FRAMES_MAX, MMN_FRAME_MEMCG, MMN_FRAME_MEMCG) &&
	   !asked && ctx.bits & MMN_CTX_INCOMPLETE,
	   "steps end when there is no more room for frames, and the walk is incomplete");
	stack[10 + 2 * MMN_FRAMES_MAX] = 0xb000;
	put(10 + 2 * MMN_FRAMES_MAX, 0xb000);
	know(0xb000, 2, MMN_FRAME_KSWAPD);
	known[1].ends = true;
	walk_from(&from);
	ok(are(MMN_FRAMES_MAX, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD) &&
	   !(ctx.bits & MMN_CTX_INCOMPLETE), "unless the last one ends the search");
}

/* ---- the unwinder goes deep only if it has to ---- */

static bool unwind(unsigned int depth, unsigned int end_at)
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
	walk_from(&from);
	return true;
}

static void test_depth(void)
{
	ok(unwind(10, 0) && asked == 1 && asked_depth == 16 && !ctx.nr_frames,
	   "a short stack is unwound once");
	ok(unwind(30, 12) && asked == 1 && are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD),
	   "a long stack whose search ends early is unwound once");
	ok(unwind(16, 15) && asked == 1,
	   "a stack whose search ends in the last frame of the first pass is unwound once");
	ok(unwind(30, 20) && asked == 2 && asked_depth == MMN_UNWIND_DEPTH &&
	   are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD), "else all of it is");
	ok(unwind(30, 0) && asked == 2 && !ctx.nr_frames &&
	   !(ctx.bits & MMN_CTX_INCOMPLETE), "even if it says nothing");
	ok(unwind(MMN_UNWIND_DEPTH - 1, 0) && !(ctx.bits & MMN_CTX_INCOMPLETE) &&
	   unwind(MMN_UNWIND_DEPTH, 0) && ctx.bits & MMN_CTX_INCOMPLETE,
	   "a stack that does not fit gives an incomplete walk");
	ok(unwind(MMN_UNWIND_DEPTH, 40) && !(ctx.bits & MMN_CTX_INCOMPLETE),
	   "unless its search ends before");
	unwind(30, 20);
	unwound[5] = 0xf000;
	walk_from(&(struct mmn_frame_pos){ .pc = 0xc000 });
	ok(asked == 2 &&
	   are(2, MMN_FRAME_MEMCG, MMN_FRAME_KSWAPD),
	   "a frame that does not end the search leads to the full depth");
}

/* At the end of an event the stack holds another return address into its function. */
static void test_late(void)
{
	struct mmn_frame_pos start = { .pc = 0xc000 };

	begin();
	unwinds(0xa000);
	unwinds(0xb000);
	unwinds(0xc008);
	unwinds(0xd000);
	know(0xa000, 0, 0);
	know(0xc008, 0, 0);
	know(0xd000, 0, MMN_FRAME_MEMCG);
	walk_from(&start);
	ok(!ctx.nr_frames && ctx.bits & MMN_CTX_INCOMPLETE,
	   "an end whose announcing function is not known gives an incomplete walk");
	know(0xb000, 0, MMN_FRAME_ANNOUNCE);
	walk_from(&start);
	ok(are(1, MMN_FRAME_MEMCG, MMN_FRAME_MEMCG) && ctx.bits == MMN_CTX_WALKED,
	   "from where the end is announced the frames are found");
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
	ok(mmn_unwind_find_site(true) == 0xc000 && counted == 1 && !measured,
	   "the unwinder finds the site, in the hook");
	ok(mmn_unwind_find_site(false) == 0xc000 && counted == 2 && measured == 1,
	   "outside the hook frame steps are tried first, and learnt");
	mmn_unwind_allow(false);
	asked = 0;
	ok(!mmn_unwind_find_site(false) && !asked,
	   "no site is searched if stack walks are not allowed");
	ok(!mmn_unwind_allowed(), "mmn_unwind_allowed() returns false then");
}

/* ---- walks that begin in their own frame ---- */

/* The stack goes on here, in the frame of the test, which is above that of the walk. */
static unsigned long *above;

/* Return: the outermost word below @above with a value from @first to @last. */
static noinline __attribute__((no_sanitize("address", "undefined"))) unsigned long *
find_word(unsigned long first, unsigned long last)
{
	unsigned long *at = above;

	do
		at--;
	while (*at < first || *at > last);
	return at;
}

/* The first address that is not known is the walk's own: its step leads to @above. */
static void know_own(unsigned long pc)
{
	on_miss = NULL;
	know(pc, above - find_word(pc, pc), 0);
}

static void begin_own(unsigned long *words)
{
	begin();
	memset(words, 0, MMN_UNWIND_DEPTH * sizeof(*words));
	above = words;
	shim_current.stack = (char *)(words + MMN_UNWIND_DEPTH) - THREAD_SIZE;
	on_miss = know_own;
	words[0] = 0xb000;
	words[1] = 0xc000;
	words[2] = 0xd000;
	words[3] = 0xe000;
}

static void test_own_walk(void)
{
	unsigned long words[MMN_UNWIND_DEPTH];
	struct mmn_frame_pos from = { .pc = 0xc000 };

	begin_own(words);
	know(0xb000, 1, MMN_FRAME_ANNOUNCE);
	know(0xc000, 1, MMN_FRAME_MBIND);
	know(0xd000, 1, MMN_FRAME_KSWAPD)->ends = true;
	walk_from(&from);
	ok(!asked && !is_kept() && are(1, MMN_FRAME_KSWAPD, MMN_FRAME_KSWAPD),
	   "steps from the walk's own frame find the site, and the frames above it");
	begin_own(words);
	know(0xb000, 1, MMN_FRAME_ANNOUNCE);
	know(0xc000, MMN_UP_UNKNOWN, MMN_FRAME_MBIND);
	know(0xd000, 1, MMN_FRAME_KSWAPD);
	walk_from(&from);
	ok(asked, "not if the step from the site is unknown");
	begin_own(words);
	know(0xb000, 1, 0);
	know(0xc000, 1, 0);
	walk_from(&from);
	ok(asked, "nor if there is no announcing function");
}

/* ---- do steps and the unwinder agree? ---- */

static noinline bool agrees(void)
{
	bool result = mmn_unwind_agrees();

	/* Not a tail call, so it returns to here; and the next function is not near. */
	asm volatile(".skip 100, 0x90");
	return result;
}

/* The unwinder finds the return address into agrees() at this index. */
static unsigned int own_index;

static void unwind_own(void)
{
	unsigned long first = (unsigned long)agrees;

	unwound[own_index] = *find_word(first, first + 100);
}

/* The unwinder finds @nr addresses, of which agrees() is at @index, followed by 0xb000 ... */
static void begin_agrees(unsigned long *words, unsigned int index, unsigned int nr)
{
	unsigned int i;

	begin_own(words);
	on_save = unwind_own;
	own_index = index;
	for (i = 0; i < nr; i++)
		unwinds(i <= index ? 1 : words[i - index - 1]);
	know(0xb000, 1, 0);
	know(0xc000, 1, 0);
}

static void test_agrees(void)
{
	unsigned long words[MMN_UNWIND_DEPTH];
	unsigned int i;

	begin_agrees(words, 0, 4);
	ok(agrees(), "steps that lead to the same addresses, as far as they are known, agree");
	begin_agrees(words, 1, 5);
	ok(agrees(), "also behind functions of the unwinder");
	begin_agrees(words, 0, 4);
	unwound[2] = 0xe000;
	ok(!agrees(), "another address does not");
	begin_agrees(words, 0, 4);
	unwound[1] = 0xe000;
	ok(!agrees(), "nor another first one");
	begin_agrees(words, 0, 3);
	ok(!agrees(), "nor steps that go on where the unwinder ends");
	begin_agrees(words, 0, 4);
	words[2] = 0;
	ok(agrees(), "the end of the stack ends them");
	begin_agrees(words, 0, 4);
	nr_unwound = 0;
	ok(!agrees(), "an empty stack has no address in common");
	begin_agrees(words, 0, 1);
	for (i = 0; i < MMN_UNWIND_DEPTH; i++)
		words[i] = 0xb000;
	while (nr_unwound < MMN_UNWIND_DEPTH)
		unwinds(0xb000);
	ok(agrees(), "a stack that is deeper than the unwinder saves agrees so far");
	on_save = NULL;
	unwound[0] = 1;
	ok(!agrees(), "but not without an address in common");
}

int main(void)
{
	test_site();
	test_frames();
	test_module();
	test_steps();
	test_from_site();
	test_not_there();
	test_words();
	test_many_steps();
	test_depth();
	test_late();
	test_find_site();
	clear_stack();
	test_own_walk();
	test_agrees();
	return tap_done();
}
