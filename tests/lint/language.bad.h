/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * Fixture of language.pl, which has to find each marked line.
 */

/* BAD: Nobody holds the lock here. */
/* The slot is free, BAD so who comes next takes it. */
/* BAD Whoever lost its record walks the stack. */
/* The stack is walked by BAD somebody else. */
/* It may be evicted, BAD and who looks for it finds nothing. */
// BAD: the lock guards what everybody reads.

/**
 * bad_parameters() - BAD, since it is for anybody who calls it
 * @mm: whose
 * @pc: it
 * @on: whether
 * @buf: where to
 */

/*
 * BAD: This sentence goes on and on, from the call site over the slot and the record and the
 * table to the verdict, and from there to the callback of the driver that waits for it,
 * without any place at which a reader could stop and think about what it has said so far.
 */
