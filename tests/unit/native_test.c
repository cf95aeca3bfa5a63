// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * native: the calls of a driver with its own notifier: the query for the verdict, structures of
 * another size, what an mprotect leaves, and the capabilities.
 */
#include <string.h>

#include <linux/mm.h>
#include <linux/mmu_notifier.h>
#include <linux/sched.h>

#include <mmnotify/mmnotify.h>

#include "client/self.h"
#include "compat/trust.h"
#include "hook/hook.h"
#include "log.h"
#include "stack/addr_cache.h"
#include "stack/call_path.h"
#include "stack/unwind.h"
#include "tap.h"

struct task_struct shim_current;
struct mmn_call_path mmn_call_path_table[1 << MMN_CALL_PATH_BITS];
bool mmn_unwind_enabled, mmn_hook_for_clients;
atomic_t mmn_self_sections = { 1 };

static struct mm_struct mm = { .owner = &shim_current };
static struct mmu_notifier_range range = { .mm = &mm, .start = 0x1000, .end = 0x3000 };
static struct mmnotify_client client;
static struct mmnotify_info info;
static bool exact;
static u32 caps;

static struct mmn_query query;
static unsigned int asked;
static const struct mmnotify_client *marked;

void mmn_verdict_start(const struct mmu_notifier_range *r, struct mmn_query q,
		       struct mmnotify_info *filled)
{
	asked += r == &range;
	query = q;
	memset(filled, 0x11, sizeof(*filled));
	filled->size = sizeof(*filled);
}

void mmn_self_mark_slow(const struct mmnotify_client *c, struct mmnotify_info *filled)
{
	marked = c;
}

u32 mmn_hook_caps(void)
{
	return caps;
}

bool mmn_trust_exact(void)
{
	return exact;
}

int mmn_addr_cache_print(unsigned long site, char *buf, size_t size)
{
	return snprintf(buf, size, "site %lx", site);
}

/* ---- classify ---- */

static void begin(void)
{
	asked = 0;
	marked = NULL;
	memset(&info, 0xff, sizeof(info));
	logged[0] = '\0';
}

static bool is_of_driver(const void *object)
{
	return asked == 1 && query.object == object && !query.ends &&
	       query.path >= mmn_call_path_table &&
	       query.path < mmn_call_path_table + (1 << MMN_CALL_PATH_BITS);
}

static void test_classify(void)
{
	begin();
	mmnotify_classify_v1(&range, &info, sizeof(info));
	ok(is_of_driver(query.object) && query.object && info.size == sizeof(info) && !marked,
	   "a callback without a client is known by where it returns to");
	begin();
	mmnotify_classify_as_v1(&client, &range, &info, sizeof(info));
	ok(is_of_driver(&client) && marked == &client && info.size == sizeof(info),
	   "one with a client by that, and may be its own");
}

static void test_sizes(void)
{
	struct {
		struct mmnotify_info info;
		unsigned char more[16];
	} big;
	size_t small = offsetof(struct mmnotify_info, mm);
	unsigned char *bytes = (void *)&info;

	begin();
	mmnotify_classify_as_v1(&client, &range, &info, small);
	ok(is_of_driver(&client) && marked == &client && info.size == small &&
	   bytes[small - 1] == 0x11 && bytes[small] == 0xff,
	   "an older driver gets the members that it knows");
	memset(&big, 0xff, sizeof(big));
	begin();
	mmnotify_classify_v1(&range, &big.info, sizeof(big));
	ok(asked == 1 && !marked && big.info.size == sizeof(info) && big.info.site &&
	   !big.more[0] && !big.more[15], "a newer one gets zeros in those that it has more");
}

static void test_hint(void)
{
	begin();
	mmn_hook_for_clients = true;
	caps = MMNOTIFY_CAP_HOOK;
	mmnotify_classify_v1(&range, &info, sizeof(info));
	ok(!logged[0], "nothing is logged with a hook");
	caps = 0;
	mmnotify_classify_v1(&range, &info, sizeof(info));
	ok(strstr(logged, "runs without a hook"), "a call without the hook that it needs is");
	begin();
	mmn_hook_for_clients = false;
	mmnotify_classify_v1(&range, &info, sizeof(info));
	ok(!logged[0], "not if it needs none");
}

/* ---- what an mprotect leaves ---- */

static struct vm_area_struct vma;
static bool no_vma;

struct vm_area_struct *find_vma(struct mm_struct *of, unsigned long addr)
{
	return no_vma || of != &mm || addr != 0x1000 ? NULL : &vma;
}

static enum mmnotify_perm perm_of(unsigned long flags)
{
	vma.vm_flags = flags;
	return mmnotify_vma_perm_v1(&info);
}

static void begin_perm(void)
{
	begin();
	info = (struct mmnotify_info){ .event = MMNOTIFY_PROTECTION_VMA, .mm = &mm,
		.flags = MMNOTIFY_F_EXACT, .start = 0x1000, .end = 0x3000 };
	vma = (struct vm_area_struct){ .vm_start = 0x1000, .vm_end = 0x3000 };
	mm.owner = current;
}

static void test_perm(void)
{
	begin_perm();
	ok(perm_of(VM_READ | VM_WRITE) == MMNOTIFY_PERM_RW &&
	   perm_of(VM_READ) == MMNOTIFY_PERM_RO &&
	   perm_of(VM_EXEC) == MMNOTIFY_PERM_RO && perm_of(0) == MMNOTIFY_PERM_NONE,
	   "an mprotect has what its area allows");
	vma.vm_end = 0x2000;
	ok(perm_of(VM_READ) == MMNOTIFY_PERM_UNKNOWN, "not over two areas");
	vma.vm_end = 0x4000;
	vma.vm_start = 0x2000;
	ok(perm_of(VM_READ) == MMNOTIFY_PERM_UNKNOWN, "nor over a hole");
	no_vma = true;
	ok(perm_of(VM_READ) == MMNOTIFY_PERM_UNKNOWN, "nor behind the last area");
	no_vma = false;
	begin_perm();
	info.event = MMNOTIFY_PROTECTION_PAGE;
	ok(perm_of(VM_READ) == MMNOTIFY_PERM_UNKNOWN, "nor another event");
	begin_perm();
	info.flags = 0;
	ok(perm_of(VM_READ) == MMNOTIFY_PERM_UNKNOWN, "nor one that is not exact");
	mm.owner = &mm;
	info.flags = MMNOTIFY_F_EXACT;
	ok(perm_of(VM_READ) == MMNOTIFY_PERM_UNKNOWN, "nor one whose task may not look");
}

/* ---- the others ---- */

static void test_caps(void)
{
	caps = MMNOTIFY_CAP_HOOK;
	ok(mmnotify_caps_v1() == (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_NO_HOOK_NEEDED |
				  MMNOTIFY_CAP_RANGES), "the capabilities of the hook are there");
	mmn_unwind_enabled = true;
	mmn_hook_for_clients = true;
	exact = true;
	ok(mmnotify_caps_v1() == (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_STACK | MMNOTIFY_CAP_RANGES |
				  MMNOTIFY_CAP_VERIFIED), "and those of the kernel");
}

static void test_names(void)
{
	char buf[20];

	ok(!strcmp(mmnotify_event_name_v1(MMNOTIFY_CLEAR), "CLEAR") &&
	   !strcmp(mmnotify_cause_name_v1(MMNOTIFY_CAUSE_MUNMAP), "munmap"), "names");
	info.site = 0x1234;
	ok(mmnotify_site_name_v1(&info, buf, sizeof(buf)) == 9 && !strcmp(buf, "site 1234"),
	   "the name of a call site");
}

int main(void)
{
	test_classify();
	test_sizes();
	test_hint();
	test_perm();
	test_caps();
	test_names();
	return tap_done();
}
