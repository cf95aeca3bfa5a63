// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * log: the callbacks of all objects, in the order of their calls.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include <mmnotify/mmnotify.h>

#include "contract.h"
#include "log.h"

/* Guards all below; callbacks may run anywhere. */
static DEFINE_SPINLOCK(log_lock);
static struct contract_record records[CONTRACT_LOG];
static u32 nr, lost;

static void append(const struct contract_record *rec)
{
	spin_lock_bh(&log_lock);
	if (nr < CONTRACT_LOG)
		records[nr++] = *rec;
	else
		lost++;
	spin_unlock_bh(&log_lock);
}

static void copy_verdict(struct contract_record *rec,
			 const struct mmnotify_info *info)
{
	rec->start = info->start;
	rec->end = info->end;
	rec->event = info->event;
	rec->cause = info->cause;
	rec->effects = info->effects;
	rec->flags = info->flags;
	rec->owner = !!info->owner;
	rec->pages = get_mm_counter(info->mm, MM_ANONPAGES);
	if (rec->phase == CONTRACT_AT_START)
		rec->perm = mmnotify_vma_perm(info);
}

/**
 * contract_log() - record a callback
 * @id: id of the object
 * @phase: CONTRACT_AT_*
 * @info: info passed to the callback, or NULL
 * @range: range of the object, or NULL
 * @seq: sequence passed to the callback
 *
 * Context: Any.
 */
void contract_log(u32 id, u32 phase, const struct mmnotify_info *info,
		  const struct mmnotify_range *range, unsigned long seq)
{
	struct contract_record rec = {
		.id = id,
		.phase = phase,
		.seq = seq,
		.tid = current->pid,
	};
	unsigned long first, last;

	if (info)
		copy_verdict(&rec, info);
	if (range && !info)
		rec.pages = get_mm_counter(mmnotify_range_mm(range), MM_ANONPAGES);
	if (info && range && mmnotify_range_clamp(range, info, &first, &last)) {
		rec.first = first;
		rec.last = last;
	}
	append(&rec);
}

/**
 * contract_log_result() - record the result of a call made in a callback
 * @id: id of the object
 * @result: return value of the call
 *
 * Context: Any.
 */
void contract_log_result(u32 id, long result)
{
	struct contract_record rec = {
		.id = id,
		.phase = CONTRACT_AT_RESULT,
		.tid = current->pid,
		.result = result,
	};

	append(&rec);
}

/**
 * contract_log_read() - copy all records to user space and empty the log
 * @arg: struct contract_log of the caller
 *
 * Return: 0 or an error.
 */
long contract_log_read(void __user *arg)
{
	struct contract_record *copy;
	struct contract_log log;
	long ret = 0;

	if (copy_from_user(&log, arg, sizeof(log)))
		return -EFAULT;
	copy = kvmalloc_array(CONTRACT_LOG, sizeof(*copy), GFP_KERNEL);
	if (!copy)
		return -ENOMEM;
	spin_lock_bh(&log_lock);
	log.nr = min(log.nr, nr);
	log.lost = lost;
	memcpy(copy, records, log.nr * sizeof(*copy));
	nr = 0;
	lost = 0;
	spin_unlock_bh(&log_lock);
	if (copy_to_user(u64_to_user_ptr(log.buf), copy, log.nr * sizeof(*copy)) ||
	    copy_to_user(arg, &log, sizeof(log)))
		ret = -EFAULT;
	kvfree(copy);
	return ret;
}
