// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frame_record: the proof that a function stores a frame record, and each part of src/stack on
 * a kernel with frame pointers: steps, call path, last walk, the unwinder. None of them may
 * rely on what lies behind a function without a proof.
 */
#include <stdlib.h>

#include <linux/errno.h>
#include <linux/kallsyms.h>
#include <linux/module.h>
#include <linux/ptrace.h>
#include <linux/spinlock.h>

#include <asm/unwind.h>

#include "stack/frame_step.c"
#include "stack/call_path.c"
#include "stack/last_walk.c"
#include "stack/unwind.c"
#include "stack/record_text.h"
#include "stack.h"
#include "tap.h"

int shim_preempt_off;
bool shim_lock_is_busy;
int shim_locks_held;

static unsigned int counted;

void mmn_stats_inc(enum mmn_stat stat)
{
	counted++;
}

unsigned int mmn_stack_save(unsigned long *pc, unsigned int size)
{
	abort();
}

bool mmn_addr_cache_is_kernel(unsigned long pc)
{
	return true;
}

unsigned int mmn_addr_cache_frame(unsigned long pc)
{
	const struct mmn_site *site = mmn_addr_cache_find(pc);

	return site ? site->frame : MMN_FRAME_NONE;
}

bool mmn_frame_table_ends(unsigned int frame)
{
	return frame == MMN_FRAME_KSWAPD;
}

static unsigned int resolved;

unsigned int mmn_addr_cache_resolve(unsigned long site)
{
	resolved++;
	return 0;
}

/* ---- the proof ---- */

static unsigned long symbol;
static const void *gone;	/* address of a byte that cannot be read */

long mmn_read_kernel(void *to, const void *from, size_t len)
{
	if (gone >= from && gone < from + len)
		return -EFAULT;
	memcpy(to, from, len);
	return 0;
}

int sprint_symbol(char *buffer, unsigned long address)
{
	return symbol ? sprintf(buffer, "f+0x%lx/0x100 [m]", address - symbol) :
			sprintf(buffer, "0x%lx", address);
}

/* The proof for the return address at the end of these bytes of a function. */
#define PROVEN(...) ({ \
	static const unsigned char text[] = { __VA_ARGS__ }; \
	char name[KSYM_SYMBOL_LEN]; \
	symbol = (unsigned long)text; \
	mmn_frame_record_is_proven(symbol + sizeof(text), name); })

#define FENTRY	0x0f, 0x1f, 0x44, 0x00, 0x00
#define SET_BP	0x48, 0x89, 0xe5
#define CALL	0xe8, 0x11, 0x22, 0x33, 0x44

/* A function of 100 bytes that stores a record @at bytes behind its start. */
static bool late_proven(unsigned int at, bool readable)
{
	static u8 text[100];
	char name[KSYM_SYMBOL_LEN];
	bool proven;

	memset(text, 0x90, sizeof(text));
	memcpy(text + at, (u8[]){ 0x55, SET_BP }, 4);
	symbol = (unsigned long)text;
	gone = readable ? NULL : text + at;
	proven = mmn_frame_record_is_proven(symbol + sizeof(text), name);
	gone = NULL;
	return proven;
}

static void test_proof(void)
{
	char name[KSYM_SYMBOL_LEN];
	unsigned int at, wrong = 0;

	ok(PROVEN(FENTRY, 0x55, SET_BP, CALL), "a function that stores a record");
	ok(PROVEN(0xf3, 0x0f, 0x1e, 0xfa, FENTRY, 0x55, 0x31, 0xc0, SET_BP, 0x53, CALL),
	   "other instructions may lie between");
	ok(!PROVEN(FENTRY, 0x53, CALL), "a function without a record");
	ok(!PROVEN(0x55, 0x48, 0x89, 0xfd, CALL),
	   "a function that uses the frame pointer for something else");
	ok(!PROVEN(SET_BP, 0x55, CALL), "the frame pointer is saved after it is set");
	ok(!PROVEN(0x55, 0x48, 0x89), "the text behind the call does not count");
	ok(PROVEN(0x55, 0x48, SET_BP, CALL) && PROVEN(0x55, 0x48, 0x89, SET_BP, CALL) &&
	   !PROVEN(0x55, 0x48, 0x89, 0xe4, 0xe5, CALL), "a part of the instruction before it");
	for (at = 0; at + 4 <= 100; at++)
		wrong += !late_proven(at, true) || late_proven(at, false);
	ok(!wrong, "a record at any place, and text that is gone, which proves nothing");
	symbol = (unsigned long)"";
	ok(!mmn_frame_record_is_proven(symbol, name),
	   "no call returns to the start of a function");
	symbol = 0;
	ok(!mmn_frame_record_is_proven(0x1234, name), "an address without a symbol");
}

/* Does a function of these instructions store a record, also if each one is a piece? */
#define STORES_ARM64(...) ({ \
	static const u32 code[] = { __VA_ARGS__ }; \
	unsigned int state = 0, each = 0; \
	bool whole = mmn_record_text_arm64((const u8 *)code, sizeof(code), &state), parts = false; \
	for (size_t i = 0; i < ARRAY_SIZE(code); i++) \
		parts |= mmn_record_text_arm64((const u8 *)&code[i], 4, &each); \
	if (whole != parts) \
		abort(); \
	whole; })

#define PACIASP		0xd503233f
#define NOP		0xd503201f
#define SUB_SP_96	0xd10183ff
#define PUSH_32		0xa9be7bfd	/* stp x29, x30, [sp, #-32]! */
#define PUSH_OTHERS	0xa9be53f3	/* stp x19, x20, [sp, #-32]! */
#define STORE_AT_16	0xa9017bfd	/* stp x29, x30, [sp, #16] */
#define STORE_BELOW	0xa93f7bfd	/* stp x29, x30, [sp, #-16] */
#define MOV_FP		0x910003fd	/* mov x29, sp */
#define ADD_FP_16	0x910043fd	/* add x29, sp, #16 */
#define ADD_FP_1008	0x910fc3fd	/* add x29, sp, #1008, which is no place of STORE_BELOW */
#define MOV_FP_X0	0xaa0003fd	/* mov x29, x0 */
#define BL		0x94000123

static void test_arm64(void)
{
	ok(STORES_ARM64(PACIASP, PUSH_32, MOV_FP, BL), "arm64: a function that stores a record");
	ok(STORES_ARM64(NOP, NOP, PUSH_32, NOP, MOV_FP, PUSH_OTHERS, BL),
	   "other instructions may lie between");
	ok(STORES_ARM64(SUB_SP_96, STORE_AT_16, ADD_FP_16, BL), "a record in the middle of a frame");
	ok(!STORES_ARM64(SUB_SP_96, STORE_AT_16, MOV_FP, BL) &&
	   !STORES_ARM64(PUSH_32, ADD_FP_16, BL), "the frame pointer is set to another place");
	ok(!STORES_ARM64(PUSH_OTHERS, MOV_FP, BL) && !STORES_ARM64(PUSH_32, MOV_FP_X0, BL),
	   "other registers");
	ok(!STORES_ARM64(MOV_FP, PUSH_32, BL), "the frame pointer is set before it is saved");
	ok(!STORES_ARM64(PUSH_32, BL) && !STORES_ARM64(MOV_FP, BL), "half of it");
	ok(!STORES_ARM64(STORE_BELOW, ADD_FP_1008, BL), "a record below the stack pointer");
}

/* ---- the unwinder ---- */

static unsigned long unwound[MMN_UNWIND_DEPTH + 2];
static unsigned int nr_unwound;
static bool is_broken;
/* Registers behind the last return address; NULL in a kernel thread. */
static struct pt_regs *end_regs;

bool unwind_done(struct unwind_state *s)
{
	return s->at == nr_unwound && !s->regs;
}

unsigned long unwind_get_return_address(struct unwind_state *s)
{
	return unwound[s->at];
}

bool unwind_next_frame(struct unwind_state *s)
{
	s->at++;
	if (s->at == nr_unwound) {
		s->error = is_broken;
		s->regs = end_regs;
	}
	return !unwind_done(s);
}

void unwind_start(struct unwind_state *s, struct task_struct *task, struct pt_regs *regs,
		  unsigned long *first_frame)
{
	*s = (struct unwind_state){ .regs = regs };
}

static void unwinds(unsigned long pc)
{
	unwound[nr_unwound++] = pc;
	unwound[nr_unwound] = 0;
}

static void begin(void)
{
	new_stack();
	nr_unwound = 0;
	is_broken = false;
	end_regs = NULL;
	counted = 0;
	mmn_unwind_allow(true);
	/* The caller of mmn_frame_record_save(), which is not saved. */
	unwinds(0x9999);
}

static void test_save(void)
{
	struct pt_regs regs = { .cs = 0x33 };
	unsigned long pc[8];
	bool whole = false;

	begin();
	unwinds(0xa000);
	unwinds(0xb000);
	ok(mmn_frame_record_save(pc, 8, &whole) == 2 && whole && pc[1] == 0xb000,
	   "a kernel thread's stack is whole");
	end_regs = &regs;
	ok(mmn_frame_record_save(pc, 8, &whole) == 2 && whole, "so is one that ends in user mode");
	regs.cs = 0x10;
	ok(mmn_frame_record_save(pc, 8, &whole) == 2 && !whole, "one that ends in the kernel is not");
	end_regs = NULL;
	is_broken = true;
	ok(mmn_frame_record_save(pc, 8, &whole) == 2 && !whole, "a chain that breaks is not");
	ok(mmn_frame_record_save(pc, 1, &whole) == 1 && !whole, "nor is one that does not fit");
	is_broken = false;
	unwinds(0);
	unwinds(0xc000);
	ok(mmn_frame_record_save(pc, 8, &whole) == 2 && !whole,
	   "nor one that leads to something else than text");
}

/* Announcing function, call site, two frames above it; the unwinder's stack is the same. */
static void unwinds_event(void)
{
	begin();
	unwinds(0xa000);
	unwinds(0xb000);
	unwinds(0xc000);
	unwinds(0xd000);
	unwinds(0xe000);
	know(0xa000, MMN_UP_RECORD, 0);
	know(0xb000, MMN_UP_RECORD, MMN_FRAME_ANNOUNCE);
	know(0xc000, MMN_UP_RECORD, 0);
	know(0xd000, MMN_UP_RECORD, MMN_FRAME_MEMCG);
	know(0xe000, MMN_UP_ENTRY, 0);
}

static struct mmn_stack st;
static struct mmn_ctx ctx;

static unsigned long site_of(bool in_hook)
{
	mmn_unwind_save(&st);
	return mmn_unwind_site(&st, in_hook);
}

static bool is_incomplete(void)
{
	struct mmn_frame_pos from = { .pc = 0xc000 };
	struct mmn_walk_words walk;

	memset(&ctx, 0, sizeof(ctx));
	mmn_unwind_ctx(&from, &walk, &ctx);
	return ctx.bits & MMN_CTX_INCOMPLETE;
}

static void test_unwinder(void)
{
	unwinds_event();
	ok(site_of(false) == 0xc000, "the unwinder finds the call site");
	known[0].up = MMN_UP_ENTRY;
	ok(!site_of(false), "but not behind a function without a record");
	ok(site_of(true) == 0xc000, "in the hook only the trampoline is such a function");
	known[0].pc = 1;
	ok(!site_of(false), "nor behind an address that is not cached");
	unwinds_event();
	ok(!is_incomplete() && ctx.nr_frames == 1, "frames up to the entry are complete");
	is_broken = true;
	ok(is_incomplete(), "they are not if the chain breaks");
	nr_unwound--;
	ok(is_incomplete(), "also behind a proven address");
	is_broken = false;
	unwinds(0xe000);
	known[2].up = MMN_UP_ENTRY;
	ok(is_incomplete() && ctx.nr_frames == 1,
	   "frames behind a function without a record are seen, but others may be missing");
	known[2].up = MMN_UP_RECORD;
	known[3].up = MMN_UP_ENTRY;
	ok(is_incomplete() && ctx.nr_frames == 1, "so are those behind a frame without one");
	known[2].up = MMN_UP_ENTRY;
	known[3].frame = MMN_FRAME_KSWAPD;
	ok(is_incomplete(), "also before the frame that ends the search");
	known[2].up = MMN_UP_RECORD;
	known[3].up = MMN_UP_ENTRY;
	ok(!is_incomplete(), "but none that matters behind it");
}

/* ---- steps ---- */

static void record(unsigned int word, unsigned int next, unsigned long pc)
{
	stack[word] = at(next);
	stack[word + 1] = pc | (word * 0x0101010101010101UL & SIGNATURE);
}

static struct mmn_frame_cursor s;

static void start(unsigned long pc, unsigned int word, unsigned int bp)
{
	put(word, pc);
	s = (struct mmn_frame_cursor){ .at = { pc, at(word + 1), at(bp) }, .top = at(WORDS) };
}

static const struct mmn_frame_pos nowhere;

static void test_steps(void)
{
	const unsigned int regs = WORDS - sizeof(struct pt_regs) / sizeof(long);

	begin();
	record(20, 30, 0xb000);
	know(0xa000, MMN_UP_RECORD, 0);
	know(0xb000, MMN_UP_ENTRY, 0);
	start(0xa000, 10, 20);
	ok(mmn_frame_step_next(&s) == &known[0] && s.at.pc == 0xb000 && s.at.sp == at(22) &&
	   s.at.bp == at(30), "a step over a record");
	ok(!mmn_frame_step_next(&s) && s.at.pc == 0xb000, "no step without a record");
	start(0xb000, regs - 1, 0);
	ok(mmn_frame_step_next(&s) == &known[1] && !s.at.pc,
	   "the registers of an entry end the stack");
	start(0xa000, 10, 8);
	ok(!mmn_frame_step_next(&s), "no step to a record below");
	start(0xa000, 10, WORDS);
	ok(!mmn_frame_step_next(&s), "no step beyond the stack");
	resolved = 0;
	mmn_frame_step_learn(0, &nowhere);
	ok(!resolved, "without an address nothing is learnt");
	mmn_frame_step_learn(0xc000, &nowhere);
	ok(resolved == 1, "an address is resolved");
}

/* ---- call path ---- */

static struct mmn_call_path path;

#define FRAME	(&stack[10])

/* A callback returns through @nr functions to the announcing one, and that to the call site. */
static void call_from(unsigned int nr)
{
	unsigned int i, word = 10;

	begin();
	memset(&path, 0, sizeof(path));
	for (i = 0; i <= nr; i++) {
		record(word, word + 4 + i, 0xa000 + i);
		know(0xa000 + i, MMN_UP_RECORD, i == nr ? MMN_FRAME_ANNOUNCE : 0);
		word += 4 + i;
	}
	record(word, word + 8, 0xc000);
	know(0xc000, MMN_UP_RECORD, 0);
}

static const struct mmn_site *walk_path(void)
{
	struct mmn_frame_pos pos;

	return mmn_call_path_site_slow(&path, FRAME, &pos);
}

static bool takes(unsigned int nr)
{
	const struct mmn_site *site;
	unsigned long pc;

	return mmn_call_path_site(&path, FRAME, &pc, &site) && pc == 0xc000 &&
	       site == &known[nr + 1];
}

static void test_path(unsigned int nr)
{
	unsigned int i, word = 10, wrong = 0;
	struct mmn_frame_pos pos;

	call_from(nr);
	ok(!takes(nr) && walk_path() == &known[nr + 1] && takes(nr),
	   "%u functions between: steps find the site, then the path does", nr);
	pos = mmn_call_path_pos(&path, FRAME);
	for (i = 0; i <= nr; i++) {
		stack[word + 1] ^= 1;
		wrong += takes(nr);
		stack[word + 1] ^= 1;
		word += 4 + i;
	}
	ok(!wrong && takes(nr), "the path needs each return address on it");
	ok(pos.pc == 0xc000 && pos.sp == at(word + 2) && pos.bp == at(word + 8),
	   "the position is that of the site");
	known[nr / 2].up = MMN_UP_ENTRY;
	memset(&path, 0, sizeof(path));
	call_path_make(&path, FRAME);
	stack[10] = 0xdead;
	ok(path.pc == 0xa000 && !takes(nr),
	   "no path over a function without a record, and no record is read");
}

/* ---- last walk ---- */

static bool find(unsigned long pc, unsigned int bp)
{
	struct mmn_frame_pos from = { pc, at(11), at(bp) };
	struct mmn_verdict v;

	return mmn_last_walk_find(&from, 1, 1, &v);
}

static void test_last_walk(void)
{
	struct mmn_frame_pos from = { 0xa000, at(11), at(20) };
	struct mmn_verdict v = { };
	struct mmn_walk_words walk;

	begin();
	put(10, 0xa000);
	record(20, 30, 0xb000);
	record(30, 40, 0xc000);
	record(40, 50, 0xd000);
	know(0xa000, MMN_UP_RECORD, 0);
	know(0xb000, MMN_UP_RECORD, MMN_FRAME_MEMCG);
	know(0xc000, MMN_UP_RECORD, MMN_FRAME_KSWAPD);
	known[2].ends = true;
	mmn_unwind_ctx(&from, &walk, &ctx);
	ok(!counted && walk.nr == 3 && walk.needs_bp,
	   "a walk keeps one word for each record");
	mmn_last_walk_keep(&walk, 1, 1, &v);
	ok(find(0xa000, 20), "it is found again");
	ok(!find(0xa000, 30), "not with another frame pointer");
	put(31, 0xe000);
	ok(!find(0xa000, 20), "nor with another return address");
	put(31, 0xc000);
	record(36, 40, 0xc000);
	record(20, 36, 0xb000);
	ok(find(0xa000, 20), "but with a record at another place, as the frames are the same");
	record(20, 30, 0xe000);
	stack[20] = 0xdead;
	ok(!find(0xa000, 20), "behind another return address no record is read");
}

/* ---- the self-test ---- */

/* The unwinder's stack, from the caller of mmn_unwind_agrees() on, is what it stores here. */
static void test_agrees(void)
{
	begin();
	ok(!mmn_unwind_agrees(), "steps and the unwinder disagree if they have no address in common");
}

int main(void)
{
	test_proof();
	test_arm64();
	test_save();
	test_unwinder();
	test_steps();
	test_path(0);
	test_path(1);
	test_path(2);
	test_last_walk();
	test_agrees();
	return tap_done();
}
