// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * native: API of tier 1, for drivers that keep their native notifiers, and queries that
 * any driver may use.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "compat/compat.h"
#include "compat/export.h"
#include "compat/trust.h"
#include "hook/hook.h"
#include "rules/names.h"
#include "self.h"
#include "stack/addr_cache.h"
#include "stack/call_path.h"
#include "stack/unwind.h"
#include "verdict/verdict_fast.h"

static __always_inline void
classify_as(const struct mmnotify_client *client, struct mmn_query query,
	    const struct mmu_notifier_range *range, struct mmnotify_info *info)
{
	mmn_verdict_start(range, query, info);
	if (client)
		mmn_self_mark(client, info);
}

/* The driver was compiled with another size of struct mmnotify_info. */
static noinline void classify_slow(const struct mmnotify_client *client,
				   const struct mmn_query *query,
				   const struct mmu_notifier_range *range,
				   struct mmnotify_info *info, size_t size)
{
	struct mmnotify_info mine;
	size_t common = min(size, sizeof(mine));

	classify_as(client, *query, range, &mine);
	mine.size = common;
	memcpy(info, &mine, common);
	if (size > common)
		memset((void *)info + common, 0, size - common);
}

static __always_inline void
classify(const struct mmnotify_client *client, struct mmn_query query,
	 const struct mmu_notifier_range *range, struct mmnotify_info *info, size_t size)
{
	struct mmn_query copy MMN_UNINIT;

	if (unlikely(mmn_hook_for_clients && !mmn_hook_caps()))
		pr_info_once("mmnotify_classify() runs without a hook, so it walks the stack for each event or is not exact: call mmnotify_register() first, or see debugfs mmnotify/hook\n");
	if (likely(size == sizeof(*info))) {
		classify_as(client, query, range, info);
		return;
	}
	/* By pointer, for the reason given in mmn_verdict_start(). */
	copy = query;
	classify_slow(client, &copy, range, info, size);
}

/* Must be inlined into a function that a driver's callback calls: uses its return address. */
static __always_inline struct mmn_query driver_query(const void *object)
{
	unsigned long pc = (unsigned long)__builtin_return_address(0);

	return mmn_verdict_query(object, false, mmn_call_path_of(pc));
}

/**
 * mmnotify_classify_v1() - get the verdict of an event in a native callback
 * @range: range that the kernel passed to the callback (invalidate_range_start or
 *	mmu_interval_notifier_ops.invalidate), unchanged; see
 *	mmnotify_classify()
 * @info: out: the verdict; all members are set
 * @size: sizeof(struct mmnotify_info) when the driver was compiled, bytes
 *
 * Where mmnotify_caps() lacks MMNOTIFY_CAP_NO_HOOK_NEEDED, register a client first, since
 * the hook is attached for registered clients only. Without the hook each call there walks
 * the stack, and no verdict but that of a release is exact if the stack cannot be walked.
 *
 * All callers for one event get the same verdict. Events of one task nest, and so may the
 * calls.
 *
 * Context: A native start or invalidate callback; does not sleep.
 */
void mmnotify_classify_v1(const struct mmu_notifier_range *range,
			  struct mmnotify_info *info, size_t size)
{
	classify(NULL, driver_query(__builtin_return_address(0)), range, info, size);
}
MMN_EXPORT(mmnotify_classify_v1);

/**
 * mmnotify_classify_as_v1() - get the verdict, for a driver that opens self sections
 * @client: client that mmnotify_self_begin() is called with
 * @range: range that the kernel passed to the callback, as for mmnotify_classify()
 * @info: out: the verdict; all members are set; see mmnotify_classify_as()
 * @size: sizeof(struct mmnotify_info) when the driver was compiled, bytes
 *
 * As mmnotify_classify(), but also sets MMNOTIFY_F_SELF for events that this task raises
 * inside a section of @client.
 *
 * Context: A native start or invalidate callback; does not sleep.
 */
void mmnotify_classify_as_v1(struct mmnotify_client *client,
			     const struct mmu_notifier_range *range,
			     struct mmnotify_info *info, size_t size)
{
	classify(client, driver_query(client), range, info, size);
}
MMN_EXPORT(mmnotify_classify_as_v1);

/**
 * mmnotify_vma_perm_v1() - get the new permissions of a VMA at a PROTECTION_VMA event
 * @info: verdict of the running callback; see mmnotify_vma_perm()
 *
 * The VMA has its new permissions before the event begins
 * (mm/mprotect.c:mprotect_fixup()). An access that the VMA permits may still fault: a page
 * of a writable VMA may be read-only, for copy-on-write. Serves the purpose that
 * mmu_notifier_range_update_to_read_only() had in older kernels.
 *
 * Context: A start or invalidate callback.
 * Return: the permissions of the VMA that contains the range of @info;
 * MMNOTIFY_PERM_UNKNOWN if the event is another one or is not exact, if this task is not
 * known to hold mmap_lock for write, or if no single VMA contains the range.
 */
enum mmnotify_perm mmnotify_vma_perm_v1(const struct mmnotify_info *info)
{
	const struct vm_area_struct *vma;

	if (info->event != MMNOTIFY_PROTECTION_VMA ||
	    !(info->flags & MMNOTIFY_F_EXACT) ||
	    mmn_mmap_lock_mode(info->mm) != MMN_MMAP_LOCK_WRITE)
		return MMNOTIFY_PERM_UNKNOWN;
	vma = find_vma(info->mm, info->start);
	if (!vma || vma->vm_start > info->start || vma->vm_end < info->end)
		return MMNOTIFY_PERM_UNKNOWN;
	if (vma->vm_flags & VM_WRITE)
		return MMNOTIFY_PERM_RW;
	return vma->vm_flags & (VM_READ | VM_EXEC) ? MMNOTIFY_PERM_RO :
						     MMNOTIFY_PERM_NONE;
}
MMN_EXPORT(mmnotify_vma_perm_v1);

/**
 * mmnotify_caps_v1() - get the capabilities of mmnotify on this kernel
 *
 * The mask may change at run time, when the hook is attached or detached. See
 * mmnotify_caps().
 *
 * Context: Any.
 * Return: mask of MMNOTIFY_CAP_*.
 */
u32 mmnotify_caps_v1(void)
{
	return mmn_hook_caps() | (mmn_unwind_allowed() ? MMNOTIFY_CAP_STACK : 0) |
	       (mmn_hook_for_clients ? 0 : MMNOTIFY_CAP_NO_HOOK_NEEDED) |
	       (MMN_NATIVE_TWO_PASS ? MMNOTIFY_CAP_TWO_PASS : 0) |
	       (MMN_HAVE_RANGES ? MMNOTIFY_CAP_RANGES : 0) |
	       (mmn_trust_exact() ? MMNOTIFY_CAP_VERIFIED : 0);
}
MMN_EXPORT(mmnotify_caps_v1);

/**
 * mmnotify_event_name_v1() - get the name of an event
 * @event: enum mmnotify_event
 *
 * Context: Any.
 * Return: a static string, never NULL.
 */
const char *mmnotify_event_name_v1(unsigned int event)
{
	return mmn_names_event(event);
}
MMN_EXPORT(mmnotify_event_name_v1);

/**
 * mmnotify_cause_name_v1() - get the name of a cause
 * @cause: enum mmnotify_cause
 *
 * Context: Any.
 * Return: a static string, never NULL.
 */
const char *mmnotify_cause_name_v1(unsigned int cause)
{
	return mmn_names_cause(cause);
}
MMN_EXPORT(mmnotify_cause_name_v1);

/**
 * mmnotify_site_name_v1() - get the symbol of the call site of an event
 * @info: verdict of the event
 * @buf: out: symbol of the kernel function that raised the event, without an address; "-"
 *	if the call site is not known
 * @size: size of @buf, bytes
 *
 * Context: Any. Searches the symbol table, so it is too slow to be called for every event.
 * Return: length of the whole name without the final zero, as snprintf().
 */
int mmnotify_site_name_v1(const struct mmnotify_info *info, char *buf,
			  size_t size)
{
	return mmn_addr_cache_print(info->site, buf, size);
}
MMN_EXPORT(mmnotify_site_name_v1);
