// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ops: which ops of older and newer drivers are accepted, that shorter ones are padded
 * with zeros in one shared copy, and that the copies of a client are freed.
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

/* Ops with two words in their first version and four words in this version. */
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

	ok(is_refused(NULL, kind.known, -EINVAL, "the ops are NULL"),
	   "NULL ops are refused, and logged");
	ok(is_refused(same, kind.v1 - 1, -EINVAL, "at least 16 are needed"),
	   "ops that lack a member of the first version are refused");
	ok(accept(same, kind.known) == same && !logged[0],
	   "ops of the same length are used directly");
	ok(accept(longer, sizeof(longer)) == longer && !logged[0],
	   "longer ops are used directly if the extra bytes are 0");
	longer[WORDS] = 1;
	ok(is_refused(longer, sizeof(longer), -E2BIG, "update mmnotify"),
	   "longer ops are refused if the first extra word is not 0");
	longer[WORDS] = 0;
	longer[WORDS + 1] = 1ul << 56;
	ok(is_refused(longer, sizeof(longer), -E2BIG, "48 bytes, 32 supported"),
	   "longer ops are refused if only the last byte is not 0");
	ok(!allocated && !shim_mutexes_held, "nothing was copied");
}

static void test_copies(void)
{
	/* Memory behind the driver's ops must not be read: ASan poisons it. */
	unsigned long *shorter = malloc(kind.v1), other[3] = { 1, 2, 0 };
	const unsigned long *copy, *again;

	shorter[0] = 1;
	shorter[1] = 2;
	copy = accept(shorter, kind.v1);
	ok(copy != shorter && copy[0] == 1 && copy[1] == 2, "shorter ops are copied");
	ok(!copy[2] && !copy[3], "the copy is padded with zeros");
	ok(allocated == 1 && !shim_mutexes_held, "the copy is kept, and no lock is held");
	shorter[1] = 9;
	ok(copy[1] == 2, "the copy does not change with the driver's ops");
	again = accept(shorter, kind.v1);
	ok(again != copy && again[1] == 9 && allocated == 2, "different ops have another copy");
	shorter[1] = 2;
	ok(accept(shorter, kind.v1) == copy && accept(shorter, kind.v1) == copy,
	   "equal ops share the copy");
	ok(allocated == 2 && !shim_mutexes_held, "a surplus copy is freed");
	again = accept(other, sizeof(other));
	ok(again != copy && again[1] == 2 && allocated == 3,
	   "ops of another size have another copy, even with the same first words");
	no_memory = true;
	again = accept(shorter, kind.v1);
	ok(IS_ERR(again) && PTR_ERR(again) == -ENOMEM, "shorter ops are refused without memory");
	no_memory = false;
	free(shorter);
	mmn_ops_free(&copies);
	ok(!allocated, "all copies of a client are freed");
}

static void test_bits(void)
{
	ok(!mmn_ops_check_bits(&kind, "tester", 0, 0), "an empty mask of effects is accepted");
	ok(!mmn_ops_check_bits(&kind, "tester", MMNOTIFY_FX_ALL, 0),
	   "a mask of all effects is accepted");
	logged[0] = '\0';
	ok(mmn_ops_check_bits(&kind, "tester", MMNOTIFY_FX_ALL + 1, 0) == -EINVAL,
	   "an unknown effect is refused");
	ok(strstr(logged, "client tester: mmnotify_test(): the ops have unknown effects"),
	   "an unknown effect is logged");
	ok(mmn_ops_check_bits(&kind, "tester", 0, 1) == -EINVAL, "rsvd other than 0 is refused");
	ok(mmn_ops_check_bits(&kind, "tester", MMNOTIFY_FX_ALL, 1) == -EINVAL,
	   "rsvd other than 0 is refused with known effects");
}

int main(void)
{
	test_sizes();
	test_copies();
	test_bits();
	return tap_done();
}
