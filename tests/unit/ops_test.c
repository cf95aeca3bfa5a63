// SPDX-License-Identifier: GPL-2.0-only
/*
 * ops: which ops of older and newer drivers are taken, that shorter ones are lengthened
 * with zeros into one copy, and that a client gives its copies back.
 */
#include <stdarg.h>
#include <stdlib.h>

#include <linux/err.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/string.h>

#include <mmnotify/mmnotify_types.h>

#include "client/ops.h"
#include "tap.h"

/* Ops of which the first version had two words, and this mmnotify knows four. */
#define WORDS		4

static const struct mmn_ops_kind kind = {
	.name = "mmnotify_test",
	.v1 = 2 * sizeof(long),
	.known = WORDS * sizeof(long),
};

static struct list_head copies = { &copies, &copies };
static struct mutex lock;
int shim_mutexes_held;
static bool no_memory;
static int allocated;
static char logged[200];

void shim_log(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(logged, sizeof(logged), fmt, args);
	va_end(args);
}

void *kzalloc(size_t size, int flags)
{
	if (no_memory)
		return NULL;
	allocated++;
	return calloc(1, size);
}

void kfree(void *p)
{
	allocated -= !!p;
	free(p);
}

static const void *accept(const void *ops, size_t size)
{
	logged[0] = '\0';
	return mmn_ops_accept(&kind, "tester", ops, size, &lock, &copies);
}

static bool is_refused(const void *ops, size_t size, int error, const char *why)
{
	const void *got = accept(ops, size);

	return IS_ERR(got) && PTR_ERR(got) == error &&
	       strstarts(logged, "mmnotify: client tester: mmnotify_test(): the ops") &&
	       strstr(logged, why);
}

static void test_sizes(void)
{
	unsigned long same[WORDS] = { 1, 2, 3, 4 }, longer[WORDS + 2] = { 1, 2, 3, 4 };

	ok(is_refused(NULL, kind.known, -EINVAL, "the ops are NULL"), "no ops are refused, and logged");
	ok(is_refused(same, kind.v1 - 1, -EINVAL, "at least 16 are needed"),
	   "ops that lack a member of the first version are refused");
	ok(accept(same, kind.known) == same && !logged[0], "ops that are as long are used as they are");
	ok(accept(longer, sizeof(longer)) == longer && !logged[0],
	   "longer ones, too, if what is behind is 0");
	longer[WORDS] = 1;
	ok(is_refused(longer, sizeof(longer), -E2BIG, "update mmnotify"),
	   "if the first word behind is not 0 they are refused");
	longer[WORDS] = 0;
	longer[WORDS + 1] = 1ul << 56;
	ok(is_refused(longer, sizeof(longer), -E2BIG, "48 bytes, 32 supported"),
	   "and if only the last byte is not");
	ok(!allocated && !shim_mutexes_held, "nothing was copied");
}

static void test_copies(void)
{
	/* What is behind the driver's ops is not read: it is poisoned under ASan. */
	unsigned long *shorter = malloc(kind.v1), other[3] = { 1, 2, 0 };
	const unsigned long *copy, *again;

	shorter[0] = 1;
	shorter[1] = 2;
	copy = accept(shorter, kind.v1);
	ok(copy != shorter && copy[0] == 1 && copy[1] == 2, "shorter ops are copied");
	ok(!copy[2] && !copy[3], "with zeros behind");
	ok(allocated == 1 && !shim_mutexes_held, "the copy is kept, the lock is not");
	shorter[1] = 9;
	ok(copy[1] == 2, "it does not change with the driver's");
	again = accept(shorter, kind.v1);
	ok(again != copy && again[1] == 9 && allocated == 2, "other ops have another copy");
	shorter[1] = 2;
	ok(accept(shorter, kind.v1) == copy && accept(shorter, kind.v1) == copy,
	   "ops that are equal share the copy");
	ok(allocated == 2 && !shim_mutexes_held, "what was allocated for that is free again");
	again = accept(other, sizeof(other));
	ok(again != copy && again[1] == 2 && allocated == 3,
	   "ops of another size have another copy, if they begin alike, too");
	no_memory = true;
	again = accept(shorter, kind.v1);
	ok(IS_ERR(again) && PTR_ERR(again) == -ENOMEM, "without memory they are refused");
	no_memory = false;
	free(shorter);
	mmn_ops_free(&copies);
	ok(!allocated, "a client gives all copies back");
}

static void test_bits(void)
{
	ok(!mmn_ops_check_bits(&kind, "tester", 0, 0), "no effects are fine");
	ok(!mmn_ops_check_bits(&kind, "tester", MMNOTIFY_FX_ALL, 0), "and all effects");
	logged[0] = '\0';
	ok(mmn_ops_check_bits(&kind, "tester", MMNOTIFY_FX_ALL + 1, 0) == -EINVAL,
	   "an unknown effect is refused");
	ok(strstr(logged, "client tester: mmnotify_test(): the ops have unknown effects"), "and logged");
	ok(mmn_ops_check_bits(&kind, "tester", 0, 1) == -EINVAL, "rsvd must be 0");
	ok(mmn_ops_check_bits(&kind, "tester", MMNOTIFY_FX_ALL, 1) == -EINVAL,
	   "with known effects, too");
}

int main(void)
{
	test_sizes();
	test_copies();
	test_bits();
	return tap_done();
}
