/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * contract: what user space says to the test module, /dev/mmn_contract: a driver
 * whose objects are made to order, and that logs every callback.
 */
#ifndef CONTRACT_H
#define CONTRACT_H

#include <linux/ioctl.h>
#include <linux/types.h>

#define CONTRACT_OBJECTS	64
#define CONTRACT_LOG		2048
#define CONTRACT_SECTIONS	20
#define CONTRACT_SITTERS	200

/* Kinds of objects: a range, a whole mm, a native notifier that classifies. */
#define CONTRACT_RANGE		0
#define CONTRACT_MM		1
#define CONTRACT_NATIVE		2

/* How an object behaves. */
#define CONTRACT_END		(1u << 0) /* has end() */
#define CONTRACT_RELEASE	(1u << 1) /* a range with release() */
#define CONTRACT_TWO_PASS	(1u << 2)
#define CONTRACT_NO_FINISH	(1u << 3) /* two passes, but leaves *finish alone */
#define CONTRACT_HOLD_START	(1u << 4) /* starts wait until opened */
#define CONTRACT_HOLD_END	(1u << 5) /* ends wait until opened */
#define CONTRACT_REFUSE		(1u << 6) /* the first that may not block */
#define CONTRACT_REFUSE_ALL	(1u << 7) /* everything, wrongly */
#define CONTRACT_ASYNC		(1u << 8) /* removes itself in each callback */
#define CONTRACT_LAST_OWNER	(1u << 9) /* owns what the last owner seen owns */
#define CONTRACT_PUT		(1u << 10) /* puts itself in release() */
#define CONTRACT_MISUSE		(1u << 11) /* does in callbacks what it must not */
#define CONTRACT_SECOND		(1u << 12) /* belongs to the second client */
#define CONTRACT_REFUSE_EACH	(1u << 13) /* that may not block, until opened */
#define CONTRACT_HOLD_RELEASE	(1u << 14) /* releases wait until opened */
#define CONTRACT_KILLED		(1u << 15) /* is not added before its process is killed */

/* What a record tells of. */
#define CONTRACT_AT_START	0
#define CONTRACT_AT_END		1
#define CONTRACT_AT_FINISH	2
#define CONTRACT_AT_RELEASE	3
#define CONTRACT_AT_REMOVED	4
#define CONTRACT_AT_FREE	5
#define CONTRACT_AT_RESULT	6	/* of a call made in a callback */

/**
 * struct contract_object - ADD: make one, in the caller's mm
 * @start: first byte, for MOVE too
 * @len: bytes
 * @kind: CONTRACT_RANGE, CONTRACT_MM or CONTRACT_NATIVE
 * @flags: CONTRACT_* above
 * @effects: the ops' filter
 * @id: for MOVE, BEGIN and RETRY: which object
 * @seq: BEGIN: out; RETRY: in
 */
struct contract_object {
	__u64 start;
	__u64 len;
	__u64 seq;
	__u32 kind;
	__u32 flags;
	__u32 effects;
	__u32 id;
};

/**
 * struct contract_record - one callback
 * @start: of the event, and @end
 * @end: first byte behind
 * @first: what of that is in the range, and @last
 * @last: first byte behind
 * @seq: the sequence, of starts
 * @id: of the object
 * @phase: CONTRACT_AT_*
 * @event: the verdict, this and the next five
 * @cause: see mmnotify_types.h
 * @effects: as before
 * @flags: as before
 * @perm: mmnotify_vma_perm()
 * @owner: there is one
 * @tid: the task that ran it
 * @pages: anonymous pages that the mm has
 * @result: of a call
 */
struct contract_record {
	__u64 start;
	__u64 end;
	__u64 first;
	__u64 last;
	__u64 seq;
	__u32 id;
	__u32 phase;
	__u32 event;
	__u32 cause;
	__u32 effects;
	__u32 flags;
	__u32 perm;
	__u32 owner;
	__u32 tid;
	__u32 pages;
	__s32 result;
	__u32 rsvd;
};

struct contract_log {
	__u64 buf;
	__u32 nr;	/* in: room; out: records, which are then forgotten */
	__u32 lost;	/* out: records that did not fit into the log */
};

struct contract_counts {
	__u32 id;
	__u32 starts;
	__u32 ends;
	__u32 held;	/* callbacks that wait now */
};

/* Write to an address as the first client's own work. */
struct contract_self {
	__u64 addr;
	__u32 reclaim;	/* as a task in reclaim */
	__u32 nested;	/* in the outer of two sections, the inner is closed */
	__u32 depth;	/* in that many more sections, at most CONTRACT_SECTIONS */
	__u32 sitters;	/* while so many other tasks have a section open */
	__u32 rsvd;
};

/* Of an object: the argument is its id. */
#define CONTRACT_IOC_DEL	_IO('c', 1)	/* remove, or put */
#define CONTRACT_IOC_ASYNC	_IO('c', 2)
#define CONTRACT_IOC_UNREGISTER	_IO('c', 3)
#define CONTRACT_IOC_GET	_IO('c', 4)	/* again; 1: the same object */
#define CONTRACT_IOC_OPEN	_IO('c', 5)	/* nothing is held or refused any more */
#define CONTRACT_IOC_SYNC	_IO('c', 6)
#define CONTRACT_IOC_AGAIN	_IO('c', 7)	/* another one in its mm, for a moment */

#define CONTRACT_IOC_ADD	_IOW('c', 10, struct contract_object)
#define CONTRACT_IOC_MOVE	_IOW('c', 11, struct contract_object)
#define CONTRACT_IOC_BEGIN	_IOWR('c', 12, struct contract_object)
#define CONTRACT_IOC_RETRY	_IOW('c', 13, struct contract_object)
#define CONTRACT_IOC_READ	_IOWR('c', 14, struct contract_log)
#define CONTRACT_IOC_COUNTS	_IOWR('c', 15, struct contract_counts)
#define CONTRACT_IOC_SELF	_IOW('c', 16, struct contract_self)

#endif /* CONTRACT_H */
