/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * contract: ioctls of the test module, /dev/mmn_contract: a driver with objects
 * that behave as user space chooses, and that logs every callback.
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
#define CONTRACT_REFUSE		(1u << 6) /* refuses its first non-blockable start */
#define CONTRACT_REFUSE_ALL	(1u << 7) /* refuses each start, wrongly */

#define CONTRACT_ASYNC		(1u << 8) /* removes itself in each callback */
#define CONTRACT_LAST_OWNER	(1u << 9) /* has the owner of the last event with one */
#define CONTRACT_PUT		(1u << 10) /* puts itself in release() */
#define CONTRACT_MISUSE		(1u << 11) /* makes forbidden calls in callbacks */

#define CONTRACT_SECOND		(1u << 12) /* belongs to the second client */
#define CONTRACT_REFUSE_EACH	(1u << 13) /* refuses non-blockable starts until opened */
#define CONTRACT_HOLD_RELEASE	(1u << 14) /* releases wait until opened */
#define CONTRACT_KILLED		(1u << 15) /* is not added before its process is killed */

/* Callback of a record. */
#define CONTRACT_AT_START	0
#define CONTRACT_AT_END		1
#define CONTRACT_AT_FINISH	2
#define CONTRACT_AT_RELEASE	3
#define CONTRACT_AT_REMOVED	4
#define CONTRACT_AT_FREE	5
#define CONTRACT_AT_RESULT	6	/* of a call made in a callback */

/**
 * struct contract_object - ADD: create an object in the caller's mm
 * @start: ADD and MOVE: first byte
 * @len: ADD and MOVE: bytes
 * @kind: CONTRACT_RANGE, CONTRACT_MM or CONTRACT_NATIVE
 * @flags: CONTRACT_* above
 * @effects: filter of the ops
 * @id: MOVE, BEGIN and RETRY: id of the object
 * @seq: BEGIN: out: sequence; RETRY: in
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
 * @start: first byte of the event
 * @end: first byte behind the event
 * @first: first byte of the event that is in the range
 * @last: first byte behind the part of the event that is in the range
 * @seq: sequence, for starts
 * @id: id of the object
 * @phase: CONTRACT_AT_*
 * @event: enum mmnotify_event
 * @cause: enum mmnotify_cause
 * @effects: MMNOTIFY_FX_*
 * @flags: MMNOTIFY_F_*
 * @perm: mmnotify_vma_perm()
 * @owner: 1 if the event has an owner
 * @tid: task that ran the callback
 * @pages: number of anonymous pages of the mm
 * @result: result of a call made in the callback
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
	__u32 nr;	/* in: records that fit; out: records, now dropped from the log */
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
	__u32 nested;	/* in the outer of two sections, after the inner one ended */
	__u32 depth;	/* number of additional sections, at most CONTRACT_SECTIONS */
	__u32 sitters;	/* number of other tasks with an open section */
	__u32 rsvd;
};

/* The argument is the id of an object. */
#define CONTRACT_IOC_DEL	_IO('c', 1)	/* remove, or put */
#define CONTRACT_IOC_ASYNC	_IO('c', 2)
#define CONTRACT_IOC_UNREGISTER	_IO('c', 3)
#define CONTRACT_IOC_GET	_IO('c', 4)	/* get again; returns 1 for the same object */
#define CONTRACT_IOC_OPEN	_IO('c', 5)	/* callbacks stop waiting and refusing */
#define CONTRACT_IOC_SYNC	_IO('c', 6)
#define CONTRACT_IOC_AGAIN	_IO('c', 7)	/* add and remove another one in its mm */

#define CONTRACT_IOC_ADD	_IOW('c', 10, struct contract_object)
#define CONTRACT_IOC_MOVE	_IOW('c', 11, struct contract_object)
#define CONTRACT_IOC_BEGIN	_IOWR('c', 12, struct contract_object)
#define CONTRACT_IOC_RETRY	_IOW('c', 13, struct contract_object)
#define CONTRACT_IOC_READ	_IOWR('c', 14, struct contract_log)
#define CONTRACT_IOC_COUNTS	_IOWR('c', 15, struct contract_counts)
#define CONTRACT_IOC_SELF	_IOW('c', 16, struct contract_self)

#endif /* CONTRACT_H */
