// SPDX-License-Identifier: GPL-2.0-only
/*
 * shortcut: it is made of steps whose length is known beforehand, it fits only if all that
 * lies between is there, and it goes with its module.
 */
#include <linux/module.h>
#include <linux/spinlock.h>

#include "stack/call_path.h"
#include "stack.h"
#include "tap.h"

bool shim_lock_is_busy;
int shim_locks_held;

static unsigned long module_area;

bool mmn_in_module_area(unsigned long pc)
{
	return pc == module_area;
}

static struct mmn_call_path cut;
static struct mmn_frame_pos found;

/* The callback's frame is at word 10: its caller's frame pointer and its return address. */
#define FRAME	(&stack[10])

/*
 * The callback returns to 0xa000, that to @nr functions between, those to the announcing
 * function, and that one to the site.
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

/* Return: 0 if there is no shortcut, 1 if it leads to the site of call_from(@nr), else -1. */
static int takes(unsigned int nr)
{
	const struct mmn_site *site = NULL;
	unsigned long pc = 0;

	if (!mmn_call_path_site(&cut, FRAME, &pc, &site))
		return 0;
	return pc == 0xc000 && site == &known[nr + 2] ? 1 : -1;
}

/* The way was looked at, and is none. */
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
	ok(!takes(nr), "%u between: there is no shortcut at first", nr);
	ok(find() == &known[nr + 2] && found.pc == 0xc000 && found.bp == 0x2222,
	   "steps lead to the site");
	ok(takes(nr) == 1 && same_place(), "and then the shortcut does");
	for (i = 0; i <= nr + 1; i++) {
		stack[word] ^= 1;
		wrong += !!takes(nr);
		stack[word] ^= 1;
		word += i + 2;
	}
	ok(!wrong && takes(nr) == 1, "if all between is there");
	known[nr + 2].row = MMN_SITE_UNKNOWN;
	ok(!takes(nr), "and the site has a row");
	known[nr + 2].pc = 1;
	ok(!takes(nr), "and is known");
	ok(!shim_locks_held, "no lock is held");
}

/* The announcing function calls the callback itself. */
static void test_direct(void)
{
	call_from(0);
	known[0].frame = MMN_FRAME_ANNOUNCE;
	known[1].frame = 0;
	ok(find() == &known[1] && mmn_call_path_matches(&cut, FRAME) &&
	   mmn_call_path_pos(&cut, FRAME).pc == 0xb000,
	   "with nothing between there is a shortcut, too");
}

static void test_not_made(void)
{
	call_from(2);
	ok(find() && is_none(), "a way that is too long is none");
	call_from(1);
	module_area = 0xa001;
	ok(find() && is_none(), "nor is one through a module");
	call_from(1);
	module_area = 0xa000;
	ok(find() && takes(1) == 1, "but the callback may be in one");
	call_from(1);
	known[1].up |= MMN_UP_BP;
	stack[10] = at(14);
	ok(find() && is_none(), "nor one by the frame pointer");
	call_from(1);
	known[2].up = 6 | MMN_UP_BP;
	stack[10] = at(17);
	ok(find() && is_none(), "even in its last step");
	call_from(1);
	shim_lock_is_busy = true;
	ok(find() && !cut.pc, "none is made while another one is");
	call_from(1);
	known[3].pc = 1;
	ok(!find() && !cut.pc, "nor without a site");
	call_from(1);
	cut.pc = 0xdddd;
	ok(find() && cut.pc == 0xdddd && !takes(1), "one that is made stays");
	ok(!shim_locks_held, "no lock is held");
}

/* The frame pointer of the site is the caller's if nothing saved it. */
static void test_saved(void)
{
	call_from(1);
	known[2].up = 6;
	ok(find() && found.bp == 0x1111 && takes(1) == 1 && same_place(),
	   "the frame pointer of the callback's caller, if no other was saved");
	call_from(1);
	known[0].up |= 2 << MMN_UP_SAVED_SHIFT;
	known[2].up = 6;
	ok(find() && takes(1) == 1 && same_place() && found.bp == stack[12],
	   "or one that was saved between");
}

static void test_drop(void)
{
	struct module mod = { .start = 0xa000, .end = 0xa001 };
	struct module other = { .start = 0xa001, .end = 0xb000 };
	struct mmn_call_path *c = mmn_call_path_of(0xa000);
	unsigned int i;

	call_from(1);
	ok(mmn_call_path_site_slow(c, FRAME, &found) && mmn_call_path_matches(c, FRAME),
	   "of a foreign callback");
	mmn_call_path_drop(&other);
	ok(c->pc == 0xa000, "it stays when another module goes");
	mmn_call_path_drop(&mod);
	ok(!c->pc, "it goes with its module");
	known[2].up = 6;
	ok(mmn_call_path_site_slow(c, FRAME, &found) && mmn_call_path_pos(c, FRAME).bp == 0x1111,
	   "the next one at its place has nothing of it");
	mmn_call_path_drop(&mod);
	for (i = 0; i < ARRAY_SIZE(mmn_call_path_table); i++)
		mmn_call_path_table[i].pc = 0xa000;
	mmn_call_path_drop(&mod);
	for (i = 0; i < ARRAY_SIZE(mmn_call_path_table); i++)
		if (mmn_call_path_table[i].pc)
			break;
	ok(i == ARRAY_SIZE(mmn_call_path_table), "wherever in the table it is");
	ok(!shim_locks_held, "no lock is held");
}

int main(void)
{
	test_made(0);
	test_made(1);
	test_direct();
	test_not_made();
	test_saved();
	test_drop();
	return tap_done();
}
