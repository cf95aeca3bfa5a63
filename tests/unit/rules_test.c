// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * rules: the verdict of each rule (rules_*_cases.c), and its documentation. "make
 * mutants" proves that a case fails if any rule or any of its conditions is removed.
 */
#include <linux/kernel.h>
#include <linux/types.h>

#include "rules/rules.h"
#include "rules_cases.h"
#include "tap.h"

#define MAX_RULES	64

static const struct test_list *const lists[] = {
	&vma_list, &zap_list, &nested_list, &protect_list,
	&hugetlb_protect_list, &page_list, &cow_list, &rmap_list,
};

/* True if a case has checked the verdict, by class and rule. */
static bool seen[MMN_NR_CLASSES][MAX_RULES];

/* Both classes of the reverse map share a list of rules. */
static unsigned int list_of(unsigned int class)
{
	return class == MMN_CLASS_RMAP_MIGRATE ? MMN_CLASS_RMAP_UNMAP : class;
}

static bool same(const struct mmn_verdict *a, const struct mmn_verdict *b)
{
	return a->event == b->event && a->cause == b->cause &&
	       a->effects == b->effects && a->flags == b->flags;
}

static void diag_verdict(const char *what, const struct mmn_verdict *v)
{
	printf("#   %s: event %u cause %u effects 0x%x flags 0x%x\n", what,
	       v->event, v->cause, v->effects, v->flags);
}

static void note_seen(unsigned int class, const struct mmn_verdict *v)
{
	struct mmn_verdict rule;
	unsigned int nr;

	for (nr = 0; mmn_rules_get(class, nr, &rule); nr++)
		if (same(&rule, v))
			seen[list_of(class)][nr] = true;
}

static void fill_frames(struct mmn_ctx *ctx, const u8 *frames)
{
	unsigned int i;

	ctx->bits |= MMN_CTX_WALKED;
	ctx->nr_frames = 0;
	while (ctx->nr_frames < CASE_FRAMES && frames[ctx->nr_frames]) {
		ctx->frames[ctx->nr_frames] = frames[ctx->nr_frames];
		ctx->nr_frames++;
	}
	/* Garbage behind the last frame must not matter. */
	for (i = ctx->nr_frames; i < MMN_FRAMES_MAX; i++)
		ctx->frames[i] = 1 + i % (MMN_NR_FRAMES - 1);
}

static void run_case(const struct test_case *c)
{
	struct mmn_ctx ctx = { .bits = c->bits | MMN_CTX_VERIFIED, .sys = c->sys };
	struct mmn_verdict want = { c->event, c->cause, c->effects, c->flags };
	struct mmn_verdict v = { 0 };
	bool decided, asked;

	ctx.args[c->arg] = c->val;
	/* The native event must not matter where a rule decides. */
	decided = mmn_rules_classify(c->class, MMNOTIFY_NR_EVENTS, &ctx, &v);
	asked = !decided;
	if (c->asks) {
		fill_frames(&ctx, c->frames);
		decided = mmn_rules_classify(c->class, MMNOTIFY_NR_EVENTS, &ctx, &v);
	}
	note_seen(c->class, &v);
	if (ok(asked == c->asks && decided && same(&v, &want), "%s", c->what))
		return;
	printf("#   a walk of the stack was %srequested\n", asked ? "" : "not ");
	diag_verdict("expected", &want);
	diag_verdict("verdict", &v);
}

static void test_cases(void)
{
	unsigned int i, j;

	for (i = 0; i < ARRAY_SIZE(lists); i++)
		for (j = 0; j < lists[i]->nr; j++)
			run_case(&lists[i]->cases[j]);
}

/* The rules that mmn_rules_get() returns, for tests and documents. */
static void test_rules(void)
{
	struct mmn_verdict v, asks = { 0 };
	unsigned int class, nr, silent = 0;
	bool verdict;

	for (class = 0; class < MMN_NR_CLASSES; class++) {
		verdict = false;
		for (nr = 0; mmn_rules_get(class, nr, &v); nr++) {
			/* The rule that requests a walk has all zeroes, which is no verdict. */
			verdict = !same(&v, &asks);
			if (!verdict || seen[list_of(class)][nr])
				continue;
			silent++;
			printf("#   class %u rule %u: no case has its verdict\n",
			       class, nr);
		}
		ok(nr < MAX_RULES && !mmn_rules_get(class, nr, &v) &&
		   !mmn_rules_get(class, ~0u, &v),
		   "class %u has %u rules, and a higher number is refused", class, nr);
		ok(verdict == (class != MMN_CLASS_UNKNOWN),
		   "the last rule of class %u has a verdict", class);
		ok(nr > 1 || !mmn_rules_needs(class),
		   "class %u needs no context for a single rule", class);
	}
	ok(!silent, "a case checks the verdict of each rule");
	ok(!mmn_rules_get(MMN_NR_CLASSES, 0, &v) &&
	   !mmn_rules_get(~0u, 0, &v), "an unknown class has no rules");
}

/* The kind of each rule, for documents. */
static void test_how(void)
{
	struct mmn_verdict v, asks = { 0 };
	unsigned int class, nr;
	bool good, last;
	u32 how, all;

	for (class = 0; class < MMN_NR_CLASSES; class++) {
		for (good = true, last = true, all = 0, nr = 0;
		     mmn_rules_get(class, nr, &v); nr++) {
			how = mmn_rules_how(class, nr);
			all |= how;
			good &= !!(how & MMN_RULE_NEEDS_STACK) == same(&v, &asks);
			good &= !(how & MMN_RULE_SAW) ||
				!(how & (MMN_RULE_NEEDS_STACK | MMN_RULE_ALWAYS));
			last = how == MMN_RULE_ALWAYS;
		}
		ok(good && last && !mmn_rules_how(class, nr),
		   "class %u: each rule requests a walk or decides, and the last one always decides",
		   class);
		ok(!(all & MMN_RULE_NEEDS_STACK) || all & MMN_RULE_SAW,
		   "class %u: a walk is requested only if a rule looks for a frame", class);
	}
	/* The first rule of the reverse map is for unmapping alone, the last
	 * but one for migration.
	 */
	for (nr = 0; mmn_rules_get(MMN_CLASS_RMAP_UNMAP, nr + 2, &v); nr++)
		;
	ok(mmn_rules_how(MMN_CLASS_RMAP_MIGRATE, 0) == MMN_RULE_NEVER &&
	   mmn_rules_how(MMN_CLASS_RMAP_UNMAP, 0) == 0 &&
	   mmn_rules_how(MMN_CLASS_RMAP_UNMAP, nr) == MMN_RULE_NEVER &&
	   mmn_rules_how(MMN_CLASS_RMAP_MIGRATE, nr) == 0,
	   "rules that cannot apply in a class are marked");
	ok(!mmn_rules_how(MMN_NR_CLASSES, 0) &&
	   !mmn_rules_how(~0u, 0), "an unknown class has no kind of rule");
}

/* A site without a row keeps the native event and is not exact. */
static void test_unknown(void)
{
	static const unsigned int classes[] = {
		MMN_CLASS_UNKNOWN, MMN_NR_CLASSES, MMN_NR_CLASSES + 1, ~0u,
	};
	struct mmn_ctx ctx = { .bits = MMN_CTX_VERIFIED };
	unsigned int i, native, bad = 0;
	struct mmn_verdict v;

	for (i = 0; i < ARRAY_SIZE(classes); i++) {
		for (native = 0; native < MMNOTIFY_NR_EVENTS; native++)
			bad += !mmn_rules_classify(classes[i], native, &ctx, &v) ||
			       v.event != native || v.flags ||
			       v.cause != MMNOTIFY_CAUSE_UNKNOWN ||
			       v.effects != MMNOTIFY_FX_ALL;
		ok(!bad, "class %u: the native event as a hint, not exact",
		   classes[i]);
		ok(mmn_rules_classify(classes[i], MMNOTIFY_NR_EVENTS, &ctx, &v) &&
		   v.event == MMNOTIFY_CLEAR && !v.flags,
		   "class %u: an undefined native event is CLEAR",
		   classes[i]);
		ok(!mmn_rules_needs(classes[i]),
		   "class %u: no context needed", classes[i]);
	}
}

/* All frames of a walk are used, up to the last one. */
static void test_last_frame(void)
{
	struct mmn_ctx ctx = {
		.bits = MMN_CTX_VERIFIED | MMN_CTX_WALKED,
		.nr_frames = MMN_FRAMES_MAX,
	};
	struct mmn_verdict v;

	ctx.frames[MMN_FRAMES_MAX - 1] = MMN_FRAME_MBIND;
	mmn_rules_classify(MMN_CLASS_RMAP_MIGRATE, MMNOTIFY_CLEAR, &ctx, &v);
	ok(v.cause == MMNOTIFY_CAUSE_MBIND, "the last frame is used");
	ctx.nr_frames--;
	mmn_rules_classify(MMN_CLASS_RMAP_MIGRATE, MMNOTIFY_CLEAR, &ctx, &v);
	ok(v.cause == MMNOTIFY_CAUSE_RMAP_MIGRATE, "garbage behind the last frame is not used");
}

/* Where the kernel lacks a function that the class looks for, no frame counts. */
static void test_no_frames(void)
{
	struct mmn_ctx ctx = {
		.bits = MMN_CTX_VERIFIED | MMN_CTX_WALKED | MMN_CTX_NO_FRAMES,
		.nr_frames = 1, .frames = { MMN_FRAME_MBIND },
	};
	struct mmn_verdict v;

	mmn_rules_classify(MMN_CLASS_RMAP_MIGRATE, MMNOTIFY_CLEAR, &ctx, &v);
	ok(v.cause == MMNOTIFY_CAUSE_RMAP_MIGRATE && v.flags & MMNOTIFY_F_EXACT,
	   "without frames the cause is that of the group, exact");
	ctx.bits |= MMN_CTX_MODULE_CALLS;
	mmn_rules_classify(MMN_CLASS_ZAP, MMNOTIFY_CLEAR, &ctx, &v);
	ok(v.cause == MMNOTIFY_CAUSE_ZAP && v.flags & MMNOTIFY_F_EXACT, "also below a module");
	ok(mmn_rules_look_for(MMN_CLASS_RMAP_MIGRATE, MMN_FRAME_MBIND) &&
	   mmn_rules_look_for(MMN_CLASS_RMAP_MIGRATE, MMN_FRAME_PROACTIVE) &&
	   mmn_rules_look_for(MMN_CLASS_ZAP, MMN_FRAME_FALLOCATE_CALL) &&
	   !mmn_rules_look_for(MMN_CLASS_RMAP_MIGRATE, MMN_FRAME_VDSO) &&
	   !mmn_rules_look_for(MMN_CLASS_RMAP_MIGRATE, MMN_FRAME_NONE) &&
	   !mmn_rules_look_for(MMN_NR_CLASSES, MMN_FRAME_MBIND),
	   "the frames that a class looks for");
}

static unsigned int effects_with(unsigned long cmd, u32 bits, unsigned int frame)
{
	struct mmn_ctx ctx = {
		.bits = READER | MMN_CTX_SYSCALL | MMN_CTX_VERIFIED |
			MMN_CTX_WALKED | bits,
		.sys = MMN_SYS_IOCTL,
		.args = { 0, cmd },
		.nr_frames = frame != MMN_FRAME_NONE,
		.frames = { frame },
	};
	struct mmn_verdict v;

	mmn_rules_classify(MMN_CLASS_PROTECT, MMNOTIFY_PROTECTION_VMA, &ctx, &v);
	return v.effects;
}

/* Without frames, the effects are the union over all possible stacks. */
static void test_union(void)
{
	static const struct {
		unsigned long cmd;
		unsigned int frame;
	} uffd[] = {
		{ UFFDIO_WRITEPROTECT, MMN_FRAME_UFFD_WP },
		{ UFFDIO_RWPROTECT, MMN_FRAME_UFFD_RWP },
	};
	unsigned int i, moves, all;

	for (i = 0; i < ARRAY_SIZE(uffd); i++)
		for (moves = 0; moves <= MOVES; moves += MOVES) {
			all = effects_with(uffd[i].cmd, moves, uffd[i].frame) |
			      effects_with(uffd[i].cmd, moves, MMN_FRAME_NUMA);
			ok(!(all & ~effects_with(uffd[i].cmd, moves,
						 MMN_FRAME_NONE)),
			   "ioctl 0x%lx or a hint%s: the effects include those of both",
			   uffd[i].cmd, moves ? " that may migrate" : "");
		}
}

/* Where outer frames may be missing, one of them might have matched an earlier rule. */
static void test_incomplete(void)
{
	struct mmn_ctx ctx = {
		.bits = MMN_CTX_VERIFIED | MMN_CTX_WALKED | MMN_CTX_INCOMPLETE,
		.nr_frames = 1,
	};
	unsigned int class, frame, exact = 0;
	struct mmn_verdict v;

	for (class = MMN_CLASS_UNMAP; class < MMN_NR_CLASSES; class++)
		for (frame = 0; frame < MMN_NR_FRAMES; frame++) {
			ctx.frames[0] = frame;
			exact += !mmn_rules_classify(class, MMNOTIFY_CLEAR, &ctx, &v) ||
				 v.flags & MMNOTIFY_F_EXACT || v.effects != MMNOTIFY_FX_ALL;
		}
	ok(!exact, "an incomplete walk gives no exact verdict");
}

/* Numbers of the API never change. */
static void test_numbers(void)
{
	ok(MMNOTIFY_UNMAP == 0 && MMNOTIFY_CLEAR == 1 &&
	   MMNOTIFY_PROTECTION_VMA == 2 && MMNOTIFY_PROTECTION_PAGE == 3 &&
	   MMNOTIFY_SOFT_DIRTY == 4 && MMNOTIFY_RELEASE == 5 &&
	   MMNOTIFY_MIGRATE == 6 && MMNOTIFY_EXCLUSIVE == 7,
	   "events have the kernel's numbers");
	ok(MMNOTIFY_FX_VMA_GONE == 1 && MMNOTIFY_FX_PFN == 2 &&
	   MMNOTIFY_FX_NO_WRITE == 4 && MMNOTIFY_FX_NO_READ == 8 &&
	   MMNOTIFY_FX_DIRTY == 16 &&
	   MMNOTIFY_FX_ALL == (MMNOTIFY_FX_VMA_GONE | CLEAR_FX),
	   "effects have their bits, and MMNOTIFY_FX_ALL is their union");
}

int main(void)
{
	test_cases();
	test_rules();
	test_how();
	test_unknown();
	test_last_frame();
	test_union();
	test_incomplete();
	test_no_frames();
	test_numbers();
	return tap_done();
}
