// SPDX-License-Identifier: GPL-2.0-only
/*
 * api: tier 1, for drivers that keep their native registration, and what every
 * driver may ask.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/mm.h>
#include <linux/string.h>

#include <mmnotify/mmnotify.h>

#include "compat/compat.h"
#include "compat/export.h"
#include "hook/hook.h"
#include "rules/names.h"
#include "self.h"
#include "stack/addr_cache.h"
#include "stack/call_path.h"
#include "stack/unwind.h"
#include "verdict/verdict_fast.h"

static __always_inline void
judge_as(const struct mmnotify_client *client, struct mmn_query query,
	 const struct mmu_notifier_range *range, struct mmnotify_info *info)
{
	mmn_verdict_start(range, query, info);
	if (client)
		mmn_self_mark(client, info);
}

/* The driver knows another version of the structure. */
static noinline void classify_slow(const struct mmnotify_client *client,
				   const struct mmn_query *query,
				   const struct mmu_notifier_range *range,
				   struct mmnotify_info *info, size_t size)
{
	struct mmnotify_info mine;
	size_t common = min(size, sizeof(mine));

	judge_as(client, *query, range, &mine);
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
		pr_info_once("mmnotify_classify() has no hook, so it walks the stack each time or is not exact: mmnotify_register() a client first, or see debugfs mmnotify/hook\n");
	if (likely(size == sizeof(*info))) {
		judge_as(client, query, range, info);
		return;
	}
	/* As in mmn_verdict_start(): not by value. */
	copy = query;
	classify_slow(client, &copy, range, info, size);
}

/* The function that this is compiled into was called by a driver's callback. */
static __always_inline struct mmn_query driver_query(const void *object)
{
	unsigned long pc = (unsigned long)__builtin_return_address(0);

	return mmn_verdict_query(object, false, mmn_call_path_of(pc));
}

/**
 * mmnotify_classify_v1() - the verdict, inside a native callback
 * @range: what the kernel passed to the callback (invalidate_range_start or
 *	mmu_interval_notifier_ops.invalidate), unchanged; see
 *	mmnotify_classify()
 * @info: filled
 * @size: sizeof(struct mmnotify_info) as the driver knows it, bytes
 *
 * Without MMNOTIFY_CAP_NO_HOOK_NEEDED it needs a registered client, else no hook observes
 * the call sites: then each call walks the stack, and where that cannot be done no
 * verdict is exact. Several callers for one event get the same verdict. Events nest
 * on one task, and so may calls.
 *
 * Context: The callback's; does not sleep.
 */
void mmnotify_classify_v1(const struct mmu_notifier_range *range,
			  struct mmnotify_info *info, size_t size)
{
	classify(NULL, driver_query(__builtin_return_address(0)), range, info, size);
}
MMN_EXPORT(mmnotify_classify_v1);

/**
 * mmnotify_classify_as_v1() - the same, for a driver that has self sections
 * @client: the client that mmnotify_self_begin() was called with
 * @range: as for mmnotify_classify()
 * @info: filled; see mmnotify_classify_as()
 * @size: sizeof(struct mmnotify_info) as the driver knows it, bytes
 *
 * As mmnotify_classify(), and with MMNOTIFY_F_SELF where it is due.
 *
 * Context: The callback's; does not sleep.
 */
void mmnotify_classify_as_v1(struct mmnotify_client *client,
			     const struct mmu_notifier_range *range,
			     struct mmnotify_info *info, size_t size)
{
	classify(client, driver_query(client), range, info, size);
}
MMN_EXPORT(mmnotify_classify_as_v1);

/**
 * mmnotify_vma_perm_v1() - what the process may do after a PROTECTION_VMA
 * @info: the verdict of the running callback; see mmnotify_vma_perm()
 *
 * The VMA has its new permissions before the event begins
 * (mm/mprotect.c:mprotect_fixup()). What is allowed to the process may still
 * need a fault: a page that the VMA lets it write may be read-only, for
 * copy-on-write. Meant to be what mmu_notifier_range_update_to_read_only() was
 * meant to be.
 *
 * Context: A start or invalidate callback.
 * Return: the permission of the VMA at @info->start; MMNOTIFY_PERM_UNKNOWN if
 * the event is another one, is not exact, or the VMA may not be looked at here.
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
 * mmnotify_caps_v1() - what mmnotify can do here and now
 *
 * See mmnotify_caps().
 *
 * Context: Any.
 * Return: mask of MMNOTIFY_CAP_*.
 */
u32 mmnotify_caps_v1(void)
{
	return mmn_hook_caps() | (mmn_unwind_allowed() ? MMNOTIFY_CAP_STACK : 0) |
	       (mmn_hook_for_clients ? 0 : MMNOTIFY_CAP_NO_HOOK_NEEDED) |
	       (MMN_NATIVE_TWO_PASS ? MMNOTIFY_CAP_TWO_PASS : 0) |
	       (MMN_KERNEL_VERIFIED ? MMNOTIFY_CAP_VERIFIED : 0);
}
MMN_EXPORT(mmnotify_caps_v1);

/**
 * mmnotify_event_name_v1() - the name of an event
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
 * mmnotify_cause_name_v1() - the name of a cause
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
 * mmnotify_site_name_v1() - the kernel function that announced an event
 * @info: the verdict
 * @buf: filled with the symbol, without its address; "-" if not known
 * @size: of @buf, bytes
 *
 * Context: Any; walks the symbol table, so not for every event.
 * Return: the length of the whole name, as snprintf().
 */
int mmnotify_site_name_v1(const struct mmnotify_info *info, char *buf,
			  size_t size)
{
	return mmn_addr_cache_print(info->site, buf, size);
}
MMN_EXPORT(mmnotify_site_name_v1);
