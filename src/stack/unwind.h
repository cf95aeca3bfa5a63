/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_UNWIND_H
#define MMN_UNWIND_H

#include <linux/compiler.h>
#include <linux/types.h>

#include "frame_pos.h"
#include "last_walk.h"
#include "rules/rules.h"

/**
 * DOC: The stack as a source
 *
 * A verdict needs the call site of the invalidation, and some rules need the frames above it.
 * Both are on the stack of the task that invalidates. Unwinding takes about 450 instructions
 * per frame, too much for each event, so this folder remembers earlier walks. The sources are
 * tried from the cheapest to the dearest:
 *
 * - Call path (call_path.h), for the call site: its distance from a callback's frame is
 *   constant for one return address of the callback. It is measured once. A lookup compares
 *   the return addresses between and reads the one into the call site.
 * - Last walk (last_walk.h), for the frames: the stack words that the last walk on this CPU
 *   depended on, and its verdict. If all are unchanged, a walk would find the same frames.
 * - Frame steps (frame_step.h), for both: the address cache has the distance from one return
 *   address to the next, so a step is a lookup and an addition. On x86-64 with ORC or frame
 *   pointers, and on arm64.
 * - The unwinder (unwind.c), for both: passes trampolines, exception entries and return
 *   addresses that a tracer replaced. With ORC it begins at the call site if that is known, since
 *   RHEL 8 has no ORC data of ftrace's trampolines, on which the hook runs.
 *
 * With ORC, when a walk by steps fails, orc_probe.c measures the current stack with the help
 * of the unwinder and stores the distances in the address cache (addr_cache.h). With frame
 * pointers each step is the same, and frame_record.c proves for each address that it may be
 * taken: frame_record.h says why. Call path and last walk then keep return addresses only, and
 * follow the records. The address cache also maps each return address to its rows in the site
 * table and the frame table. The module notifier (module_notifier.c) removes the addresses of
 * a module before its text is freed.
 *
 * Locking: lookups take no lock. Two raw spinlocks serialise writers and never nest:
 *
 * - site_lock (addr_cache.c) guards insertions, removals and the list of unknown symbols. It
 *   is never held while a symbol is resolved.
 * - making (call_path.c) guards measuring and removal of call paths. Callbacks only try it:
 *   if it is contended they fall back to frame steps. It is never held while a stack is
 *   unwound. On arm64 symbols are resolved under it, once for each path.
 *
 * The hook takes site_lock, once for each address that it meets first, and not the other one.
 * The last walk is per CPU and used with preemption disabled; only the module notifier writes to
 * those of other CPUs, and only its number of words.
 *
 * Memory ordering: an entry of the address cache or a call path is filled first and published
 * by a release of its pc; lookups acquire the pc (tests/litmus/publish.litmus, reuse.litmus).
 * The distance in a cache entry is written later without ordering: it is one halfword that
 * depends on the address alone, so each reader sees it or falls back to the unwinder. Removed
 * entries need no grace period, as a lookup only uses addresses of its own stack, and the text
 * of an unloaded module is on no stack.
 *
 * Contexts: lookups and walks run in the task that invalidates, for its own stack; the module
 * notifier runs in another one. The hook and callbacks may be atomic. They allocate nothing, but
 * resolve symbols: kallsyms takes no lock for that.
 */

/* Frames to save: callbacks of the driver, mmnotify and the kernel, and those that matter. */
#define MMN_UNWIND_DEPTH	48

/**
 * struct mmn_stack - saved stack of current
 * @nr: number of return addresses
 * @whole: false if frames are missing at the outer end; always true if mmn_unwind_save() used the
 *	unwinder
 * @pc: return addresses, innermost first
 */
struct mmn_stack {
	unsigned int nr;
	bool whole;
	unsigned long pc[MMN_UNWIND_DEPTH];
};

extern bool mmn_unwind_enabled;

void mmn_unwind_allow(bool on);

/* May verdicts depend on the stack? See mmn_unwind_allow(). */
static inline bool mmn_unwind_allowed(void)
{
	return READ_ONCE(mmn_unwind_enabled);
}

void mmn_unwind_save(struct mmn_stack *st);
unsigned long mmn_unwind_site(const struct mmn_stack *st, bool in_hook);
bool mmn_unwind_frames(const struct mmn_stack *st, unsigned long site, bool whole,
		       struct mmn_ctx *ctx);
void mmn_unwind_ctx(const struct mmn_frame_pos *site, struct mmn_walk_words *walk,
		    struct mmn_ctx *ctx);
unsigned long mmn_unwind_find_site(bool in_hook);
bool mmn_unwind_agrees(void);

#endif /* MMN_UNWIND_H */
