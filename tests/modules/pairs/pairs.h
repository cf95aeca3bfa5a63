/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * pairs: what user space says to the test module, /dev/mmn_pairs: each operation on a
 * range or an mm object, in the calling task and on the calling task's mm, so that any
 * two of them can run at once.
 */
#ifndef PAIRS_H
#define PAIRS_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define PAIRS_SLOTS	64
#define PAIRS_CLIENTS	2
#define PAIRS_OTHER	3

/* How the range of a slot behaves. */
#define PAIRS_END		(1u << 0)	/* it has end() */
#define PAIRS_LEAVE		(1u << 1)	/* it removes itself in its callback */
#define PAIRS_HOLD		(1u << 2)	/* its callback waits for PAIRS_OPEN */
#define PAIRS_HOLD_RELEASE	(1u << 3)	/* its release() waits */
#define PAIRS_HOLD_REMOVED	(1u << 4)	/* its removed() waits */
#define PAIRS_REMOVE		(1u << 5)	/* it calls remove() in its callback */
#define PAIRS_KEEP		(1u << 6)	/* freed when no operation runs any more */
#define PAIRS_REMOVE_OTHER	(1u << 7)	/* it removes the range of slot PAIRS_OTHER there */

/* Operations. */
enum pairs_op {
	PAIRS_NEW,		/* a zeroed range for the slot, if that has none */
	PAIRS_FREE,		/* the range, which is not inserted */
	PAIRS_INSERT,
	PAIRS_MOVE,
	PAIRS_MOVE_READ,	/* with mmap_lock held for read */
	PAIRS_MOVE_WRITE,	/* with mmap_lock held for write */
	PAIRS_RM,		/* remove(), and free it if that succeeds */
	PAIRS_ASYNC,
	PAIRS_PRIME,		/* the mm of the range, which may be dead */
	PAIRS_OPEN,		/* the callbacks of the slot wait no longer */
	PAIRS_LOCK,		/* hold mmap_lock for write until PAIRS_UNLOCK */
	PAIRS_UNLOCK,		/* the lock of the slot */
	PAIRS_REGISTER,		/* the client of the slot */
	PAIRS_UNREGISTER,
	PAIRS_SYNC,
	PAIRS_GET,		/* the mm object of the calling mm, in place of another */
	PAIRS_PUT,		/* the mm object of the slot, if it has one */
	PAIRS_PUT_LOCKED,	/* hold mmap_lock for write as LOCK does, then put */
	PAIRS_MM_UNREGISTER,
	PAIRS_OPS,
};

/**
 * struct pairs_call - one operation
 * @op: enum pairs_op
 * @slot: which range, or mm object
 * @client: 0 or 1
 * @flags: PAIRS_NEW: PAIRS_* above
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
 * struct pairs_state - what a slot has seen
 * @slot: which one
 * @calls: callbacks that began
 * @ends: end() calls
 * @releases: release() calls
 * @removed: removed() calls that began
 * @held: callbacks that wait now
 * @locked: PAIRS_LOCK or PAIRS_PUT_LOCKED of the slot has the lock
 * @in_callback: what the removal in the last callback returned
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
