// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * context: the bits of a context for a task, its lock, its system call and the position of
 * the range, and that the key is equal with and without gathering the context.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "verdict/context.h"
#include "tap.h"

#define WANT_ALL	(MMN_NEED_TASK | MMN_NEED_THREAD | MMN_NEED_LOCK | MMN_NEED_SYS | \
			 MMN_NEED_ARGS | MMN_NEED_PLACE)

/* Addresses for mremap(): the old one is far below the new one. */
#define OLD		0x100000UL
#define NEW		0x900000UL

struct task_struct shim_current;
int shim_memory_nodes = 2;
bool shim_numa_moves;
/* Trust in the call site. */
static u32 trust;

static struct mm_struct mm = { .mm_users = { 1 } };
static struct mmu_notifier_range range = { .mm = &mm };

/* System call of the task. sys_at_once: the ABI allows to read number and arguments in one go. */
static int sys, sys_at_once;
static unsigned long sys_args[6];

int mmn_syscall_current(void)
{
	return sys;
}

int mmn_syscall_current_fast(void)
{
	return sys_at_once;
}

void mmn_syscall_args(unsigned long args[6])
{
	memcpy(args, sys_args, sizeof(sys_args));
}

unsigned long mmn_syscall_arg(unsigned int nr)
{
	return sys_args[nr];
}

static void be(const char *comm, unsigned int flags)
{
	struct task_struct task = { .flags = flags };

	snprintf(task.comm, sizeof(task.comm), "%s", comm);
	shim_current = task;
}

static void in_syscall(int nr, unsigned long arg)
{
	unsigned int i;

	sys = nr;
	sys_at_once = nr;
	for (i = 0; i < ARRAY_SIZE(sys_args); i++)
		sys_args[i] = arg;
}

static u32 bits(u32 needs)
{
	struct mmn_ctx ctx;

	mmn_context_gather(&range, needs, trust, &ctx);
	return ctx.bits;
}

static void test_task(void)
{
	be("cat", 0);
	ok(!bits(WANT_ALL & ~MMN_NEED_SYS), "no bits for a task with another mm");
	trust = MMN_CTX_VERIFIED;
	ok(bits(0) == MMN_CTX_VERIFIED, "MMN_CTX_VERIFIED for a trusted call site");
	trust = 0;
	shim_numa_moves = true;
	ok(bits(0) == MMN_CTX_NUMA_MOVES,
	   "MMN_CTX_NUMA_MOVES on a kernel whose NUMA hints may migrate");
	shim_numa_moves = false;
	shim_current.mm = &mm;
	ok(bits(MMN_NEED_TASK) == MMN_CTX_LOCAL, "MMN_CTX_LOCAL for the own mm");
	ok(!bits(0), "no MMN_CTX_LOCAL without MMN_NEED_TASK");
	shim_current.flags = PF_EXITING;
	ok(bits(MMN_NEED_TASK) == (MMN_CTX_LOCAL | MMN_CTX_EXITING),
	   "MMN_CTX_EXITING for an exiting task");
	be("cat", 0);
	mm.mm_users.counter = 0;
	ok(bits(MMN_NEED_TASK) == MMN_CTX_DYING, "MMN_CTX_DYING for an mm without users");
	mm.mm_users.counter = 1;
	mm.owner = &shim_current;
	ok(bits(MMN_NEED_LOCK) == MMN_CTX_MMAP_WRITE,
	   "MMN_CTX_MMAP_WRITE if the task holds mmap_lock for write");
	ok(!bits(MMN_NEED_TASK), "no lock bits without MMN_NEED_LOCK");
	mm.owner = &mm;
	ok(bits(MMN_NEED_LOCK) == MMN_CTX_MMAP_READ,
	   "MMN_CTX_MMAP_READ if it does not hold it for write");
	mm.owner = NULL;
	ok(!bits(MMN_NEED_LOCK), "no lock bits if the owner is unknown");
}

static const struct {
	const char *comm;
	unsigned int flags;
	u32 bits;
} threads[] = {
	{ "kcompactd0", PF_KTHREAD, MMN_CTX_KTHREAD | MMN_CTX_KCOMPACTD },
	{ "kdamond.3", PF_KTHREAD, MMN_CTX_KTHREAD | MMN_CTX_KDAMOND },
	{ "khugepaged", PF_KTHREAD, MMN_CTX_KTHREAD | MMN_CTX_KHUGEPAGED },
	{ "ksmd", PF_KTHREAD, MMN_CTX_KTHREAD | MMN_CTX_KSMD },
	{ "oom_reaper", PF_KTHREAD, MMN_CTX_KTHREAD | MMN_CTX_OOM_REAPER },
	{ "kswapd1", PF_KTHREAD | PF_KSWAPD, MMN_CTX_KTHREAD | MMN_CTX_KSWAPD },
	{ "kworker/0:1", PF_KTHREAD, MMN_CTX_KTHREAD },
	{ "ksmd", 0, 0 },
};

static void test_threads(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(threads); i++) {
		be(threads[i].comm, threads[i].flags);
		ok(bits(MMN_NEED_THREAD) == threads[i].bits, "%s, flags 0x%x", threads[i].comm,
		   threads[i].flags);
		ok(!bits(MMN_NEED_TASK), "no thread bits without MMN_NEED_THREAD");
	}
	be("kswapd0", PF_KTHREAD | PF_KSWAPD);
	shim_memory_nodes = 1;
	ok(bits(MMN_NEED_THREAD) & MMN_CTX_ONE_NODE,
	   "MMN_CTX_ONE_NODE for kswapd with one memory node");
	shim_memory_nodes = 2;
}

static void test_syscall(void)
{
	struct mmn_ctx ctx = { .nr_frames = 3 };

	be("cat", 0);
	in_syscall(MMN_SYS_MADVISE, 4);
	mmn_context_gather(&range, MMN_NEED_SYS | MMN_NEED_ARGS, trust, &ctx);
	ok(ctx.sys == MMN_SYS_MADVISE && ctx.bits & MMN_CTX_SYSCALL && !ctx.nr_frames,
	   "the system call is gathered, and frames are reset");
	ok(ctx.args[0] == 4 && ctx.args[3] == 4, "the arguments are gathered");
	memset(&ctx, 0, sizeof(ctx));
	mmn_context_gather(&range, MMN_NEED_SYS, trust, &ctx);
	ok(ctx.sys == MMN_SYS_MADVISE && !ctx.args[2], "no arguments without MMN_NEED_ARGS");
	in_syscall(MMN_SYS_MUNMAP, 4);
	mmn_context_gather(&range, MMN_NEED_SYS | MMN_NEED_ARGS, trust, &ctx);
	ok(ctx.sys == MMN_SYS_MUNMAP && !ctx.args[2],
	   "no arguments of a system call for which no rule needs them");
	mmn_context_gather(&range, MMN_NEED_ARGS, trust, &ctx);
	ok(ctx.sys == MMN_SYS_NONE && !(ctx.bits & MMN_CTX_SYSCALL),
	   "no system call without MMN_NEED_SYS");
	be("kworker/0:1", PF_KTHREAD);
	ok(!(bits(MMN_NEED_SYS) & MMN_CTX_SYSCALL), "a kernel thread has no system call");
	be("iou-wrk-1", PF_IO_WORKER);
	ok(!(bits(MMN_NEED_SYS) & MMN_CTX_SYSCALL), "an io_uring worker has no system call");
	be("cat", 0);
	trust = MMN_CTX_VERIFIED;
	in_syscall(-EOPNOTSUPP, 0);
	ok(!(bits(MMN_NEED_SYS) & (MMN_CTX_SYSCALL | MMN_CTX_VERIFIED)) &&
	   bits(MMN_NEED_TASK) & MMN_CTX_VERIFIED,
	   "the system call of an unknown ABI takes the trust of what depends on it");
	trust = 0;
	in_syscall(-1, 0);
	mmn_context_gather(&range, MMN_NEED_SYS, trust, &ctx);
	ok(ctx.sys == MMN_SYS_NONE && !(ctx.bits & MMN_CTX_SYSCALL),
	   "no system call if its number is unknown");
}

/* ---- the parts of an mremap ---- */

static u32 place(unsigned long start, unsigned long end)
{
	range.start = start;
	range.end = end;
	return bits(WANT_ALL) & ~(u32)MMN_CTX_SYSCALL;
}

static void mremap_is(unsigned long old_len, unsigned long new_len)
{
	in_syscall(MMN_SYS_MREMAP, 0);
	sys_args[0] = OLD;
	sys_args[1] = old_len;
	sys_args[2] = new_len;
	sys_args[4] = NEW;
}

/* The kernel rounds both lengths up to pages. */
static void test_lengths(unsigned long less)
{
	mremap_is(8 * PAGE_SIZE - less, 3 * PAGE_SIZE - less);
	ok(place(OLD + 3 * PAGE_SIZE, OLD + 8 * PAGE_SIZE) == MMN_CTX_AT_TAIL,
	   "mremap, lengths %lu less than pages: the part that is cut off is the tail", less);
	ok(place(OLD + 7 * PAGE_SIZE, OLD + 8 * PAGE_SIZE) == MMN_CTX_AT_TAIL,
	   "the last page is in the tail");
	ok(!place(OLD + 2 * PAGE_SIZE, OLD + 8 * PAGE_SIZE),
	   "a range from before the tail is not");
	ok(!place(OLD + 3 * PAGE_SIZE, OLD + 9 * PAGE_SIZE), "a range to behind the tail is not");
	ok(!place(OLD, OLD + 3 * PAGE_SIZE), "the part that stays is not the tail");
	ok(place(NEW, NEW + 3 * PAGE_SIZE) == MMN_CTX_AT_TARGET,
	   "the whole target is the target");
	ok(place(NEW + 2 * PAGE_SIZE, NEW + 3 * PAGE_SIZE) == MMN_CTX_AT_TARGET,
	   "the last page is in the target");
	ok(!place(NEW, NEW + 4 * PAGE_SIZE), "a range to behind the target is not");
	ok(!place(NEW - PAGE_SIZE, NEW + PAGE_SIZE), "a range from before the target is not");
}

static void test_mremap(void)
{
	be("cat", 0);
	test_lengths(0);
	test_lengths(1);
	test_lengths(PAGE_SIZE - 1);
	range.start = NEW;
	range.end = NEW + PAGE_SIZE;
	ok(!(bits(WANT_ALL & ~MMN_NEED_PLACE) & MMN_CTX_AT_TARGET),
	   "no MMN_CTX_AT_TARGET without MMN_NEED_PLACE");
	in_syscall(MMN_SYS_MMAP, OLD);
	sys_args[4] = NEW;
	sys_args[2] = PAGE_SIZE;
	ok(!place(NEW, NEW + PAGE_SIZE), "no MMN_CTX_AT_TARGET in another system call");
	range.start = 0;
	range.end = 0;
}

/* ---- the key ---- */

/* Return: 0 without a key, 1 if it equals the key of the gathered context, else -1. */
static int key_of(u32 site, u32 needs)
{
	struct mmn_ctx ctx = { };
	u32 bits = ~0u;
	u64 key = mmn_context_key(&range, site, needs, trust, &bits);

	if (!key)
		return 0;
	mmn_context_gather(&range, needs, trust, &ctx);
	return key == mmn_rule_cache_key(site, needs, &ctx) && bits == ctx.bits ? 1 : -1;
}

static void test_keys(void)
{
	unsigned int wrong = 0, keys = 0, needs, nr;
	int is;

	be("cat", 0);
	shim_current.mm = &mm;
	mm.owner = &shim_current;
	for (nr = 0; nr < MMN_NR_SYS; nr++)
		for (needs = 0; needs <= WANT_ALL; needs++) {
			in_syscall(nr, nr % 3);
			is = key_of(mmn_rule_cache_site(7, MMNOTIFY_CLEAR), needs);
			wrong += is < 0;
			keys += is > 0;
		}
	mm.owner = NULL;
	ok(!wrong, "each key equals that of the gathered context (%u of %u differ)", wrong, keys);
	ok(keys > MMN_NR_SYS * WANT_ALL / 2, "most contexts have a key");
	in_syscall(MMN_SYS_MADVISE, 4);
	ok(key_of(MMN_CLASS_ZAP, WANT_ALL) == 1, "madvise has a key");
	sys_args[2] = 0x104;
	ok(!key_of(MMN_CLASS_ZAP, WANT_ALL),
	   "madvise with an advice too large for the key has none");
	sys_at_once = -1;
	ok(!key_of(MMN_CLASS_ZAP, MMN_NEED_SYS), "a system call of another ABI has no key");
	ok(key_of(MMN_CLASS_ZAP, MMN_NEED_TASK) == 1,
	   "it has a key if the rules need no system call");
	in_syscall(MMN_SYS_MREMAP, 0);
	ok(!key_of(MMN_CLASS_UNMAP, MMN_NEED_SYS | MMN_NEED_PLACE),
	   "a part of an mremap has no key");
	ok(key_of(MMN_CLASS_UNMAP, MMN_NEED_SYS) == 1,
	   "it has a key if the rules need no position");
	in_syscall(MMN_SYS_MUNMAP, 0);
	ok(key_of(MMN_CLASS_UNMAP, MMN_NEED_SYS | MMN_NEED_PLACE) == 1,
	   "munmap has a key: it has no parts");
	in_syscall(MMN_SYS_NONE, 0);
	ok(key_of(MMN_CLASS_ZAP, MMN_NEED_SYS) == 1,
	   "a page fault has a key: it has no system call");
	be("ksmd", PF_KTHREAD);
	ok(!key_of(MMN_CLASS_ZAP, MMN_NEED_SYS) && !key_of(MMN_CLASS_ZAP, MMN_NEED_THREAD),
	   "a kernel thread has no key");
	ok(key_of(MMN_CLASS_ZAP, MMN_NEED_LOCK) == 1, "it has a key if the rules need no thread");
}

int main(void)
{
	test_task();
	test_threads();
	test_syscall();
	test_mremap();
	test_keys();
	return tap_done();
}
