// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * rule_cache: keys, lookups, and contention for an entry. properties_test.c checks that a
 * key covers all inputs of a verdict.
 */
#include <string.h>

#include <linux/hash.h>
#include <linux/kernel.h>

#include "rules/rule_cache.h"
#include "rules/site_table.h"
#include "tap.h"

#define KEYS	4096

/* Events of some rows of the site table. */
#define UNMAP	mmn_rule_cache_site(1, MMNOTIFY_UNMAP)
#define PROTECT	mmn_rule_cache_site(2, MMNOTIFY_PROTECTION_VMA)
#define REAP	mmn_rule_cache_site(3, MMNOTIFY_UNMAP)
#define ZAP	mmn_rule_cache_site(4, MMNOTIFY_CLEAR)
#define LAST	mmn_rule_cache_site(MMN_SITE_ROWS_MAX - 1, 255)

static struct mmn_verdict verdict(unsigned int n)
{
	return (struct mmn_verdict){ .event = n % 7, .cause = n, .effects = 3, .flags = 1 };
}

static u64 key_of(unsigned int n)
{
	struct mmn_ctx ctx = { .bits = n, .sys = MMN_SYS_MUNMAP };

	return mmn_rule_cache_key(UNMAP, MMN_NEED_SYS | MMN_NEED_ARGS, &ctx);
}

static void test_keys(void)
{
	struct mmn_ctx ctx = { .sys = MMN_SYS_IOCTL, .args = { 0, 0xaa } };
	u32 needs = MMN_NEED_SYS | MMN_NEED_ARGS;
	u64 key;

	ok(!mmn_rule_cache_key(PROTECT, needs, &ctx),
	   "no key if the rules use all bits of the argument");
	ok(mmn_rule_cache_key(REAP, MMN_NEED_SYS, &ctx),
	   "a key if the class does not use arguments");
	ctx = (struct mmn_ctx){ .sys = MMN_SYS_MADVISE, .args = { 0, 0, 4 } };
	key = mmn_rule_cache_key(ZAP, needs, &ctx);
	ok(key, "an argument that fits has a key");
	ctx.args[2] = 9;
	ok(mmn_rule_cache_key(ZAP, needs, &ctx) != key,
	   "another argument has another key");
	ctx.args[2] = 0x104;
	ok(!mmn_rule_cache_key(ZAP, needs, &ctx),
	   "an argument that does not fit has no key");
	ctx = (struct mmn_ctx){ .sys = MMN_SYS_OPENAT, .args = { 0, 0, 01000 } };
	key = mmn_rule_cache_key(ZAP, needs, &ctx);
	ctx.args[2] |= 2;
	ok(mmn_rule_cache_key(ZAP, needs, &ctx) == key,
	   "flags that no rule uses do not change the key");
	ctx.args[2] = 2;
	ok(mmn_rule_cache_key(ZAP, needs, &ctx) != key,
	   "the flag that a rule uses changes the key");
}

static void test_sites(void)
{
	struct mmn_ctx ctx = { .bits = MMN_CTX_VERIFIED, .sys = MMN_SYS_MUNMAP };
	u64 key = mmn_rule_cache_key(UNMAP, MMN_NEED_SYS, &ctx);

	ok(mmn_rule_cache_key(REAP, MMN_NEED_SYS, &ctx) != key, "another row has another key");
	ok(mmn_rule_cache_key(mmn_rule_cache_site(1, MMNOTIFY_CLEAR), MMN_NEED_SYS, &ctx) != key,
	   "another native event has another key");
	ok(mmn_rule_cache_key(LAST, 0, &ctx) >> 16 == mmn_rule_cache_key(UNMAP, 0, &ctx) >> 16,
	   "rows and native events do not reach the other parts of the key");
	ctx.bits = 0;
	ok(mmn_rule_cache_key(UNMAP, MMN_NEED_SYS, &ctx) != key,
	   "a call site without trust has another key");
}

static void test_table(void)
{
	unsigned int i, found = 0, wrong = 0;
	struct mmn_verdict v, kept;

	ok(!mmn_rule_cache_find(key_of(1), &v), "an empty table has no verdict");
	ok(!mmn_rule_cache_find(0, &v), "a lookup without a key finds no verdict");
	mmn_rule_cache_keep(0, &kept);
	ok(!mmn_rule_cache_find(0, &v), "a verdict without a key is not kept");
	for (i = 0; i < KEYS; i++) {
		kept = verdict(i);
		mmn_rule_cache_keep(key_of(i), &kept);
	}
	for (i = 0; i < KEYS; i++) {
		if (!mmn_rule_cache_find(key_of(i), &v))
			continue;
		kept = verdict(i);
		found++;
		wrong += !!memcmp(&v, &kept, sizeof(v));
	}
	ok(!wrong, "each verdict found is the one that was kept");
	ok(found > (1 << MMN_RULE_CACHE_BITS) / 2 && found <= 1 << MMN_RULE_CACHE_BITS,
	   "more than half of the table is used (%u)", found);
	kept = verdict(77);
	mmn_rule_cache_keep(key_of(0), &kept);
	ok(mmn_rule_cache_find(key_of(0), &v) && !v.cause, "an existing entry is not replaced");
}

/* ---- two tasks and one entry ---- */

static u64 intruder;

/* Runs once, while the other task writes its entry. */
void shim_preempt(int writes)
{
	struct mmn_verdict v = verdict(9);
	u64 key = intruder;

	if (!writes || !key)
		return;
	intruder = 0;
	mmn_rule_cache_keep(key, &v);
}

static void test_two(void)
{
	struct mmn_verdict v, kept = verdict(8);
	u64 first = key_of(1), second;
	unsigned int n = 1;

	memset(mmn_rule_cache_table, 0, sizeof(mmn_rule_cache_table));
	do {
		second = key_of(++n);
	} while (hash_64(second, MMN_RULE_CACHE_BITS) != hash_64(first, MMN_RULE_CACHE_BITS));
	intruder = second;
	mmn_rule_cache_keep(first, &kept);
	ok(mmn_rule_cache_find(first, &v) && v.cause == 8,
	   "the task that claimed the entry first keeps it");
	ok(!mmn_rule_cache_find(second, &v), "the verdict of a concurrent task is not kept");
}

int main(void)
{
	test_keys();
	test_sites();
	test_table();
	test_two();
	return tap_done();
}
