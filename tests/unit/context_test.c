// SPDX-License-Identifier: GPL-2.0-only
/*
 * context: which bits a task, its lock, its system call and the place of the range give,
 * and that the key of a context is the same whether or not the context is gathered.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/string.h>

#include "verdict/context.h"
#include "tap.h"

#define WANT_ALL	(MMN_NEED_TASK | MMN_NEED_THREAD | MMN_NEED_LOCK | MMN_NEED_SYS | \
			 MMN_NEED_ARGS | MMN_NEED_PLACE)

/* Of mremap(): the old place is far below the new one. */
#define OLD		0x100000UL
#define NEW		0x900000UL

struct task_struct shim_current;
int shim_memory_nodes = 2;
bool shim_verified, shim_numa_moves;

static struct mm_struct mm = { .mm_users = { 1 } };
static struct mmu_notifier_range range = { .mm = &mm };

/* What the task is in; the ABI decides if one look suffices. */
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

	mmn_context_gather(&range, needs, &ctx);
	return ctx.bits;
}

static void test_task(void)
{
	be("cat", 0);
	ok(!bits(WANT_ALL & ~MMN_NEED_SYS), "a task that has another mm: nothing");
	shim_verified = true;
	ok(bits(0) == MMN_CTX_VERIFIED, "a kernel that was tested");
	shim_verified = false;
	shim_numa_moves = true;
	ok(bits(0) == MMN_CTX_NUMA_MOVES, "one whose hints may move a page");
	shim_numa_moves = false;
	shim_current.mm = &mm;
	ok(bits(MMN_NEED_TASK) == MMN_CTX_LOCAL, "the mm is its own");
	ok(!bits(0), "if that is wanted");
	shim_current.flags = PF_EXITING;
	ok(bits(MMN_NEED_TASK) == (MMN_CTX_LOCAL | MMN_CTX_EXITING), "it exits");
	be("cat", 0);
	mm.mm_users.counter = 0;
	ok(bits(MMN_NEED_TASK) == MMN_CTX_DYING, "the mm has no user");
	mm.mm_users.counter = 1;
	mm.owner = &shim_current;
	ok(bits(MMN_NEED_LOCK) == MMN_CTX_MMAP_WRITE, "it holds mmap_lock for write");
	ok(!bits(MMN_NEED_TASK), "if that is wanted, too");
	mm.owner = &mm;
	ok(bits(MMN_NEED_LOCK) == MMN_CTX_MMAP_READ, "it does not");
	mm.owner = NULL;
	ok(!bits(MMN_NEED_LOCK), "the kernel does not tell");
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
		ok(!bits(MMN_NEED_TASK), "if it is wanted");
	}
	be("kswapd0", PF_KTHREAD | PF_KSWAPD);
	shim_memory_nodes = 1;
	ok(bits(MMN_NEED_THREAD) & MMN_CTX_ONE_NODE, "kswapd of a machine with one node");
	shim_memory_nodes = 2;
}

static void test_syscall(void)
{
	struct mmn_ctx ctx = { .nr_frames = 3 };

	be("cat", 0);
	in_syscall(MMN_SYS_MADVISE, 4);
	mmn_context_gather(&range, MMN_NEED_SYS | MMN_NEED_ARGS, &ctx);
	ok(ctx.sys == MMN_SYS_MADVISE && ctx.bits & MMN_CTX_SYSCALL && !ctx.nr_frames,
	   "the system call, and no frames");
	ok(ctx.args[0] == 4 && ctx.args[3] == 4, "its arguments");
	memset(&ctx, 0, sizeof(ctx));
	mmn_context_gather(&range, MMN_NEED_SYS, &ctx);
	ok(ctx.sys == MMN_SYS_MADVISE && !ctx.args[2], "not if they are not wanted");
	in_syscall(MMN_SYS_MUNMAP, 4);
	mmn_context_gather(&range, MMN_NEED_SYS | MMN_NEED_ARGS, &ctx);
	ok(ctx.sys == MMN_SYS_MUNMAP && !ctx.args[2], "nor of one whose arguments tell nothing");
	mmn_context_gather(&range, MMN_NEED_ARGS, &ctx);
	ok(ctx.sys == MMN_SYS_NONE && !(ctx.bits & MMN_CTX_SYSCALL), "nor itself, likewise");
	be("kworker/0:1", PF_KTHREAD);
	ok(!(bits(MMN_NEED_SYS) & MMN_CTX_SYSCALL), "a kernel thread is in none");
	be("iou-wrk-1", PF_IO_WORKER);
	ok(!(bits(MMN_NEED_SYS) & MMN_CTX_SYSCALL), "nor is an io_uring worker");
	be("cat", 0);
	in_syscall(-1, 0);
	mmn_context_gather(&range, MMN_NEED_SYS, &ctx);
	ok(ctx.sys == MMN_SYS_NONE && !(ctx.bits & MMN_CTX_SYSCALL), "one that cannot be told");
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

/* The kernel aligns both lengths, whatever the caller asks for. */
static void test_lengths(unsigned long less)
{
	mremap_is(8 * PAGE_SIZE - less, 3 * PAGE_SIZE - less);
	ok(place(OLD + 3 * PAGE_SIZE, OLD + 8 * PAGE_SIZE) == MMN_CTX_AT_TAIL,
	   "mremap, lengths %lu less than pages: all that is cut off is the tail", less);
	ok(place(OLD + 7 * PAGE_SIZE, OLD + 8 * PAGE_SIZE) == MMN_CTX_AT_TAIL,
	   "its last page, too");
	ok(!place(OLD + 2 * PAGE_SIZE, OLD + 8 * PAGE_SIZE), "what begins before it is not");
	ok(!place(OLD + 3 * PAGE_SIZE, OLD + 9 * PAGE_SIZE), "nor what ends behind");
	ok(!place(OLD, OLD + 3 * PAGE_SIZE), "nor what stays");
	ok(place(NEW, NEW + 3 * PAGE_SIZE) == MMN_CTX_AT_TARGET, "all of the target");
	ok(place(NEW + 2 * PAGE_SIZE, NEW + 3 * PAGE_SIZE) == MMN_CTX_AT_TARGET,
	   "its last page, too");
	ok(!place(NEW, NEW + 4 * PAGE_SIZE), "not what ends behind");
	ok(!place(NEW - PAGE_SIZE, NEW + PAGE_SIZE), "nor what begins before");
}

static void test_mremap(void)
{
	be("cat", 0);
	test_lengths(0);
	test_lengths(1);
	test_lengths(PAGE_SIZE - 1);
	range.start = NEW;
	range.end = NEW + PAGE_SIZE;
	ok(!(bits(WANT_ALL & ~MMN_NEED_PLACE) & MMN_CTX_AT_TARGET), "if the place is wanted");
	in_syscall(MMN_SYS_MMAP, OLD);
	sys_args[4] = NEW;
	sys_args[2] = PAGE_SIZE;
	ok(!place(NEW, NEW + PAGE_SIZE), "and in no other system call");
	range.start = 0;
	range.end = 0;
}

/* ---- the key ---- */

/* Return: 0 if there is no key, 1 if it is that of the gathered context, else -1. */
static int key_of(unsigned int class, u32 needs)
{
	struct mmn_ctx ctx = { };
	u32 bits = ~0u;
	u64 key = mmn_context_key(&range, class, needs, &bits);

	if (!key)
		return 0;
	mmn_context_gather(&range, needs, &ctx);
	return key == mmn_rule_cache_key(class, needs, &ctx) && bits == ctx.bits ? 1 : -1;
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
			is = key_of(MMN_CLASS_ZAP, needs);
			wrong += is < 0;
			keys += is > 0;
		}
	mm.owner = NULL;
	ok(!wrong, "each key is that of the context (%u of %u are not)", wrong, keys);
	ok(keys > MMN_NR_SYS * WANT_ALL / 2, "and most contexts have one");
	in_syscall(MMN_SYS_MADVISE, 4);
	ok(key_of(MMN_CLASS_ZAP, WANT_ALL) == 1, "madvise has a key");
	sys_args[2] = 0x104;
	ok(!key_of(MMN_CLASS_ZAP, WANT_ALL), "with an advice that does not fit it has none");
	sys_at_once = -1;
	ok(!key_of(MMN_CLASS_ZAP, MMN_NEED_SYS), "nor has a system call of another ABI");
	ok(key_of(MMN_CLASS_ZAP, MMN_NEED_TASK) == 1, "if system calls count");
	in_syscall(MMN_SYS_MREMAP, 0);
	ok(!key_of(MMN_CLASS_UNMAP, MMN_NEED_SYS | MMN_NEED_PLACE), "nor has a part of an mremap");
	ok(key_of(MMN_CLASS_UNMAP, MMN_NEED_SYS) == 1, "if its parts count");
	in_syscall(MMN_SYS_MUNMAP, 0);
	ok(key_of(MMN_CLASS_UNMAP, MMN_NEED_SYS | MMN_NEED_PLACE) == 1, "munmap has no parts");
	in_syscall(MMN_SYS_NONE, 0);
	ok(key_of(MMN_CLASS_ZAP, MMN_NEED_SYS) == 1, "nor has a page fault");
	be("ksmd", PF_KTHREAD);
	ok(!key_of(MMN_CLASS_ZAP, MMN_NEED_SYS) && !key_of(MMN_CLASS_ZAP, MMN_NEED_THREAD),
	   "nor has a kernel thread");
	ok(key_of(MMN_CLASS_ZAP, MMN_NEED_LOCK) == 1, "if threads count");
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
