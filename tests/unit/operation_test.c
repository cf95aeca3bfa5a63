// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* operation: a split is named after the system call that holds the lock for it, or advises. */
#include <string.h>

#include <mmnotify/mmnotify_types.h>

#include "rules/operation.h"
#include "tap.h"

#define WRITER	(MMN_CTX_SYSCALL | MMN_CTX_LOCAL | MMN_CTX_MMAP_WRITE)
#define READER	(MMN_CTX_SYSCALL | MMN_CTX_LOCAL | MMN_CTX_MMAP_READ)

static bool is(u32 bits, u32 sys, unsigned long arg, const char *name)
{
	struct mmn_ctx ctx = { .bits = bits, .sys = sys, .args = { 0, 0, arg, arg } };
	const char *found = mmn_operation_name(&ctx);

	return found && name ? !strcmp(found, name) : found == name;
}

static bool stands_for(u32 bits, u32 sys, unsigned long arg, unsigned int cause)
{
	struct mmn_ctx ctx = { .bits = bits, .sys = sys, .args = { 0, 0, arg, arg } };

	return mmn_operation_cause(&ctx) == cause;
}

int main(void)
{
	ok(is(WRITER, MMN_SYS_MUNMAP, 0, "munmap") && is(WRITER, MMN_SYS_MMAP, 0, "mmap_fixed") &&
	   is(WRITER, MMN_SYS_MPROTECT, 0, "mprotect") && is(WRITER, MMN_SYS_BRK, 0, "brk") &&
	   is(WRITER, MMN_SYS_PKEY_MPROTECT, 0, "pkey_mprotect") &&
	   is(WRITER, MMN_SYS_MREMAP, 0, "mremap") && is(WRITER, MMN_SYS_SHMDT, 0, "shmdt"),
	   "the writer of mmap_lock is named by its system call");
	ok(is(READER, MMN_SYS_MUNMAP, 0, NULL) && is(READER, MMN_SYS_MPROTECT, 0, NULL),
	   "a fault in one of them is not");
	ok(is(WRITER & ~MMN_CTX_MMAP_WRITE, MMN_SYS_MUNMAP, 0, "munmap"),
	   "it is where the lock cannot be read");
	ok(is(WRITER, MMN_SYS_OTHER, 0, NULL) && is(WRITER, MMN_SYS_NONE, 0, NULL) &&
	   is(WRITER, MMN_SYS_WRITE, 0, NULL) && is(MMN_CTX_LOCAL, MMN_SYS_MUNMAP, 0, NULL),
	   "nor is anything else");
	ok(is(READER, MMN_SYS_MADVISE, 4, "madv_dontneed") &&
	   is(READER, MMN_SYS_MADVISE, 8, "madv_free") &&
	   is(READER, MMN_SYS_MADVISE, 9, "madv_remove") &&
	   is(READER, MMN_SYS_MADVISE, 21, "madv_pageout") &&
	   is(READER, MMN_SYS_MADVISE, 24, "madv_dontneed_locked") &&
	   is(READER, MMN_SYS_MADVISE, 25, "madv_collapse") &&
	   is(READER, MMN_SYS_MADVISE, 102, "guard_install") &&
	   is(WRITER, MMN_SYS_MADVISE, 15, "madvise"), "advice is named by its value");
	ok(is(MMN_CTX_SYSCALL, MMN_SYS_PROCESS_MADVISE, 21, "madv_pageout") &&
	   is(MMN_CTX_SYSCALL, MMN_SYS_MADVISE, 21, NULL) &&
	   is(MMN_CTX_SYSCALL | MMN_CTX_MMAP_WRITE, MMN_SYS_MUNMAP, 0, NULL),
	   "in another process only process_madvise() is");
	ok(stands_for(READER, MMN_SYS_MUNMAP, 0, MMNOTIFY_CAUSE_MUNMAP) &&
	   stands_for(READER, MMN_SYS_MADVISE, 4, MMNOTIFY_CAUSE_MADV_DONTNEED) &&
	   stands_for(READER, MMN_SYS_MADVISE, 15, MMNOTIFY_CAUSE_UNKNOWN) &&
	   stands_for(READER, MMN_SYS_OTHER, 0, MMNOTIFY_CAUSE_UNKNOWN) &&
	   stands_for(MMN_CTX_SYSCALL, MMN_SYS_MUNMAP, 0, MMNOTIFY_CAUSE_UNKNOWN) &&
	   stands_for(MMN_CTX_LOCAL, MMN_SYS_MUNMAP, 0, MMNOTIFY_CAUSE_UNKNOWN),
	   "a flush outside of an event has the cause of its system call");
	return tap_done();
}
