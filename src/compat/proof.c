// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * proof: rules rest on what mmnotify reads from the kernel without an interface for it: the
 * owner word of mmap_lock, and the system call of the running task. At load both are read where
 * the answer is known. If one is wrong no verdict can be exact.
 */
#include <linux/init.h>
#include <linux/rwsem.h>

#include "compat.h"
#include "proof.h"
#include "syscalls.h"

static DECLARE_RWSEM(lock);

/* A lock that cannot be read gives no rule a writer, so there is nothing to prove. */
static __init bool is_lock_right(void)
{
	enum mmn_mmap_lock unlocked = mmn_rwsem_mode(&lock), write, read;

	if (unlocked == MMN_MMAP_LOCK_UNKNOWN)
		return true;
	down_write(&lock);
	write = mmn_rwsem_mode(&lock);
	up_write(&lock);
	down_read(&lock);
	read = mmn_rwsem_mode(&lock);
	up_read(&lock);
	return unlocked == MMN_MMAP_LOCK_NOT_WRITE && write == MMN_MMAP_LOCK_WRITE &&
	       read == MMN_MMAP_LOCK_NOT_WRITE;
}

/**
 * mmn_proof_run() - prove what mmnotify reads without an interface
 *
 * Context: Module init; sleeps.
 * Return: what is wrong; NULL if nothing is.
 */
const char *__init mmn_proof_run(void)
{
	if (!is_lock_right())
		return "the owner of a lock is not where it was expected";
	if (!mmn_syscall_is_load())
		return "the system call of a task is not where it was expected";
	return NULL;
}
