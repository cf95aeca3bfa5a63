// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * layout: sizes and offsets that are fixed when a driver is compiled. Each number is the
 * size of an array, so that nm -S shows it: tests/drivers/abi/run compares the numbers of the
 * frozen headers with those of the headers that have grown. No code uses the arrays.
 */
#include <linux/compiler.h>
#include <linux/stddef.h>

#include <mmnotify/mmnotify.h>

/* A structure in a driver's object: it keeps its size and alignment. */
#define FROZEN(type)						\
	static char frozen_##type[sizeof(struct type)] __used;	\
	static char align_##type[__alignof__(struct type)] __used

/* A structure with its size passed at run time: it may become larger. */
#define GROWS(type)	static char grows_##type[sizeof(struct type)] __used

/* A member that a driver reads or writes: it stays where it is. */
#define MEMBER(type, member)								\
	static char offset_##type##_##member[1 + offsetof(struct type, member)] __used;	\
	static char size_##type##_##member[sizeof_field(struct type, member)] __used

FROZEN(mmnotify_range);
MEMBER(mmnotify_range, mni);
MEMBER(mmnotify_range, ops);
MEMBER(mmnotify_range, client);
MEMBER(mmnotify_range, owner);

FROZEN(mmnotify_mm);
MEMBER(mmnotify_mm, mn);
MEMBER(mmnotify_mm, ops);
MEMBER(mmnotify_mm, client);

FROZEN(mmnotify_finish);
MEMBER(mmnotify_finish, range);

FROZEN(mmnotify_pending);

FROZEN(mmnotify_self);

GROWS(mmnotify_info);
MEMBER(mmnotify_info, size);
MEMBER(mmnotify_info, event);
MEMBER(mmnotify_info, cause);
MEMBER(mmnotify_info, native);
MEMBER(mmnotify_info, effects);
MEMBER(mmnotify_info, flags);
MEMBER(mmnotify_info, mm);
MEMBER(mmnotify_info, start);
MEMBER(mmnotify_info, end);
MEMBER(mmnotify_info, owner);
MEMBER(mmnotify_info, site);

GROWS(mmnotify_client);
MEMBER(mmnotify_client, name);
MEMBER(mmnotify_client, owner);
MEMBER(mmnotify_client, priv);

GROWS(mmnotify_range_ops);
MEMBER(mmnotify_range_ops, invalidate);
MEMBER(mmnotify_range_ops, invalidate_start);
MEMBER(mmnotify_range_ops, invalidate_finish);
MEMBER(mmnotify_range_ops, end);
MEMBER(mmnotify_range_ops, release);
MEMBER(mmnotify_range_ops, removed);
MEMBER(mmnotify_range_ops, effects);

GROWS(mmnotify_mm_ops);
MEMBER(mmnotify_mm_ops, start);
MEMBER(mmnotify_mm_ops, end);
MEMBER(mmnotify_mm_ops, release);
MEMBER(mmnotify_mm_ops, alloc);
MEMBER(mmnotify_mm_ops, free);
MEMBER(mmnotify_mm_ops, effects);
