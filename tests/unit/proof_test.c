// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* proof: a lock that is read wrongly in any of its states; a system call other than the load. */
#include <string.h>

#include <linux/rwsem.h>

#include "compat/proof.h"
#include "tap.h"

static bool is_load;

bool mmn_syscall_is_load(void)
{
	return is_load;
}

/* What a lock looks like while it is not held, held for write, held for read. */
static enum mmn_mmap_lock seen[3];
static int held;

enum mmn_mmap_lock mmn_rwsem_mode(const struct rw_semaphore *sem)
{
	return seen[sem->held == 'w' ? 1 : sem->held == 'r' ? 2 : 0];
}

void down_write(struct rw_semaphore *sem)
{
	sem->held = 'w';
	held++;
}

void down_read(struct rw_semaphore *sem)
{
	sem->held = 'r';
	held++;
}

void up_write(struct rw_semaphore *sem)
{
	sem->held = 0;
	held--;
}

void up_read(struct rw_semaphore *sem)
{
	sem->held = 0;
	held--;
}

#define NO	MMN_MMAP_LOCK_NOT_WRITE
#define YES	MMN_MMAP_LOCK_WRITE
#define UNKNOWN	MMN_MMAP_LOCK_UNKNOWN

/* Return: does the proof of a lock that looks so mention @word? Without @word: does it succeed? */
static bool says(enum mmn_mmap_lock unlocked, enum mmn_mmap_lock write, enum mmn_mmap_lock read,
		 const char *word)
{
	const char *result;

	seen[0] = unlocked;
	seen[1] = write;
	seen[2] = read;
	result = mmn_proof_run();
	return word ? result && strstr(result, word) : !result;
}

int main(void)
{
	is_load = true;
	ok(says(NO, YES, NO, NULL), "a lock whose writer is read rightly");
	ok(says(NO, NO, NO, "lock"), "a writer is not seen");
	ok(says(NO, YES, YES, "lock"), "a reader is taken for a writer");
	ok(says(YES, YES, NO, "lock"), "a lock that is not held has a writer");
	ok(says(UNKNOWN, UNKNOWN, UNKNOWN, NULL), "a lock that cannot be read");
	ok(!held, "the lock is released");
	is_load = false;
	ok(says(NO, YES, NO, "system call"), "another system call than that of the load");
	return tap_done();
}
