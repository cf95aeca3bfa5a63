// SPDX-License-Identifier: GPL-2.0-only
/*
 * check: is each translation of the device what the CPU's page table says? It
 * has a notifier of its own over what it looks at, which hears of everything:
 * if mmnotify, or the driver, should filter too much, this does not.
 *
 * A page that NUMA balancing made inaccessible (PROT_NONE in the page table of
 * a VMA that allows access) is still that page: such entries, which
 * hmm_range_fault() takes for absent, are read here. What may be written is not
 * to be seen in them, so there the VMA's word is taken.
 *
 * The caller holds sdev.mutex: nobody fills translations meanwhile.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/pgtable.h>
#include <linux/rcupdate.h>
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

/* Return: as hmm_range_fault() says it, for an entry that is a NUMA hint; or 0. */
static unsigned long hinted_pmd(pmd_t pmd, unsigned long addr)
{
	pte_t pte;

	if (!pmd_present(pmd))
		return 0;
	if (pmd_leaf(pmd)) {
		if (!pmd_protnone(pmd))
			return 0;
		return HMM_PFN_VALID |
		       (pmd_pfn(pmd) + ((addr & ~PMD_MASK) >> PAGE_SHIFT));
	}
	pte = READ_ONCE(*pte_offset_kernel(&pmd, addr));
	return pte_protnone(pte) ? HMM_PFN_VALID | pte_pfn(pte) : 0;
}

static unsigned long hinted(struct mm_struct *mm, unsigned long addr)
{
	pgd_t *pgd = pgd_offset(mm, addr);
	p4d_t *p4d;
	pud_t *pud;

	if (!pgd_present(*pgd))
		return 0;
	p4d = p4d_offset(pgd, addr);
	if (!p4d_present(*p4d))
		return 0;
	pud = pud_offset(p4d, addr);
	if (!pud_present(*pud) || pud_leaf(*pud))
		return 0;
	return hinted_pmd(READ_ONCE(*pmd_offset(pud, addr)), addr);
}

static unsigned long read_hinted(struct mm_struct *mm, unsigned long addr)
{
	struct vm_area_struct *vma = find_vma(mm, addr);
	unsigned long pfn;

	if (!vma || vma->vm_start > addr || !vma_is_accessible(vma))
		return 0;
	/* Page tables may be freed meanwhile, but not before a grace period. */
	rcu_read_lock();
	pfn = hinted(mm, addr);
	rcu_read_unlock();
	if (pfn && (vma->vm_flags & VM_WRITE))
		pfn |= HMM_PFN_WRITE;
	return pfn;
}

/* What the CPU's page table says, into hmm->hmm_pfns. */
static int snapshot(struct mm_struct *mm, struct hmm_range *hmm)
{
	unsigned long addr, *pfn = hmm->hmm_pfns;
	int ret;

	mmap_read_lock(mm);
	ret = hmm_range_fault(hmm);
	for (addr = hmm->start; !ret && addr < hmm->end; addr += PAGE_SIZE, pfn++)
		if (!(*pfn & HMM_PFN_VALID))
			*pfn = read_hinted(mm, addr);
	mmap_read_unlock(mm);
	return ret;
}

static bool is_stale(unsigned long dev, unsigned long cpu)
{
	if (!(cpu & HMM_PFN_VALID) || ((cpu ^ dev) & ~HMM_PFN_FLAGS))
		return true;
	return (dev & HMM_PFN_WRITE) && !(cpu & HMM_PFN_WRITE);
}

static void compare(struct check *c, const struct hmm_range *hmm)
{
	unsigned long first = (hmm->start - c->o->start) >> PAGE_SHIFT;
	unsigned long n = (hmm->end - hmm->start) >> PAGE_SHIFT, i;

	lockdep_assert_held(&c->o->dev->lock);
	for (i = 0; i < n; i++) {
		unsigned long dev = c->o->pte[first + i];
		unsigned long cpu = hmm->hmm_pfns[i] & SDEV_PTE_BITS;

		if (!dev)
			continue;
		c->result->checked++;
		if (!is_stale(dev, cpu))
			continue;
		c->result->stale++;
		if (c->printed + c->nr < CHECK_PRINT)
			c->stale[c->nr++] = (struct stale) {
				hmm->start + (i << PAGE_SHIFT), dev, cpu
			};
	}
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

/* Return: true if the chunk was compared. */
static bool try_chunk(struct check *c, struct hmm_range *hmm)
{
	struct sdev *dev = c->o->dev;
	bool settled;

	hmm->notifier_seq = mmu_interval_read_begin(&c->mni);
	if (snapshot(dev->mm, hmm))
		return false;
	spin_lock(&dev->lock);
	settled = !mmu_interval_read_retry(&c->mni, hmm->notifier_seq);
	if (settled)
		compare(c, hmm);
	spin_unlock(&dev->lock);
	return settled;
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
		pr_err("and %llu more\n", result->stale - c->printed);
	kfree(c);
	return ret;
}
