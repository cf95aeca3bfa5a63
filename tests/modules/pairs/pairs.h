/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * pairs: ioctls of the test module, /dev/mmn_pairs. Each operation on a range or an mm
 * object runs in the calling task and on its mm, so that any two operations can run
 * concurrently.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PAIRS_SLOTS	64
#define PAIRS_CLIENTS	2
#define PAIRS_OTHER	3

/* How the range of a slot behaves. */
#define PAIRS_END		(1u << 0)	/* has end() */
#define PAIRS_LEAVE		(1u << 1)	/* the callback calls remove_async() on the range */
#define PAIRS_HOLD		(1u << 2)	/* the callback waits for PAIRS_OPEN */
#define PAIRS_HOLD_RELEASE	(1u << 3)	/* release() waits for PAIRS_OPEN */
#define PAIRS_HOLD_REMOVED	(1u << 4)	/* removed() waits for PAIRS_OPEN */

#define PAIRS_REMOVE		(1u << 5)	/* the callback calls remove() on the range */
#define PAIRS_KEEP		(1u << 6)	/* freed after the last running operation */
#define PAIRS_REMOVE_OTHER	(1u << 7)	/* the callback removes the range of PAIRS_OTHER */

/* Operations. */
enum pairs_op {
	PAIRS_NEW,		/* allocate a zeroed range for the slot, if it has none */
	PAIRS_FREE,		/* free the range, which is not inserted */
	PAIRS_INSERT,
	PAIRS_MOVE,
	PAIRS_MOVE_READ,	/* with mmap_lock held for read */
	PAIRS_MOVE_WRITE,	/* with mmap_lock held for write */
	PAIRS_RM,		/* remove(), and free it if that succeeds */
	PAIRS_ASYNC,
	PAIRS_PRIME,		/* prime the mm of the range, which may be dead */
	PAIRS_OPEN,		/* let the callbacks of the slot continue */
	PAIRS_LOCK,		/* hold mmap_lock for write until PAIRS_UNLOCK */
	PAIRS_UNLOCK,		/* release the lock of the slot */
	PAIRS_REGISTER,		/* register the client of the slot */
	PAIRS_UNREGISTER,
	PAIRS_SYNC,
	PAIRS_GET,		/* get the mm object of the calling mm, replaces another one */
	PAIRS_PUT,		/* put the mm object of the slot, if it has one */
	PAIRS_PUT_LOCKED,	/* hold mmap_lock for write as LOCK does, then put */
	PAIRS_MM_UNREGISTER,
	PAIRS_OPS,
};

/**
 * struct pairs_call - one operation
 * @op: enum pairs_op
 * @slot: number of the slot with the range or mm object
 * @client: number of the client, 0 or 1
 * @flags: for PAIRS_NEW: behaviour of the range, PAIRS_* above
 * @start: first byte
 * @len: bytes
 */
struct pairs_call {
	__u32 op;
	__u32 slot;
	__u32 client;
	__u32 flags;
	__u64 start;
	__u64 len;
};

/**
 * struct pairs_state - state and counters of a slot
 * @slot: in: number of the slot
 * @calls: invalidate() calls that started
 * @ends: end() calls
 * @releases: release() calls
 * @removed: removed() calls that started
 * @held: callbacks that wait now
 * @locked: 1 while PAIRS_LOCK or PAIRS_PUT_LOCKED of the slot holds mmap_lock
 * @in_callback: result of the removal in the last callback
 * @mms: mm objects of the slot that were freed
 */
struct pairs_state {
	__u32 slot;
	__u32 calls;
	__u32 ends;
	__u32 releases;
	__u32 removed;
	__u32 held;
	__u32 locked;
	__s32 in_callback;
	__u32 mms;
};

#define PAIRS_IOC_CALL	_IOW('p', 1, struct pairs_call)
#define PAIRS_IOC_STATE	_IOWR('p', 2, struct pairs_state)

#endif /* PAIRS_H */
