// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * rules: properties of the verdict for any class, context, system call and stack.
 * The inputs of the rules for changes of protection are tried exhaustively; the
 * others at random, always with the same seed.
 */
#include <string.h>

#include <linux/kernel.h>
#include <linux/types.h>

#include "rules/rules.h"
#include "rules_cases.h"
#include "rules/rule_cache.h"
#include "tap.h"

#define SAMPLES		40000	/* per class */
#define HOT_SAMPLES	4000	/* per hot context */

#define BITS_END	(1u << 22)
#define ALL_BITS	((BITS_END - 1) & ~MMN_CTX_NO_FRAMES)
/* Bits that are only set by a walk or a class. */
#define LATE_BITS	(MMN_CTX_WALKED | MMN_CTX_MODULE_CALLS | \
			 MMN_CTX_MIGRATION)

/* A class in a context, and its verdict. */
struct sample {
	unsigned int class;
	struct mmn_ctx ctx;
	bool decided;
	struct mmn_verdict v;
};

struct property {
	const char *name;
	bool (*holds)(const struct sample *s);
	struct sample first;
	unsigned long broken;
};

static void ask(struct sample *s)
{
	memset(&s->v, 0, sizeof(s->v));
	s->decided = mmn_rules_classify(s->class, MMNOTIFY_CLEAR, &s->ctx, &s->v);
}

static bool same(const struct sample *a, const struct sample *b)
{
	return a->decided == b->decided && a->v.event == b->v.event &&
	       a->v.cause == b->v.cause && a->v.effects == b->v.effects &&
	       a->v.flags == b->v.flags;
}

static bool is_exact(const struct sample *s)
{
	return s->v.flags & MMNOTIFY_F_EXACT;
}

static bool has(const struct sample *s, u32 bits)
{
	return (s->ctx.bits & bits) == bits;
}

static bool saw(const struct sample *s, unsigned int frame)
{
	return memchr(s->ctx.frames, frame, s->ctx.nr_frames);
}

static bool protects(const struct sample *s)
{
	return s->class == MMN_CLASS_PROTECT ||
	       s->class == MMN_CLASS_HUGETLB_PROTECT;
}

/* The same context, after a walk that found no frame. */
static struct sample after_empty_walk(const struct sample *s)
{
	struct sample w = *s;

	w.ctx.bits |= MMN_CTX_WALKED;
	w.ctx.nr_frames = 0;
	ask(&w);
	return w;
}

static bool never_asks_twice(const struct sample *s)
{
	return s->decided || !has(s, MMN_CTX_WALKED);
}

static bool in_range(const struct sample *s)
{
	return !s->decided ||
	       (s->v.event < MMNOTIFY_NR_EVENTS &&
		s->v.cause < MMNOTIFY_NR_CAUSES &&
		!(s->v.effects & ~MMNOTIFY_FX_ALL) &&
		!(s->v.flags & ~(MMNOTIFY_F_EXACT | MMNOTIFY_F_WIDENED)));
}

static bool guesses_all(const struct sample *s)
{
	return !s->decided || is_exact(s) || s->v.effects == MMNOTIFY_FX_ALL;
}

static bool only_verified(const struct sample *s)
{
	return !s->decided || !is_exact(s) || s->class == MMN_CLASS_RELEASE ||
	       has(s, MMN_CTX_VERIFIED);
}

/* An unverified kernel only changes effects and flags, not event and cause. */
static bool verified_is_all(const struct sample *s)
{
	struct sample w = *s;

	w.ctx.bits ^= MMN_CTX_VERIFIED;
	ask(&w);
	return w.decided == s->decided && w.v.event == s->v.event &&
	       w.v.cause == s->v.cause;
}

static bool release_exact(const struct sample *s)
{
	return s->class != MMN_CLASS_RELEASE ||
	       (s->decided && is_exact(s) && s->v.event == MMNOTIFY_RELEASE);
}

/* The only event without effects must have been recognized as a NUMA hint. */
static bool nothing_only_for_hints(const struct sample *s)
{
	if (!s->decided || s->v.effects)
		return true;
	return s->class == MMN_CLASS_PROTECT &&
	       s->v.cause == MMNOTIFY_CAUSE_NUMA_HINT &&
	       s->v.event == MMNOTIFY_PROTECTION_PAGE &&
	       has(s, MMN_CTX_VERIFIED | MMN_CTX_WALKED) &&
	       !has(s, MMN_CTX_NUMA_MOVES) && saw(s, MMN_FRAME_NUMA);
}

static bool unmap_is_unmap(const struct sample *s)
{
	return !s->decided || s->class != MMN_CLASS_UNMAP ||
	       (s->v.event == MMNOTIFY_UNMAP &&
		s->v.effects == MMNOTIFY_FX_ALL);
}

static bool others_keep_the_vma(const struct sample *s)
{
	return s->class == MMN_CLASS_UNMAP || s->class == MMN_CLASS_MOVE ||
	       s->class == MMN_CLASS_RELEASE || !is_exact(s) ||
	       !(s->v.effects & MMNOTIFY_FX_VMA_GONE);
}

/* The effects never exceed those that the event implies. */
static bool event_fits_effects(const struct sample *s)
{
	if (!is_exact(s))
		return true;
	switch (s->v.event) {
	case MMNOTIFY_UNMAP:
	case MMNOTIFY_RELEASE:
		return s->v.effects == MMNOTIFY_FX_ALL;
	case MMNOTIFY_CLEAR:
	case MMNOTIFY_MIGRATE:
	case MMNOTIFY_EXCLUSIVE:
		return s->v.effects == CLEAR_FX;
	case MMNOTIFY_SOFT_DIRTY:
		return s->v.effects == CLEAN_FX;
	case MMNOTIFY_PROTECTION_VMA:
		return s->v.effects == ACCESS_FX ||
		       s->v.effects == MMNOTIFY_FX_NO_WRITE;
	default:
		return !(s->v.effects & MMNOTIFY_FX_VMA_GONE);
	}
}

/* A change of protection changes a page only if it may be a hint that migrates. */
static bool protection_keeps_pages(const struct sample *s)
{
	if (!is_exact(s) || !(s->v.effects & MMNOTIFY_FX_PFN) ||
	    (s->v.event != MMNOTIFY_PROTECTION_PAGE &&
	     s->v.event != MMNOTIFY_PROTECTION_VMA))
		return true;
	return s->class == MMN_CLASS_PROTECT &&
	       (s->v.cause == MMNOTIFY_CAUSE_PROTECTION ||
		(has(s, MMN_CTX_NUMA_MOVES) && saw(s, MMN_FRAME_NUMA)));
}

/* On 5.10, a verdict that may be a hint always has the effect PFN. */
static bool moves_are_said(const struct sample *s)
{
	if (!s->decided || s->class != MMN_CLASS_PROTECT ||
	    !has(s, MMN_CTX_NUMA_MOVES) ||
	    (s->v.cause != MMNOTIFY_CAUSE_NUMA_HINT &&
	     s->v.cause != MMNOTIFY_CAUSE_PROTECTION))
		return true;
	return s->v.effects & MMNOTIFY_FX_PFN;
}

static bool known_has_cause(const struct sample *s)
{
	return !s->decided || (s->class == MMN_CLASS_UNKNOWN) ==
			      (s->v.cause == MMNOTIFY_CAUSE_UNKNOWN);
}

/* Bits of a context, by the MMN_NEED_* that gathers them. */
static const struct {
	u32 want;
	u32 bits;
} wanted[] = {
	{ MMN_NEED_TASK, MMN_CTX_LOCAL | MMN_CTX_DYING | MMN_CTX_EXITING },
	{ MMN_NEED_THREAD, MMN_CTX_KTHREAD | MMN_CTX_KHUGEPAGED | MMN_CTX_OOM_REAPER |
			   MMN_CTX_KSWAPD | MMN_CTX_KCOMPACTD | MMN_CTX_KSMD |
			   MMN_CTX_KDAMOND | MMN_CTX_ONE_NODE },
	{ MMN_NEED_LOCK, MMN_CTX_MMAP_WRITE | MMN_CTX_MMAP_READ },
	{ MMN_NEED_SYS, MMN_CTX_SYSCALL },
	{ MMN_NEED_PLACE, MMN_CTX_AT_TARGET | MMN_CTX_AT_TAIL },
};

/* Inputs that a class does not need are not gathered, so they must not matter. */
static bool unwanted_is_unread(const struct sample *s)
{
	u32 needs = mmn_rules_needs(s->class);
	struct sample none = *s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wanted); i++)
		if (!(needs & wanted[i].want))
			none.ctx.bits &= ~wanted[i].bits;
	if (!(needs & MMN_NEED_SYS))
		none.ctx.sys = MMN_SYS_NONE;
	if (!(needs & MMN_NEED_ARGS) || !(MMN_SYS_WITH_ARGS >> none.ctx.sys & 1))
		memset(none.ctx.args, 0xa5, sizeof(none.ctx.args));
	ask(&none);
	return same(s, &none);
}

/*
 * The key of the rule cache covers all inputs of a verdict: arguments outside the key do
 * not matter.
 */
static bool key_says_all(const struct sample *s)
{
	u32 needs = mmn_rules_needs(s->class), bits;
	struct sample other = *s;
	const struct mmn_rule_cache_arg *what;
	unsigned int i;
	u64 key;

	if (!s->class || s->ctx.nr_frames || !(needs & MMN_NEED_SYS) ||
	    s->ctx.sys >= MMN_NR_SYS)
		return true;
	key = mmn_rule_cache_key(s->class, needs, &s->ctx);
	if (!key)
		return true;
	what = &mmn_rule_cache_args[s->ctx.sys];
	bits = what->whole ? 0 : ~((u32)what->mask << what->shift);
	for (i = 0; i < ARRAY_SIZE(other.ctx.args); i++)
		other.ctx.args[i] ^= i == what->nr ? bits & (0x5a5a5a5a ^ key) : key | 1;
	ask(&other);
	return mmn_rule_cache_key(s->class, needs, &other.ctx) == key && same(s, &other);
}

/* A lookup returns the verdict that was kept with the same key, after any other entries. */
static bool memo_is_right(const struct sample *s)
{
	struct mmn_verdict kept = s->v, found;
	u64 key;

	if (!s->class || s->ctx.nr_frames || s->ctx.sys >= MMN_NR_SYS)
		return true;
	key = mmn_rule_cache_key(s->class, mmn_rules_needs(s->class), &s->ctx);
	if (!s->decided)
		kept.event = MMN_RULE_CACHE_NEEDS_STACK;
	mmn_rule_cache_keep(key, &kept);
	if (!mmn_rule_cache_find(key, &found))
		return true;
	return s->decided ? !memcmp(&found, &s->v, sizeof(found)) :
			    found.event == MMN_RULE_CACHE_NEEDS_STACK;
}

/*
 * A verdict that needed a walk depends on the bits and the frames only, so last_walk.c may
 * reuse it.
 */
static bool walk_settles_it(const struct sample *s)
{
	struct sample plain = *s, other = *s;

	plain.ctx.bits &= ~MMN_CTX_WALKED;
	plain.ctx.nr_frames = 0;
	ask(&plain);
	if (plain.decided || !has(s, MMN_CTX_WALKED))
		return true;
	other.ctx.sys = MMN_SYS_OTHER;
	memset(other.ctx.args, 0x5a, sizeof(other.ctx.args));
	ask(&other);
	return same(s, &other);
}

/* Without the trusted bit, sys and args are garbage and must not be read. */
static bool untrusted_is_unread(const struct sample *s)
{
	struct sample none = *s;

	if (has(s, MMN_CTX_SYSCALL))
		return true;
	none.ctx.sys = MMN_SYS_NONE;
	memset(none.ctx.args, 0, sizeof(none.ctx.args));
	ask(&none);
	return same(s, &none);
}

/* Each argument is an int or a set of low flags, in each ABI. */
static bool upper_half_is_unread(const struct sample *s)
{
	struct sample other = *s;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(other.ctx.args); i++)
		other.ctx.args[i] ^= GARBAGE;
	ask(&other);
	return same(s, &other);
}

/* The native event is only used for sites without a row. */
static bool native_is_unread(const struct sample *s)
{
	struct sample other = *s;

	if (s->class == MMN_CLASS_UNKNOWN)
		return true;
	memset(&other.v, 0, sizeof(other.v));
	other.decided = mmn_rules_classify(s->class, MMNOTIFY_UNMAP, &other.ctx,
					   &other.v);
	return same(s, &other);
}

/* The class decides the event, except for moves (a flag) and protection (the operation). */
static bool event_is_of_class(const struct sample *s)
{
	struct sample any = { .class = s->class, .ctx.bits = MMN_CTX_WALKED };

	ask(&any);
	if (!s->decided || s->class == MMN_CLASS_MOVE || protects(s))
		return true;
	return s->v.event == any.v.event;
}

/* Only a move with MREMAP_DONTUNMAP leaves the VMA. */
static bool move_is_of_args(const struct sample *s)
{
	bool stays = has(s, LOCAL | MMN_CTX_SYSCALL) &&
		     s->ctx.sys == MMN_SYS_MREMAP &&
		     (s->ctx.args[3] & MREMAP_DONTUNMAP);

	return s->class != MMN_CLASS_MOVE || !s->decided ||
	       s->v.event == (stays ? MMNOTIFY_CLEAR : MMNOTIFY_UNMAP);
}

static bool protection_is_protection(const struct sample *s)
{
	return !s->decided || !protects(s) ||
	       s->v.event == MMNOTIFY_PROTECTION_VMA ||
	       s->v.event == MMNOTIFY_PROTECTION_PAGE;
}

/* A walk without frames does not change a verdict that needed no walk. */
static bool empty_walk_adds_nothing(const struct sample *s)
{
	struct sample w = after_empty_walk(s);

	return !s->decided || has(s, MMN_CTX_WALKED) || same(s, &w);
}

/* A walk without frames leads to the cause of a group, not to a single operation. */
static bool empty_walk_is_a_group(const struct sample *s)
{
	struct sample w;

	if (s->decided)
		return true;
	w = after_empty_walk(s);
	switch (w.v.cause) {
	case MMNOTIFY_CAUSE_UNMAP:
	case MMNOTIFY_CAUSE_MREMAP:
	case MMNOTIFY_CAUSE_ZAP:
	case MMNOTIFY_CAUSE_HUGETLB_UNMAP:
	case MMNOTIFY_CAUSE_PROTECTION:
	case MMNOTIFY_CAUSE_MKCLEAN:
	case MMNOTIFY_CAUSE_THP_COLLAPSE:
	case MMNOTIFY_CAUSE_RMAP_UNMAP:
	case MMNOTIFY_CAUSE_RMAP_MIGRATE:
		return true;
	case MMNOTIFY_CAUSE_COW:
		return has(s, MMN_CTX_LOCAL);
	case MMNOTIFY_CAUSE_COW_GUP:
		return !has(s, MMN_CTX_LOCAL);
	case MMNOTIFY_CAUSE_RECLAIM_KSWAPD:
		return has(s, MMN_CTX_KSWAPD);
	default:
		return false;
	}
}

/* The rules do not use the order of the frames; verify_table.c does. */
static bool order_is_unread(const struct sample *s)
{
	struct sample w = *s;
	unsigned int i;

	for (i = 0; i < s->ctx.nr_frames; i++)
		w.ctx.frames[i] = s->ctx.frames[s->ctx.nr_frames - 1 - i];
	ask(&w);
	return same(s, &w);
}

static bool is_a_rule(const struct sample *s)
{
	struct mmn_verdict rule;
	unsigned int nr;

	if (!s->decided || s->class == MMN_CLASS_UNKNOWN ||
	    !has(s, MMN_CTX_VERIFIED))
		return true;
	for (nr = 0; mmn_rules_get(s->class, nr, &rule); nr++)
		if (rule.event == s->v.event && rule.cause == s->v.cause &&
		    rule.effects == s->v.effects && rule.flags == s->v.flags)
			return true;
	return false;
}

/* Where a function of the class may be inlined, any frame may be missing. */
static bool covers_all_frames(const struct sample *s)
{
	struct sample plain = *s;

	plain.ctx.bits |= MMN_CTX_NO_FRAMES;
	ask(&plain);
	if (!s->decided || !is_exact(&plain))
		return true;
	return is_exact(s) && plain.v.event == s->v.event && !(s->v.effects & ~plain.v.effects);
}

static struct property properties[] = {
	{ "where frames may be missing, what is exact covers all of them", covers_all_frames },
	{ "no walk is requested after a walk", never_asks_twice },
	{ "event, cause, effects and flags are in range", in_range },
	{ "a verdict that is not exact has all effects", guesses_all },
	{ "on an unverified kernel only RELEASE is exact", only_verified },
	{ "on an unverified kernel event and cause are the same", verified_is_all },
	{ "RELEASE is RELEASE and exact everywhere", release_exact },
	{ "no effects only for a recognized NUMA hint", nothing_only_for_hints },
	{ "unmap_vmas() is always UNMAP with VMA_GONE", unmap_is_unmap },
	{ "VMA_GONE only for an unmap, a move or the exit", others_keep_the_vma },
	{ "effects are those of the event", event_fits_effects },
	{ "a change of protection keeps the page", protection_keeps_pages },
	{ "a hint that may migrate has the effect PFN", moves_are_said },
	{ "a known class has a cause, an unknown one none", known_has_cause },
	{ "inputs that a class does not need do not matter", unwanted_is_unread },
	{ "the key of a verdict covers all its inputs", key_says_all },
	{ "a kept verdict equals that of the rules", memo_is_right },
	{ "after a walk the system call does not matter", walk_settles_it },
	{ "a system call that is not trusted is not read", untrusted_is_unread },
	{ "the upper half of an argument is not read", upper_half_is_unread },
	{ "the native event decides nothing that a rule decides", native_is_unread },
	{ "a class has one event for any stack", event_is_of_class },
	{ "a move clears only if its flags say so", move_is_of_args },
	{ "a change of protection is one", protection_is_protection },
	{ "a walk without frames does not change a verdict", empty_walk_adds_nothing },
	{ "a walk without frames leads to the cause of a group", empty_walk_is_a_group },
	{ "the order of the frames is not read", order_is_unread },
	{ "each verdict is that of a rule", is_a_rule },
};

static void check(struct sample *s)
{
	unsigned int i;

	ask(s);
	for (i = 0; i < ARRAY_SIZE(properties); i++) {
		if (properties[i].holds(s) || properties[i].broken++)
			continue;
		properties[i].first = *s;
	}
}

static void report(void)
{
	const struct property *p;
	unsigned int i;

	for (p = properties; p < properties + ARRAY_SIZE(properties); p++) {
		if (ok(!p->broken, "always: %s", p->name))
			continue;
		printf("#   %lu times; first: class %u bits 0x%x sys %u args 0x%lx 0x%lx 0x%lx 0x%lx frames",
		       p->broken, p->first.class, p->first.ctx.bits,
		       p->first.ctx.sys, p->first.ctx.args[0],
		       p->first.ctx.args[1], p->first.ctx.args[2],
		       p->first.ctx.args[3]);
		for (i = 0; i < p->first.ctx.nr_frames; i++)
			printf(" %u", p->first.ctx.frames[i]);
		printf("; decided %d event %u cause %u effects 0x%x flags 0x%x\n",
		       p->first.decided, p->first.v.event, p->first.v.cause,
		       p->first.v.effects, p->first.v.flags);
	}
}

/* Each value that a rule compares with, its neighbours, and set upper bits. */
static const unsigned long arg_values[] = {
	0, 1, 2, 3, 4, 5, 8, 9, 0x10, 13, 21, 24, 25, 28, 0x20, 35, 67, 102,
	0x1000, O_TRUNC_, PERF_EVENT_IOC_ENABLE, UFFDIO_UNREGISTER,
	UFFDIO_WRITEPROTECT, UFFDIO_RWPROTECT, ~0ul, GARBAGE,
	GARBAGE | MADV_DONTNEED, GARBAGE | UFFDIO_WRITEPROTECT,
};

static u64 state = 0x9e3779b97f4a7c15;

static u32 any(u32 below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (u32)(state >> 32) % below;
}

/* Sets about a quarter of the bits, and prefers one of these system calls. */
static void any_ctx(struct mmn_ctx *ctx)
{
	unsigned int i;

	memset(ctx, 0, sizeof(*ctx));
	ctx->bits = any(BITS_END) & any(BITS_END) & ALL_BITS & ~LATE_BITS;
	if (any(4))
		ctx->bits |= MMN_CTX_VERIFIED;
	if (any(2))
		ctx->bits |= MMN_CTX_SYSCALL;
	ctx->sys = any(MMN_NR_SYS);
	for (i = 0; i < ARRAY_SIZE(ctx->args); i++)
		ctx->args[i] = arg_values[any(ARRAY_SIZE(arg_values))];
}

static void any_walk(struct mmn_ctx *ctx)
{
	unsigned int i;

	ctx->bits |= MMN_CTX_WALKED;
	if (!any(4))
		ctx->bits |= MMN_CTX_MODULE_CALLS;
	ctx->nr_frames = any(5);
	for (i = 0; i < ctx->nr_frames; i++)
		ctx->frames[i] = 1 + any(MMN_NR_FRAMES - 1);
}

static void try_any(void)
{
	struct sample s;
	unsigned int i;

	for (s.class = 0; s.class < MMN_NR_CLASSES; s.class++)
		for (i = 0; i < SAMPLES; i++) {
			any_ctx(&s.ctx);
			check(&s);
			any_walk(&s.ctx);
			check(&s);
		}
}

static void try_frames(struct sample *s)
{
	unsigned int frame;

	s->ctx.bits &= ~MMN_CTX_WALKED;
	s->ctx.nr_frames = 0;
	check(s);
	s->ctx.bits |= MMN_CTX_WALKED;
	check(s);
	s->ctx.nr_frames = 1;
	for (frame = 1; frame < MMN_NR_FRAMES; frame++) {
		s->ctx.frames[0] = frame;
		check(s);
	}
}

/* All inputs of the rules for changes of protection, with random other inputs. */
static void try_protection(unsigned int class)
{
	static const u32 bits[] = {
		MMN_CTX_LOCAL, MMN_CTX_SYSCALL, MMN_CTX_MMAP_WRITE,
		MMN_CTX_MMAP_READ, MMN_CTX_NUMA_MOVES,
	};
	static const u8 calls[] = {
		MMN_SYS_NONE, MMN_SYS_OTHER, MMN_SYS_CLOSE, MMN_SYS_IOCTL,
		MMN_SYS_MPROTECT, MMN_SYS_PKEY_MPROTECT,
	};
	static const unsigned long args[] = {
		0, UFFDIO_UNREGISTER, UFFDIO_WRITEPROTECT, UFFDIO_RWPROTECT,
	};
	struct sample s = { .class = class };
	unsigned int mask, i, j, k;

	for (mask = 0; mask < 1u << ARRAY_SIZE(bits); mask++)
		for (i = 0; i < ARRAY_SIZE(calls); i++)
			for (j = 0; j < ARRAY_SIZE(args); j++) {
				s.ctx.bits = MMN_CTX_VERIFIED;
				for (k = 0; k < ARRAY_SIZE(bits); k++)
					if (mask & 1u << k)
						s.ctx.bits |= bits[k];
				s.ctx.sys = calls[i];
				s.ctx.args[1] = args[j];
				try_frames(&s);
			}
}

/*
 * Contexts that may occur thousands of times a second. A walk there would cost more
 * than the event, so none may be needed, with any other bits of the task.
 */
static const struct test_case hot[] = {
	{ "munmap", CLASS(UNMAP), SYSB(MUNMAP, LOCAL) },
	{ "mmap over it", CLASS(UNMAP), SYSB(MMAP, LOCAL) },
	{ "mremap", CLASS(UNMAP), SYSB(MREMAP, LOCAL) },
	{ "brk", CLASS(UNMAP), SYSB(BRK, LOCAL) },
	{ "exit", CLASS(UNMAP), BITS(DYING) },
	{ "a move", CLASS(MOVE), SYSB(MREMAP, LOCAL) },
	{ "mprotect", CLASS(PROTECT), SYSB(MPROTECT, WRITER) },
	{ "mprotect of hugetlb", CLASS(HUGETLB_PROTECT), SYSB(MPROTECT, WRITER) },
	{ "copy-on-write in a fault", CLASS(COW), BITS(LOCAL | TRUSTED) },
	{ "copy-on-write in a read()", CLASS(COW), SYSB(OTHER, LOCAL) },
	{ "copy-on-write in madvise", CLASS(COW), SYSB(MADVISE, LOCAL), ARG(2, MADV_HUGEPAGE) },
	{ "copy-on-write of hugetlb", CLASS(HUGETLB_COW) },
	{ "fork", CLASS(FORK) },
	{ "MADV_DONTNEED", CLASS(ZAP), SYS(MADVISE), ARG(2, MADV_DONTNEED) },
	{ "the same of hugetlb", CLASS(HUGETLB_NESTED), SYS(MADVISE), ARG(2, MADV_DONTNEED) },
	{ "process_madvise()", CLASS(ZAP), SYS(PROCESS_MADVISE), ARG(3, MADV_DONTNEED) },
	{ "MADV_FREE", CLASS(MADV_FREE) },
	{ "ftruncate", CLASS(ZAP), SYS(FTRUNCATE) },
	{ "O_TRUNC", CLASS(ZAP), SYS(OPEN), ARG(1, O_TRUNC_) },
	{ "openat with O_TRUNC", CLASS(ZAP), SYS(OPENAT), ARG(2, O_TRUNC_) },
	{ "a hole", CLASS(ZAP), SYS(FALLOCATE), ARG(1, FALLOC_PUNCH_HOLE) },
	{ "kswapd", CLASS(RMAP_UNMAP), BITS(KSWAPD) },
	{ "kswapd splits on one node", CLASS(RMAP_MIGRATE), BITS(KSWAPD | ONE_NODE) },
	{ "kcompactd", CLASS(RMAP_MIGRATE), BITS(KCOMPACTD) },
	{ "kcompactd on 5.10", CLASS(RMAP_UNMAP), BITS(KCOMPACTD) },
	{ "khugepaged", CLASS(THP_COLLAPSE), BITS(KHUGEPAGED) },
	{ "ksmd merges", CLASS(KSM_REPLACE) },
	{ "a split", CLASS(THP_SPLIT) },
};

static void try_hot(const struct test_case *c)
{
	unsigned int i, asked = 0;
	struct sample s;

	s.class = c->class;
	for (i = 0; i < HOT_SAMPLES; i++) {
		any_ctx(&s.ctx);
		s.ctx.bits |= c->bits;
		if (c->bits & MMN_CTX_SYSCALL)
			s.ctx.sys = c->sys;
		if (c->arg)
			s.ctx.args[c->arg] = c->val;
		ask(&s);
		asked += !s.decided;
	}
	ok(!asked, "never walks the stack: %s", c->what);
}

int main(void)
{
	unsigned int i;

	try_any();
	try_protection(MMN_CLASS_PROTECT);
	try_protection(MMN_CLASS_HUGETLB_PROTECT);
	report();
	for (i = 0; i < ARRAY_SIZE(hot); i++)
		try_hot(&hot[i]);
	return tap_done();
}
