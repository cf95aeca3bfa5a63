// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * call_path: a call path is built from steps of constant length. It matches only if each
 * return address on the path is on the stack, and it is dropped with its module.
 */
#include <linux/module.h>
#include <linux/spinlock.h>

#include "stack/call_path.h"
#include "stack.h"
#include "tap.h"

bool shim_lock_is_busy;
int shim_locks_held;

static unsigned long module_area;

bool mmn_addr_cache_is_kernel(unsigned long pc)
{
	return pc != module_area;
}

static struct mmn_call_path cut;
static struct mmn_frame_pos found;

/* The callback's frame is at word 10: its caller's frame pointer and its return address. */
#define FRAME	(&stack[10])

/*
 * Builds the stack of a callback. It returns to 0xa000, this through @nr functions to the
 * function that calls the notifiers, and that one to the call site.
 */
static void call_from(unsigned int nr)
{
	unsigned int i, word = 11;

	new_stack();
	memset(&cut, 0, sizeof(cut));
	module_area = 0;
	shim_lock_is_busy = false;
	stack[10] = 0x1111;
	for (i = 0; i <= nr; i++) {
		put(word, 0xa000 + i);
		know(0xa000 + i, i + 2, 0);
		word += i + 2;
	}
	put(word, 0xb000);
	know(0xb000, 6 | 4 << MMN_UP_SAVED_SHIFT, MMN_FRAME_ANNOUNCE);
	stack[word + 3] = 0x2222;
	put(word + 6, 0xc000);
	know(0xc000, 3, 0);
}

static const struct mmn_site *find(void)
{
	return mmn_call_path_site_slow(&cut, FRAME, &found);
}

/* Return: 0 without a path, 1 if it leads to the site of call_from(@nr), else -1. */
static int takes(unsigned int nr)
{
	const struct mmn_site *site = NULL;
	unsigned long pc = 0;

	if (!mmn_call_path_site(&cut, FRAME, &pc, &site))
		return 0;
	return pc == 0xc000 && site == &known[nr + 2] ? 1 : -1;
}

/* The path was examined and marked as unusable. */
static bool is_none(void)
{
	return cut.pc == 0xa000 && !mmn_call_path_matches(&cut, FRAME);
}

static bool same_place(void)
{
	struct mmn_frame_pos there = mmn_call_path_pos(&cut, FRAME);

	return there.pc == found.pc && there.sp == found.sp && there.bp == found.bp;
}

static void test_made(unsigned int nr)
{
	unsigned int i, word = 11, wrong = 0;

	call_from(nr);
	ok(!takes(nr), "%u functions between: no call path before the first walk", nr);
	ok(find() == &known[nr + 2] && found.pc == 0xc000 && found.bp == 0x2222,
	   "frame steps find the site");
	ok(takes(nr) == 1 && same_place(), "then the call path finds it at the same position");
	for (i = 0; i <= nr + 1; i++) {
		stack[word] ^= 1;
		wrong += !!takes(nr);
		stack[word] ^= 1;
		word += i + 2;
	}
	ok(!wrong && takes(nr) == 1, "the call path needs each return address on it");
	known[nr + 2].row = MMN_SITE_UNKNOWN;
	ok(!takes(nr), "the call path needs a site with a row");
	known[nr + 2].pc = 1;
	ok(!takes(nr), "the call path needs a site in the address cache");
	ok(!shim_locks_held, "no lock is held");
}

/* The function that sends the event calls the callback itself. */
static void test_direct(void)
{
	call_from(0);
	known[0].frame = MMN_FRAME_ANNOUNCE;
	known[1].frame = 0;
	ok(find() == &known[1] && mmn_call_path_matches(&cut, FRAME) &&
	   mmn_call_path_pos(&cut, FRAME).pc == 0xb000,
	   "a call path without functions between");
}

/* The function that sends the event has another one call the callbacks. */
static void test_helper(void)
{
	call_from(1);
	known[1].frame = MMN_FRAME_ANNOUNCE;
	ok(find() == &known[3] && found.pc == 0xc000 && takes(1) == 1 && same_place(),
	   "a call path over both functions that announce");
}

static void test_not_made(void)
{
	call_from(2);
	ok(find() && is_none(), "no call path over too many frames");
	call_from(1);
	module_area = 0xa001;
	ok(find() && is_none(), "no call path through a module");
	call_from(1);
	module_area = 0xa000;
	ok(find() && takes(1) == 1, "a call path for a callback in a module");
	call_from(1);
	known[1].up |= MMN_UP_BP;
	stack[10] = at(14);
	ok(find() && is_none(), "no call path with a step by the frame pointer");
	call_from(1);
	known[2].up = 6 | MMN_UP_BP;
	stack[10] = at(17);
	ok(find() && is_none(), "no call path with a last step by the frame pointer");
	call_from(1);
	shim_lock_is_busy = true;
	ok(find() && !cut.pc, "no call path while the lock is contended");
	call_from(1);
	known[3].pc = 1;
	ok(!find() && !cut.pc, "no call path without a site");
	call_from(1);
	cut.pc = 0xdddd;
	ok(find() && cut.pc == 0xdddd && !takes(1), "an existing call path is not replaced");
	ok(!shim_locks_held, "no lock is held");
}

/* The site has the frame pointer of the callback's caller if no frame saved another one. */
static void test_saved(void)
{
	call_from(1);
	known[2].up = 6;
	ok(find() && found.bp == 0x1111 && takes(1) == 1 && same_place(),
	   "the site has the frame pointer of the callback's caller if none was saved");
	call_from(1);
	known[0].up |= 2 << MMN_UP_SAVED_SHIFT;
	known[2].up = 6;
	ok(find() && takes(1) == 1 && same_place() && found.bp == stack[12],
	   "the site has a frame pointer that was saved between");
}

static void test_drop(void)
{
	struct module mod = { .start = 0xa000, .end = 0xa001 };
	struct module other = { .start = 0xa001, .end = 0xb000 };
	struct mmn_call_path *c = mmn_call_path_of(0xa000);
	unsigned int i;

	call_from(1);
	ok(mmn_call_path_site_slow(c, FRAME, &found) && mmn_call_path_matches(c, FRAME),
	   "a call path for a callback in another module");
	mmn_call_path_drop(&other);
	ok(c->pc == 0xa000, "the call path stays when another module is unloaded");
	mmn_call_path_drop(&mod);
	ok(!c->pc, "the call path is dropped with its module");
	known[2].up = 6;
	ok(mmn_call_path_site_slow(c, FRAME, &found) && mmn_call_path_pos(c, FRAME).bp == 0x1111,
	   "the next call path in this slot has no data of the dropped one");
	mmn_call_path_drop(&mod);
	for (i = 0; i < ARRAY_SIZE(mmn_call_path_table); i++)
		mmn_call_path_table[i].pc = 0xa000;
	mmn_call_path_drop(&mod);
	for (i = 0; i < ARRAY_SIZE(mmn_call_path_table); i++)
		if (mmn_call_path_table[i].pc)
			break;
	ok(i == ARRAY_SIZE(mmn_call_path_table),
	   "each slot of the table is searched at the drop");
	ok(!shim_locks_held, "no lock is held");
}

int main(void)
{
	test_made(0);
	test_made(1);
	test_direct();
	test_helper();
	test_not_made();
	test_saved();
	test_drop();
	return tap_done();
}
