// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * check: compare each translation of the device with the CPU's page table. The
 * comparison has an unfiltered interval notifier of its own, so it does not
 * depend on mmnotify's filters or on the driver's.
 *
 * A page that NUMA balancing made inaccessible (PROT_NONE in the page table of
 * a VMA that allows access) is still mapped. hmm_range_fault() reports such an
 * entry as absent, so it is read here. The entry does not show whether writing is
 * allowed, so the flags of the VMA decide.
 *
 * Such a page may come back read-only, because its VMA is not writable by default
 * or its migration failed. The right to write is not lost: the next write fault
 * restores it without an invalidation (may_write_again()).
 *
 * munmap(), brk() and mremap() take a VMA out of the tree before the start of the
 * invalidation, and downgrade mmap_lock to read in between. A reader may then find
 * a hole although the pages are still mapped and the translations correct. So a
 * mismatch is confirmed with mmap_lock held for write.
 *
 * The caller holds sdev.mutex, so no translation is filled meanwhile.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/memremap.h>
#include <linux/mm.h>
#include <linux/page-flags.h>
#include <linux/rcupdate.h>
#include <linux/rmap.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "sdev.h"

#define CHECK_TRIES	100
#define CHECK_PRINT	16	/* stale translations per CHECK that are printed */

struct stale {
	unsigned long addr;
	unsigned long dev;
	unsigned long cpu;
};

struct check {
	struct mmu_interval_notifier mni;
	struct sobj *o;
	struct device_check *result;
	unsigned int printed;
	unsigned int nr;	/* in stale, of this chunk */
	struct stale stale[CHECK_PRINT];
};

static bool check_invalidate(struct mmu_interval_notifier *mni,
			     const struct mmu_notifier_range *range,
			     unsigned long seq)
{
	struct sdev *dev = container_of(mni, struct check, mni)->o->dev;

	spin_lock(&dev->lock);
	mmu_interval_set_seq(mni, seq);
	spin_unlock(&dev->lock);
	return true;
}

static const struct mmu_interval_notifier_ops check_ops = {
	.invalidate = check_invalidate,
};

/* Userfaultfd's mark in an entry. 7.3 renamed it, and the functions that read it. */
#if defined(_PAGE_UFFD)
#define ENTRY_UFFD	_PAGE_UFFD
#elif defined(_PAGE_UFFD_WP)
#define ENTRY_UFFD	_PAGE_UFFD_WP
#else
#define ENTRY_UFFD	0
#endif

/* The bits that a check compares, of an entry of any size. */
struct entry {
	unsigned long pfn;
	bool hint;
	bool dirty;
	bool soft_dirty;
	bool uffd;
};

static void read_leaf(pmd_t pmd, unsigned long addr, struct entry *e)
{
	e->pfn = pmd_pfn(pmd) + ((addr & ~PMD_MASK) >> PAGE_SHIFT);
	e->hint = pmd_protnone(pmd);
	e->dirty = pmd_dirty(pmd);
	e->soft_dirty = pmd_soft_dirty(pmd);
	e->uffd = pmd_val(pmd) & ENTRY_UFFD;
}

/* Return: false if no page is mapped. */
static bool read_pmd(pmd_t pmd, unsigned long addr, struct entry *e)
{
	pte_t pte;

	if (!pmd_present(pmd))
		return false;
	if (pmd_leaf(pmd)) {
		read_leaf(pmd, addr, e);
		return true;
	}
	pte = READ_ONCE(*pte_offset_kernel(&pmd, addr));
	if (!pte_present(pte))
		return false;
	e->pfn = pte_pfn(pte);
	e->hint = pte_protnone(pte);
	e->dirty = pte_dirty(pte);
	e->soft_dirty = pte_soft_dirty(pte);
	e->uffd = pte_val(pte) & ENTRY_UFFD;
	return true;
}

static bool read_entry(struct mm_struct *mm, unsigned long addr, struct entry *e)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;

	if (!pgd_present(*pgd))
		return false;
	p4d = p4d_offset(pgd, addr);
	if (!p4d_present(*p4d))
		return false;
	pud = pud_offset(p4d, addr);
	if (!pud_present(*pud) || pud_leaf(*pud))
		return false;
	return read_pmd(READ_ONCE(*pmd_offset(pud, addr)), addr, e);
}

/* Kernels without PG_anon_exclusive keep the write bit in the PROT_NONE entry. */
static bool is_exclusive(unsigned long pfn)
{
#ifdef RMAP_NONE
	struct page *page = pfn_to_page(pfn);

	return PageAnon(page) && PageAnonExclusive(page);
#else
	return false;
#endif
}

/*
 * An operation that takes the right to write for good leaves a trace in the entry: it
 * is clean, marked by userfaultfd, or shared after a fork or by KSM. Without such a
 * trace, mm/mprotect.c:can_change_pte_writable() allows writing again.
 */
static bool may_write_again(const struct vm_area_struct *vma,
			    const struct entry *e)
{
	if (e->uffd)
		return false;
	if (IS_ENABLED(CONFIG_MEM_SOFT_DIRTY) && !(vma->vm_flags & VM_SOFTDIRTY) &&
	    !e->soft_dirty)
		return false;
	return vma->vm_flags & VM_SHARED ? e->dirty : is_exclusive(e->pfn);
}

/*
 * A NUMA hint also takes the right to write from the entry of a device private page
 * (mm/mprotect.c:change_softleaf_pte()), and does not restore it. A write fault restores
 * it unless the page is shared by then. Soft-dirty leaves no mark in such an entry.
 */
static bool may_write_device_page(const struct vm_area_struct *vma, unsigned long pfn)
{
	pfn &= ~HMM_PFN_FLAGS;
	return is_device_private_page(pfn_to_page(pfn)) &&
	       !(vma->vm_flags & VM_UFFD_WP) && is_exclusive(pfn);
}

/* @pfn: as hmm_range_fault() reports it. Return: true for an inaccessible, mapped page. */
static bool was_hint(unsigned long pfn)
{
	return !(pfn & (HMM_PFN_VALID | HMM_PFN_ERROR)) && (pfn & ~HMM_PFN_FLAGS);
}

/*
 * @pfn: result of hmm_range_fault() for @addr, corrected here. Return: -EAGAIN if that saw
 * a NUMA hint that is gone by now: the page fault that ends a hint sends no invalidation,
 * and mmap_lock does not exclude it.
 */
static int amend(struct mm_struct *mm, unsigned long addr, unsigned long *pfn)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	struct entry e;
	bool there;

	if (!vma || vma->vm_start > addr ||
	    !(vma->vm_flags & (VM_READ | VM_WRITE | VM_EXEC)))
		return 0;
	/* Page tables may be freed concurrently, but only after a grace period. */
	rcu_read_lock();
	there = read_entry(mm, addr, &e);
	rcu_read_unlock();
	if (there && !e.hint && was_hint(*pfn))
		return -EAGAIN;
	if (!there && (*pfn & HMM_PFN_VALID) && (vma->vm_flags & VM_WRITE) &&
	    may_write_device_page(vma, *pfn))
		*pfn |= HMM_PFN_WRITE;
	if (!there || !(*pfn & HMM_PFN_VALID || e.hint))
		return 0;
	if (!(*pfn & HMM_PFN_VALID))
		*pfn = HMM_PFN_VALID | e.pfn;
	if ((vma->vm_flags & VM_WRITE) && (e.hint || may_write_again(vma, &e)))
		*pfn |= HMM_PFN_WRITE;
	return 0;
}

/* Reads the CPU's page table into hmm->hmm_pfns. Under mmap_lock. */
static int snapshot(struct mm_struct *mm, struct hmm_range *hmm)
{
	unsigned long addr, *pfn = hmm->hmm_pfns;
	int ret;

	ret = hmm_range_fault(hmm);
	for (addr = hmm->start; !ret && addr < hmm->end; addr += PAGE_SIZE, pfn++)
		if (!(*pfn & HMM_PFN_VALID) || !(*pfn & HMM_PFN_WRITE))
			ret = amend(mm, addr, pfn);
	return ret;
}

static bool is_stale(unsigned long dev, unsigned long cpu)
{
	if (!(cpu & HMM_PFN_VALID) || ((cpu ^ dev) & ~HMM_PFN_FLAGS))
		return true;
	return (dev & HMM_PFN_WRITE) && !(cpu & HMM_PFN_WRITE);
}

/* Return: false, without counting, at the first mismatch if @sure is false. */
static bool compare(struct check *c, const struct hmm_range *hmm, bool sure)
{
	unsigned long first = (hmm->start - c->o->start) >> PAGE_SHIFT;
	unsigned long n = (hmm->end - hmm->start) >> PAGE_SHIFT, i;
	unsigned long checked = 0;

	lockdep_assert_held(&c->o->dev->lock);
	for (i = 0; i < n; i++) {
		unsigned long dev = c->o->pte[first + i];
		unsigned long cpu = hmm->hmm_pfns[i] & SDEV_PTE_BITS;

		if (!dev)
			continue;
		checked++;
		if (!is_stale(dev, cpu))
			continue;
		if (!sure)
			return false;
		c->result->stale++;
		if (c->printed + c->nr < CHECK_PRINT)
			c->stale[c->nr++] = (struct stale) {
				hmm->start + (i << PAGE_SHIFT), dev, cpu
			};
	}
	c->result->checked += checked;
	return true;
}

static const char *pte_text(unsigned long pte)
{
	if (!(pte & HMM_PFN_VALID))
		return "nothing";
	return pte & HMM_PFN_WRITE ? "read and write" : "read";
}

static void print_stale(struct check *c)
{
	unsigned int i;

	for (i = 0; i < c->nr; i++) {
		struct stale *s = &c->stale[i];

		pr_err("stale %#lx: the device has pfn %#lx (%s), the CPU pfn %#lx (%s)\n",
		       s->addr, s->dev & ~HMM_PFN_FLAGS, pte_text(s->dev),
		       s->cpu & ~HMM_PFN_FLAGS, pte_text(s->cpu));
		history_print(c->o->dev, s->addr);
	}
	c->printed += c->nr;
	c->nr = 0;
}

enum outcome { UNSETTLED, SUSPECT, COMPARED };

/* @sure: mmap_lock is held for write, so each mismatch is a stale translation. */
static enum outcome look(struct check *c, struct hmm_range *hmm, bool sure)
{
	struct sdev *dev = c->o->dev;
	enum outcome outcome = COMPARED;

	if (snapshot(dev->mm, hmm))
		return UNSETTLED;
	spin_lock(&dev->lock);
	if (mmu_interval_read_retry(&c->mni, hmm->notifier_seq))
		outcome = UNSETTLED;
	else if (!compare(c, hmm, sure))
		outcome = SUSPECT;
	spin_unlock(&dev->lock);
	return outcome;
}

/* Return: true if the chunk was compared. */
static bool try_chunk(struct check *c, struct hmm_range *hmm)
{
	struct mm_struct *mm = c->o->dev->mm;
	enum outcome outcome;

	hmm->notifier_seq = mmu_interval_read_begin(&c->mni);
	mmap_read_lock(mm);
	outcome = look(c, hmm, false);
	mmap_read_unlock(mm);
	if (outcome != SUSPECT)
		return outcome == COMPARED;
	hmm->notifier_seq = mmu_interval_read_begin(&c->mni);
	mmap_write_lock(mm);
	outcome = look(c, hmm, true);
	mmap_write_unlock(mm);
	return outcome == COMPARED;
}

static unsigned long count_present(struct sobj *o, unsigned long start,
				   unsigned long end)
{
	unsigned long i, n = 0;

	spin_lock(&o->dev->lock);
	if (o->present)
		for (i = (start - o->start) >> PAGE_SHIFT;
		     i < (end - o->start) >> PAGE_SHIFT; i++)
			n += !!o->pte[i];
	spin_unlock(&o->dev->lock);
	return n;
}

static int check_chunk(struct check *c, unsigned long start, unsigned long end)
{
	struct hmm_range hmm = {
		.notifier = &c->mni,
		.start = start,
		.end = end,
		.hmm_pfns = c->o->dev->pfns,
		.dev_private_owner = c->o->dev->model->owner,
	};
	unsigned int i;

	for (i = 0; i < CHECK_TRIES; i++) {
		if (!count_present(c->o, start, end))
			return 0;
		if (fatal_signal_pending(current))
			return -EINTR;
		cond_resched();
		if (try_chunk(c, &hmm)) {
			print_stale(c);
			return 0;
		}
	}
	c->result->unsettled += count_present(c->o, start, end);
	return 0;
}

static int check_object(struct check *c, struct sobj *o)
{
	unsigned long at, end;
	int ret;

	c->o = o;
	ret = mmu_interval_notifier_insert(&c->mni, o->dev->mm, o->start,
					   o->end - o->start, &check_ops);
	if (ret)
		return ret;
	for (at = o->start; !ret && at < o->end; at = end) {
		end = min(o->end, at + SDEV_CHUNK * PAGE_SIZE);
		ret = check_chunk(c, at, end);
	}
	mmu_interval_notifier_remove(&c->mni);
	return ret;
}

/* Return: an object with translations that this CHECK has not seen, or NULL. */
static struct sobj *next_object(struct sdev *dev)
{
	struct sobj *o, *found = NULL;

	spin_lock(&dev->lock);
	while (!found && !list_empty(&dev->objects)) {
		o = list_first_entry(&dev->objects, struct sobj, list);
		if (o->checked == dev->checks)
			break;
		o->checked = dev->checks;
		list_move_tail(&o->list, &dev->objects);
		if (o->present) {
			kref_get(&o->kref);
			found = o;
		}
	}
	spin_unlock(&dev->lock);
	return found;
}

int check_all(struct sdev *dev, struct device_check *result)
{
	struct check *c;
	struct sobj *o;
	int ret = 0;

	c = kzalloc(sizeof(*c), GFP_KERNEL);
	if (!c)
		return -ENOMEM;
	c->result = result;
	if (!mmget_not_zero(dev->mm)) {
		kfree(c);
		return -ESRCH;
	}
	dev->checks++;
	while (!ret && (o = next_object(dev))) {
		ret = check_object(c, o);
		sobj_put(o);
	}
	mmput(dev->mm);
	if (result->stale > c->printed)
		pr_err("%llu more stale translations are not shown\n", result->stale - c->printed);
	kfree(c);
	return ret;
}
