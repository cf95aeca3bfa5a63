/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_FRAME_RECORD_H
#define MMN_FRAME_RECORD_H

#include <linux/types.h>

#include "frame_pos.h"

/**
 * DOC: Frame records
 *
 * A kernel with frame pointers has no table of distances. There each function stores a
 * record, {frame pointer of its caller, return address}, and the frame pointer leads from
 * record to record. So each return address has the same step, MMN_UP_RECORD. All kernels for
 * arm64 are of this kind.
 *
 * Assembler, or a module of other compiler flags, may store no record. The chain still
 * looks right then, but the caller of that function is not in it. A verdict must not rest
 * on the absence of a frame that may be missing, so each function has to prove that it
 * stores a record: its text is read once, when its return address enters the address cache.
 * A function that the compiler gave a record stores it before its first call.
 *
 * The proofs add up. mmnotify's own functions store a record, so the frame pointer that
 * they saved is that of their caller. If that one stores a record, too, its record has the
 * true return address and the frame pointer of its own caller, and so on. A step leads from
 * a proven address only:
 *
 * - At an address without a proof steps end, unless the registers of a kernel entry follow:
 *   then the stack ends there.
 * - The unwinder, which then walks the stack instead, follows the same chain. So a call site
 *   that it finds behind such an address is refused, and frames behind one leave the walk
 *   incomplete: the verdict is not exact.
 *
 * On arm64 functions may sign their return address before they store it, with a key of the task
 * and the stack pointer. mmn_return_address() removes the signature, so that the address can be
 * looked up and compared. The record need not lie at the end of a frame there. So in a position
 * (struct mmn_frame_pos) @sp is the word behind the record, not the stack pointer.
 *
 * The chain ends at the registers of a kernel entry. x86 has them behind the return address.
 * arm64 has a last record in them, and in a kernel thread in their place.
 */
#if defined(CONFIG_STACKTRACE) && \
	((defined(CONFIG_X86_64) && defined(CONFIG_UNWINDER_FRAME_POINTER)) || \
	 (defined(CONFIG_ARM64) && defined(CONFIG_FRAME_POINTER)))
#define MMN_FRAME_RECORDS	1

bool mmn_frame_record_is_proven(unsigned long pc, char *name);
bool mmn_frame_record_ends(const struct mmn_frame_pos *at);
unsigned int mmn_frame_record_save(unsigned long *pc, unsigned int size, bool *whole);
#else
#define MMN_FRAME_RECORDS	0

static inline bool mmn_frame_record_is_proven(unsigned long pc, char *name)
{
	return false;
}

static inline bool mmn_frame_record_ends(const struct mmn_frame_pos *at)
{
	return false;
}

static inline unsigned int mmn_frame_record_save(unsigned long *pc, unsigned int size, bool *whole)
{
	return 0;
}
#endif

#endif /* MMN_FRAME_RECORD_H */
