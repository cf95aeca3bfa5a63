// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * layout: where struct mmu_notifier_subscriptions has its list, its tree and its lock. The overview
 * is in layout.h.
 */
#include <linux/compiler.h>
#include <linux/err.h>
#include <linux/interval_tree.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/mman.h>
#include <linux/mmu_notifier.h>
#include <linux/rbtree.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uaccess.h>

#include "compat/compat.h"
#include "compat/notifiers.h"
#include "layout.h"

#if MMN_LAYOUT_READABLE

/* A structure that is larger was not foreseen. */
#define MAX_OFFSET	512
/* Nodes of a tree that are read before the lock is dropped for others. */
#define CHUNK		256
#define TRIES		3

static unsigned int list_at, tree_at, lock_at;
static const char *missing = "its proof has not run";
static unsigned long returns[MMN_LAYOUT_RETURNS];

static struct hlist_head *list_of(const struct mm_struct *mm)
{
	return (void *)mm->notifier_subscriptions + list_at;
}

static struct rb_root_cached *tree_of(const struct mm_struct *mm)
{
	return (void *)mm->notifier_subscriptions + tree_at;
}

static spinlock_t *lock_of(const struct mm_struct *mm)
{
	return (void *)mm->notifier_subscriptions + lock_at;
}

static void add_kind(struct mmn_notifiers *list, unsigned int *nr,
		     const struct mmn_notifiers *kind)
{
	unsigned int i;

	for (i = 0; i < *nr; i++)
		if (list[i].callback == kind->callback)
			break;
	if (i == MMN_LAYOUT_KINDS)
		return;
	if (i == *nr)
		list[(*nr)++] = *kind;
	list[i].count++;
}

static struct mmn_notifiers kind_of(const struct mmu_notifier_ops *ops)
{
	return (struct mmn_notifiers){
		.callback = (void *)ops->invalidate_range_start ?:
			    (void *)ops->invalidate_range_end ?:
			    mmn_secondary_tlbs_of(ops) ?: (void *)ops->release,
		.release = ops->release,
		.flush = mmn_secondary_tlbs_of(ops),
		.starts = ops->invalidate_range_start,
	};
}

static struct mmn_notifiers kind_of_interval(const struct mmu_interval_notifier_ops *ops)
{
	return (struct mmn_notifiers){
		.callback = mmn_two_pass_start_of(ops) ?: (void *)ops->invalidate,
		.finish = mmn_two_pass_finish_of(ops),
		.starts = true,
	};
}

static void read_list(struct mm_struct *mm, struct mmn_notifiers *list, unsigned int *nr)
{
	struct mmn_notifiers kind;
	struct mmu_notifier *mn;

	spin_lock(lock_of(mm));
	hlist_for_each_entry(mn, list_of(mm), hlist) {
		kind = kind_of(mn->ops);
		add_kind(list, nr, &kind);
	}
	spin_unlock(lock_of(mm));
}

static struct interval_tree_node *node_at(struct rb_node *node)
{
	return rb_entry(node, struct interval_tree_node, rb);
}

/* Return: the first node that begins behind @start. */
static struct rb_node *first_behind(struct rb_node *node, unsigned long start)
{
	struct rb_node *found = NULL;

	while (node) {
		if (node_at(node)->start > start) {
			found = node;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

/*
 * Reads nodes from @node on, and at least those with the same start. Return: false if there are no
 * more, else *start is that of the last one.
 */
static bool read_chunk(struct rb_node *node, struct mmn_notifiers *list, unsigned int *nr,
		       unsigned long *start)
{
	const struct mmu_interval_notifier *interval;
	struct mmn_notifiers kind;
	unsigned int n = 0;

	for (; node; node = rb_next(node)) {
		if (n++ >= CHUNK && node_at(node)->start != *start)
			return true;
		*start = node_at(node)->start;
		interval = container_of(node_at(node), struct mmu_interval_notifier,
					interval_tree);
		kind = kind_of_interval(interval->ops);
		add_kind(list, nr, &kind);
	}
	return false;
}

static void read_tree(struct mm_struct *mm, struct mmn_notifiers *list, unsigned int *nr)
{
	struct rb_root_cached *tree = tree_of(mm);
	unsigned long start = 0;
	bool more;

	spin_lock(lock_of(mm));
	more = read_chunk(rb_first_cached(tree), list, nr, &start);
	while (more) {
		spin_unlock(lock_of(mm));
		cond_resched();
		spin_lock(lock_of(mm));
		more = read_chunk(first_behind(tree->rb_root.rb_node, start), list, nr, &start);
	}
	spin_unlock(lock_of(mm));
}

/**
 * mmn_layout_read() - read which notifiers an mm has
 * @mm: the mm; the caller has a reference to the structure (mmgrab())
 * @list: filled with up to MMN_LAYOUT_KINDS kinds of notifiers
 *
 * A kind that finds no room is left out. If ranges come and go meanwhile, their number may be one
 * that the mm never had.
 *
 * Context: Process, may sleep.
 * Return: number of kinds; 0 if mmn_layout_missing().
 */
unsigned int mmn_layout_read(struct mm_struct *mm, struct mmn_notifiers *list)
{
	unsigned int nr = 0;

	/* Pairs with the release in __mmu_notifier_register(). */
	if (missing || !smp_load_acquire(&mm->notifier_subscriptions))
		return 0;
	read_list(mm, list, &nr);
	read_tree(mm, list, &nr);
	return nr;
}

/* ---- the proof ---- */

/* The second one is in two passes. */
#define INTERVALS	(1 + MMN_NATIVE_TWO_PASS)

static struct proof {
	struct mmu_notifier mn;
	struct mmu_interval_notifier intervals[INTERVALS];
	const struct mm_struct *mm;
	const struct rb_root_cached *tree;
	bool locked;
} proof;

static void note_return(void *at)
{
	unsigned int i;

	for (i = 0; i < MMN_LAYOUT_RETURNS && returns[i]; i++)
		if (returns[i] == (unsigned long)at)
			return;
	if (i < MMN_LAYOUT_RETURNS)
		returns[i] = (unsigned long)at;
}

static int mmn_layout_start(struct mmu_notifier *mn, const struct mmu_notifier_range *range)
{
	note_return(__builtin_return_address(0));
	return 0;
}

static const struct mmu_notifier_ops proof_ops = {
	.invalidate_range_start = mmn_layout_start,
};

static bool mmn_layout_invalidate(struct mmu_interval_notifier *mni,
				  const struct mmu_notifier_range *range, unsigned long seq)
{
	mmu_interval_set_seq(mni, seq);
	note_return(__builtin_return_address(0));
	return true;
}

static bool __maybe_unused mmn_layout_first(struct mmu_interval_notifier *mni,
					    const struct mmu_notifier_range *range,
					    unsigned long seq,
					    struct mmu_interval_notifier_finish **finish)
{
	static struct mmu_interval_notifier_finish second;

	mmu_interval_set_seq(mni, seq);
	note_return(__builtin_return_address(0));
	*finish = &second;
	return true;
}

static void __maybe_unused mmn_layout_second(struct mmu_interval_notifier_finish *finish)
{
	note_return(__builtin_return_address(0));
}

static const struct mmu_interval_notifier_ops intervals_ops[] = {
	{ .invalidate = mmn_layout_invalidate },
	{ .invalidate = mmn_layout_invalidate,
	  MMN_TWO_PASS_OPS(mmn_layout_first, mmn_layout_second) },
};

/* By any task. lockdep could tell more, but few kernels have it. */
static bool is_held(spinlock_t *lock)
{
	return spin_is_locked(lock);
}

/* The kernel inserts a node: our own one shows where the tree is, and whether the lock is held. */
static int mmn_layout_insert(struct kprobe *kp, struct pt_regs *regs)
{
	if (mmn_regs_arg0(regs) != (unsigned long)&proof.intervals[0].interval_tree)
		return 0;
	proof.tree = (void *)mmn_regs_arg1(regs);
	proof.locked = is_held(lock_of(proof.mm));
	return 0;
}
NOKPROBE_SYMBOL(mmn_layout_insert);

static bool find_list(void)
{
	const void *at = proof.mn.hlist.pprev, *base = proof.mm->notifier_subscriptions;

	if (at < base || at >= base + MAX_OFFSET)
		return false;
	list_at = at - base;
	/* As in the declaration: the list, a flag, the lock. */
	lock_at = ALIGN(list_at + sizeof(struct hlist_head) + sizeof(bool),
			__alignof__(spinlock_t));
	return list_of(proof.mm)->first == &proof.mn.hlist;
}

static bool find_tree(void)
{
	const void *at = proof.tree, *base = proof.mm->notifier_subscriptions;

	if (at < base + lock_at + sizeof(spinlock_t) || at >= base + MAX_OFFSET)
		return false;
	tree_at = at - base;
	return true;
}

static bool is_own(const struct mmn_notifiers *kind)
{
	return kind->count == 1 && kind->starts &&
	       (kind->callback == mmn_layout_start || kind->callback == mmn_layout_invalidate ||
		kind->callback == mmn_layout_first);
}

/* Other notifiers may be there, but each of ours must be found once. */
static bool reads_own(struct mm_struct *mm, struct mmn_notifiers *list)
{
	unsigned int nr = 0, own = 0;

	read_list(mm, list, &nr);
	read_tree(mm, list, &nr);
	while (nr--)
		own += is_own(&list[nr]);
	return own == 1 + INTERVALS;
}

/* The list is too long for the stack: some kernels allow 1 KiB a function. */
static const char *prove_reads(struct mm_struct *mm)
{
	struct mmn_notifiers *list = kmalloc_array(MMN_LAYOUT_KINDS, sizeof(*list), GFP_KERNEL);
	bool right = list && reads_own(mm, list);

	kfree(list);
	if (!list)
		return "the proof has no memory";
	return right ? NULL : "the list or the tree does not have the notifiers of the proof";
}

static int insert(struct mm_struct *mm, unsigned long addr, unsigned int i)
{
	return mmu_interval_notifier_insert(&proof.intervals[i], mm, addr, PAGE_SIZE,
					    &intervals_ops[i]);
}

static const char *prove_first(struct mm_struct *mm, unsigned long addr)
{
	struct kprobe kp = {
		.symbol_name = "interval_tree_insert",
		.pre_handler = mmn_layout_insert,
	};
	int ret;

	proof.locked = false;
	proof.tree = NULL;
	ret = register_kprobe(&kp);
	if (ret)
		return "a kprobe of the proof could not be registered";
	ret = insert(mm, addr, 0);
	unregister_kprobe(&kp);
	return ret ? "the proof could not insert a range" : NULL;
}

/* The interval is not in the tree if another invalidation runs. */
static const char *prove_places(struct mm_struct *mm)
{
	if (!find_tree())
		return "the tree is not where it was expected";
	if (!proof.locked || is_held(lock_of(mm)))
		return "the lock is not where it was expected";
	return NULL;
}

/* An event that reaches all: their return addresses are where callbacks return to. */
static const char *prove_calls(struct mm_struct *mm, unsigned long addr)
{
	const char *why = prove_reads(mm);
	unsigned int i, nr = 0;

	if (why)
		return why;
	memset(returns, 0, sizeof(returns));
	if (put_user(1, (int __user *)addr) || vm_munmap(addr, PAGE_SIZE))
		return "the proof could not use its page";
	for (i = 0; i < MMN_LAYOUT_RETURNS; i++)
		nr += !!returns[i];
	return nr ? NULL : "the proof's munmap was not announced";
}

static const char *prove_intervals(struct mm_struct *mm, unsigned long addr)
{
	const char *why = prove_first(mm, addr);
	unsigned int i;

	if (why)
		return why;
	why = prove_places(mm);
	for (i = 1; !why && i < INTERVALS; i++)
		if (insert(mm, addr, i))
			why = "the proof could not insert a range";
	if (!why)
		why = prove_calls(mm, addr);
	while (i-- > 0)
		if (proof.intervals[i].mm)
			mmu_interval_notifier_remove(&proof.intervals[i]);
	return why;
}

static const char *prove_with(struct mm_struct *mm, unsigned long addr)
{
	const char *why;

	memset(&proof, 0, sizeof(proof));
	proof.mm = mm;
	proof.mn.ops = &proof_ops;
	if (mmu_notifier_register(&proof.mn, mm))
		return "the proof could not register a notifier";
	why = find_list() ? prove_intervals(mm, addr) : "the list is not where it was expected";
	mmu_notifier_unregister(&proof.mn, mm);
	return why;
}

static const char *prove_once(void)
{
	const char *why;
	unsigned long addr;

	if (!current->mm)
		return "the proof needs an mm, but a kernel thread loads the module";
	addr = vm_mmap(NULL, 0, PAGE_SIZE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, 0);
	if (IS_ERR_VALUE(addr))
		return "the proof could not map a page";
	why = prove_with(current->mm, addr);
	if (why)
		vm_munmap(addr, PAGE_SIZE);
	return why;
}

/**
 * mmn_layout_prove() - find out and prove where the notifiers of an mm are
 *
 * An event of another task may disturb the proof, so a failure is tried again.
 *
 * Context: Process with an mm, at load; may sleep.
 */
void mmn_layout_prove(void)
{
	unsigned int i;

	for (i = 0; missing && i < TRIES; i++)
		missing = prove_once();
}

/**
 * mmn_layout_missing() - why notifiers cannot be read
 *
 * Context: Any.
 * Return: the reason; NULL if they can.
 */
const char *mmn_layout_missing(void)
{
	return missing;
}

/**
 * mmn_layout_return() - get an address that callbacks return to
 * @i: 0 to MMN_LAYOUT_RETURNS - 1
 *
 * Context: Any, after mmn_layout_prove().
 * Return: the address, behind a call in the kernel; 0 if there are no more.
 */
unsigned long mmn_layout_return(unsigned int i)
{
	return returns[i];
}

#else

void mmn_layout_prove(void)
{
}

const char *mmn_layout_missing(void)
{
	return "this kernel has no ranges, no kprobes or one CPU only";
}

unsigned int mmn_layout_read(struct mm_struct *mm, struct mmn_notifiers *list)
{
	return 0;
}

unsigned long mmn_layout_return(unsigned int i)
{
	return 0;
}
#endif /* MMN_LAYOUT_READABLE */
