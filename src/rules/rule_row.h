/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A rule of rules.c, and short names for its conditions and its verdict. */
#ifndef MMN_RULE_ROW_H
#define MMN_RULE_ROW_H

#include <linux/types.h>

#include <mmnotify/mmnotify_types.h>

#define FX_ALL		MMNOTIFY_FX_ALL
/* The translations are void; the addresses stay mapped. */
#define FX_CLEAR	(MMNOTIFY_FX_PFN | MMNOTIFY_FX_NO_WRITE | \
			 MMNOTIFY_FX_NO_READ | MMNOTIFY_FX_DIRTY)
#define FX_ACCESS	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_NO_READ)
#define FX_WRITE	MMNOTIFY_FX_NO_WRITE
#define FX_CLEAN	(MMNOTIFY_FX_NO_WRITE | MMNOTIFY_FX_DIRTY)
#define FX_NONE		0

/*
 * How an argument of the system call is compared. Only the low 32 bits are: the arguments of
 * ARG_IS are int in every ABI, so the upper half of the register is undefined.
 */
enum arg_op { ARG_ANY, ARG_IS, ARG_HAS };

/**
 * struct rule - conditions and a verdict
 * @need: MMN_CTX_* bits that must be set
 * @not: MMN_CTX_* bits that must be clear
 * @sys: enum mmn_sys that current must be in, so MMN_CTX_SYSCALL is set; or MMN_SYS_NONE
 * @op: enum arg_op: how args[@arg] is compared with @val
 * @arg: index of the argument
 * @val: value for ARG_IS; for ARG_HAS a mask, of which one bit must be set
 * @saw: enum mmn_frame that must be on the stack; MMN_FRAME_NONE for no condition
 * @also: second frame that must be on the stack, likewise
 * @ask: no verdict: demands the stack; ignored once the stack was walked
 * @event: enum mmnotify_event of the verdict
 * @cause: enum mmnotify_cause of the verdict
 * @effects: MMNOTIFY_FX_* of the verdict
 * @guess: the verdict is not exact, so its effects are MMNOTIFY_FX_ALL
 * @wide: the range of the event may exceed the change: MMNOTIFY_F_WIDENED
 */
struct rule {
	u32 need;
	u32 not;
	u8 sys;
	u8 op;
	u8 arg;
	u32 val;
	u8 saw;
	u8 also;
	bool ask;
	u8 event;
	u8 cause;
	u8 effects;
	bool guess;
	bool wide;
};

/* Conditions, then the verdict: short enough for one line per rule. */
#define ALWAYS			.op = ARG_ANY
#define IF1(a)			.need = MMN_CTX_##a
#define IF2(a, b)		.need = MMN_CTX_##a | MMN_CTX_##b
#define UNLESS(a)		.not = MMN_CTX_##a
#define SYS(s)			.sys = MMN_SYS_##s
#define ARG(n, o, v)		.arg = (n), .op = ARG_##o, .val = ARG_##v
#define SAW(f)			.saw = MMN_FRAME_##f
#define ALSO(f)			.also = MMN_FRAME_##f
#define ASK			.ask = true
#define IS(e, c, fx)		.event = MMNOTIFY_##e, \
				.cause = MMNOTIFY_CAUSE_##c, \
				.effects = FX_##fx
#define WIDE			.wide = true
#define GUESS			.guess = true

#endif /* MMN_RULE_ROW_H */
