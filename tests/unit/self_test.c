// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * self: an event is marked as the client's own only in a section of this task, this mm and this
 * client, and only if its cause and the task allow it.
 */
#include <linux/atomic.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#include <mmnotify/mmnotify.h>

#include "client/self.h"
#include "log.h"
#include "tap.h"

struct task_struct shim_current;
bool shim_unlocked, shim_lock_is_busy;
int shim_locks_held;

static struct mm_struct mm, other_mm;
static struct mmnotify_client client, other_client;

/* Is an event of @mm marked for @client? */
static bool marks(const struct mmnotify_client *c, struct mm_struct *of, unsigned int cause,
		  unsigned int flags)
{
	struct mmnotify_info info = { .mm = of, .cause = cause, .flags = flags };

	mmn_self_mark(c, &info);
	return info.flags == (flags | MMNOTIFY_F_SELF);
}

static bool is_own(void)
{
	return marks(&client, &mm, MMNOTIFY_CAUSE_MIGRATE_VMA, MMNOTIFY_F_EXACT);
}

static void test_section(void)
{
	struct mmnotify_self self = { };

	ok(!is_own(), "no event is the client's own outside of a section");
	mmnotify_self_begin_v1(&self, &client, &mm);
	ok(is_own() && atomic_read(&mmn_self_sections) == 1, "inside it is");
	ok(!marks(&other_client, &mm, MMNOTIFY_CAUSE_MIGRATE_VMA, MMNOTIFY_F_EXACT),
	   "not for another client");
	ok(!marks(&client, &other_mm, MMNOTIFY_CAUSE_MIGRATE_VMA, MMNOTIFY_F_EXACT),
	   "nor in another mm");
	mmnotify_self_end_v1(&self);
	ok(!is_own() && !atomic_read(&mmn_self_sections), "nor after it");
	logged[0] = '\0';
	mmnotify_self_end_v1(&self);
	ok(strstr(logged, "the section is not open") && !atomic_read(&mmn_self_sections),
	   "a second end is reported, and changes nothing");
}

static void test_event(void)
{
	struct mmnotify_self self = { };

	mmnotify_self_begin_v1(&self, &client, &mm);
	ok(!marks(&client, &mm, MMNOTIFY_CAUSE_MUNMAP, MMNOTIFY_F_EXACT),
	   "a cause that is no driver's is not its own");
	ok(!marks(&client, &mm, MMNOTIFY_CAUSE_MIGRATE_VMA, 0), "nor one that is not exact");
	shim_current.flags = PF_MEMALLOC;
	ok(!is_own(), "nor one of a task that reclaims memory");
	shim_current.flags = 0;
	ok(is_own(), "all others are");
	mmnotify_self_end_v1(&self);
}

static void test_nested(void)
{
	struct mmnotify_self outer = { }, inner = { }, other = { };

	mmnotify_self_begin_v1(&outer, &client, &mm);
	mmnotify_self_begin_v1(&other, &other_client, &mm);
	mmnotify_self_begin_v1(&inner, &client, &other_mm);
	ok(is_own() && marks(&other_client, &mm, MMNOTIFY_CAUSE_COW, MMNOTIFY_F_EXACT) &&
	   marks(&client, &other_mm, MMNOTIFY_CAUSE_COW, MMNOTIFY_F_EXACT), "sections may nest");
	mmnotify_self_end_v1(&other);
	ok(is_own() && marks(&client, &other_mm, MMNOTIFY_CAUSE_COW, MMNOTIFY_F_EXACT) &&
	   !marks(&other_client, &mm, MMNOTIFY_CAUSE_COW, MMNOTIFY_F_EXACT),
	   "and end in any order");
	outer.task = (void *)1;
	ok(!is_own(), "a section of another task does not count");
	outer.task = current;
	mmnotify_self_end_v1(&outer);
	mmnotify_self_end_v1(&inner);
	ok(!is_own() && !atomic_read(&mmn_self_sections), "none is left");
	ok(!shim_unlocked && !shim_locks_held, "each list is used under its lock");
}

int main(void)
{
	test_section();
	test_event();
	test_nested();
	return tap_done();
}
