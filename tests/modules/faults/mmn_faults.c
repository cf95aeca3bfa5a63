// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_faults: makes an allocation or a step fail. Kprobes at the entries of the
 * kernel's allocators see each allocation of the armed task. Those with mmnotify's
 * code on the stack count, and the n-th of them returns NULL without allocating. So
 * allocations by the kernel on behalf of mmnotify can fail, too.
 * Steps are functions that return an errno; the n-th call returns -EBUSY.
 */
#include <linux/ftrace.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/stacktrace.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "faults.h"

#define FRAMES	40

/* One task at a time. While it is armed, only this task writes to @result. */
static struct task_struct *armed;
static unsigned int nth;
static bool steps;
static struct faults_result result;
static DEFINE_MUTEX(arm_lock);

/* Runs in place of the allocator and returns to the allocator's caller. */
static noinline notrace void *no_memory(void)
{
	return NULL;
}

static noinline notrace long busy(void)
{
	return -EBUSY;
}

/* The return address of a function at whose first instruction @regs are. */
static unsigned long caller_at_entry(struct pt_regs *regs)
{
#ifdef CONFIG_ARM64
	return regs->regs[30];
#else
	return regs_get_kernel_stack_nth(regs, 0);
#endif
}

/*
 * At the entry of a function an unwinder of frame pointers does not see its caller, whose
 * record is the next one, so the return address is read from the top of the stack.
 *
 * pcpu_get_vm_areas() prepares for its allocations, and warns if one fails. Whether it needs any
 * depends on the layout of the address space. The removal of a kprobe warns, too.
 *
 * Return: true if mmnotify's code is on the stack, and none of these functions; then @site is
 * filled.
 */
static bool below_mmnotify(struct pt_regs *regs, char *site, size_t size)
{
	unsigned long frames[FRAMES] = { caller_at_entry(regs) };
	unsigned int i, n = 1 + stack_trace_save(frames + 1, FRAMES - 1, 0);
	char name[KSYM_SYMBOL_LEN];

	for (i = 0; i < n; i++) {
		sprint_symbol(name, frames[i]);
		if (strstarts(name, "pcpu_get_vm_areas+") || strstarts(name, "unregister_kprobe"))
			return false;
		if (!strstr(name, "[mmnotify]"))
			continue;
		strscpy(site, name, size);
		return true;
	}
	return false;
}

struct probe {
	struct kprobe kp;
	const char *name;
	bool there;
};

/*
 * Return: true if this call of @kp's function shall fail. The instruction pointer is behind the
 * breakpoint, where the unwinder would assume that the first push is done, so it is set
 * to the entry for the walk.
 */
static bool is_nth(struct kprobe *kp, struct pt_regs *regs, bool step)
{
	char site[sizeof(result.site)];
	unsigned long ip = instruction_pointer(regs);
	bool below;

	if (READ_ONCE(armed) != current || result.failed || step != steps)
		return false;
	instruction_pointer_set(regs, (unsigned long)kp->addr);
	below = below_mmnotify(regs, site, sizeof(site));
	instruction_pointer_set(regs, ip);
	if (!below)
		return false;
	if (++result.seen != nth)
		return false;
	result.failed = 1;
	strscpy(result.site, site, sizeof(result.site));
	strscpy(result.function, container_of(kp, struct probe, kp)->name,
		sizeof(result.function));
	return true;
}

/* A breakpoint in the kernel counts as an NMI. */
static bool in_other_interrupt(void)
{
	unsigned long own = in_nmi() ? NMI_OFFSET + HARDIRQ_OFFSET : 0;

	return (preempt_count() & (NMI_MASK | HARDIRQ_MASK)) != own || softirq_count();
}

static int on_alloc(struct kprobe *kp, struct pt_regs *regs)
{
	if (in_other_interrupt() || !is_nth(kp, regs, false))
		return 0;
	instruction_pointer_set(regs, (unsigned long)no_memory);
	return 1;
}

/* No check of interrupts: steps are not called in them. */
static int on_step(struct kprobe *kp, struct pt_regs *regs)
{
	if (!is_nth(kp, regs, true))
		return 0;
	instruction_pointer_set(regs, (unsigned long)busy);
	return 1;
}

/* A post handler prevents jump optimization, which would ignore a changed instruction pointer. */
static void stay_a_breakpoint(struct kprobe *kp, struct pt_regs *regs, unsigned long flags)
{
}

/* Names of 5.10 to 7.3; a name that the kernel does not have is skipped. */
#define PROBE_OF(function, handler) \
	{ .name = function, .kp.pre_handler = handler, .kp.post_handler = stay_a_breakpoint }
#define PROBE(name)	PROBE_OF(name, on_alloc)
#define STEP(name)	PROBE_OF(name, on_step)

static struct probe probes[] = {
	PROBE("__kmalloc"),
	PROBE("__kmalloc_noprof"),
	PROBE("__kmalloc_node"),
	PROBE("__kmalloc_node_noprof"),
	PROBE("__kmalloc_track_caller"),
	PROBE("__kmalloc_node_track_caller"),
	PROBE("__kmalloc_node_track_caller_noprof"),
	PROBE("kmalloc_trace"),
	PROBE("kmalloc_node_trace"),
	PROBE("__kmalloc_cache_noprof"),
	PROBE("__kmalloc_cache_node_noprof"),
	PROBE("kmem_cache_alloc"),
	PROBE("kmem_cache_alloc_noprof"),
	PROBE("kmem_cache_alloc_trace"),
	PROBE("kmem_cache_alloc_node"),
	PROBE("kmem_cache_alloc_node_noprof"),
	PROBE("kmem_cache_alloc_node_trace"),
	PROBE("kvmalloc_node"),
	PROBE("__kvmalloc_node_noprof"),
	PROBE("__alloc_percpu"),
	PROBE("pcpu_alloc_noprof"),
	STEP("ftrace_set_filter"),
	STEP("ftrace_set_filter_ip"),
	STEP("register_ftrace_function"),
	STEP("register_kprobe"),
	STEP("vm_mmap"),
	STEP("debugfs_create_dir"),
	STEP("debugfs_create_file"),
	STEP("debugfs_create_file_full"),
	STEP("mmu_notifier_register"),
	STEP("__mmu_notifier_register"),
	STEP("mmu_notifier_get_locked"),
	STEP("mmu_interval_notifier_insert"),
	STEP("mmu_interval_notifier_insert_locked"),
};

static long arm(unsigned long which, bool step)
{
	long ret = 0;

	mutex_lock(&arm_lock);
	if (armed) {
		ret = -EBUSY;
	} else {
		memset(&result, 0, sizeof(result));
		nth = which;
		steps = step;
		WRITE_ONCE(armed, current);
	}
	mutex_unlock(&arm_lock);
	return ret;
}

static long disarm(void __user *to)
{
	long ret = 0;

	mutex_lock(&arm_lock);
	if (armed != current)
		ret = -EINVAL;
	else
		WRITE_ONCE(armed, NULL);
	if (!ret && copy_to_user(to, &result, sizeof(result)))
		ret = -EFAULT;
	mutex_unlock(&arm_lock);
	return ret;
}

static long faults_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	switch (cmd) {
	case FAULTS_IOC_ARM:
		return arm(arg, false);
	case FAULTS_IOC_ARM_STEP:
		return arm(arg, true);
	case FAULTS_IOC_DISARM:
		return disarm((void __user *)arg);
	default:
		return -ENOTTY;
	}
}

/* Disarms a task that exits while armed, because its file is closed. */
static int faults_release(struct inode *inode, struct file *file)
{
	mutex_lock(&arm_lock);
	if (armed == current)
		WRITE_ONCE(armed, NULL);
	mutex_unlock(&arm_lock);
	return 0;
}

static const struct file_operations faults_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = faults_ioctl,
	.release = faults_release,
};

static struct miscdevice faults_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "mmn_faults",
	.fops = &faults_fops,
	.mode = 0600,
};

static void remove_probes(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (probes[i].there)
			unregister_kprobe(&probes[i].kp);
}

/*
 * ftrace carries a kprobe on its own call, which is the first instruction of a function. The
 * unwinder of RHEL 8 does not pass the trampoline that is on the stack then, so such a kprobe
 * is replaced by one on the next instruction. Nothing is pushed there yet, either.
 */
static bool add_probe(struct probe *p)
{
	kprobe_opcode_t *addr;

	p->kp.symbol_name = p->name;
	if (register_kprobe(&p->kp))
		return false;
	if (!kprobe_ftrace(&p->kp))
		return true;
	addr = p->kp.addr;
	unregister_kprobe(&p->kp);
	p->kp.flags = 0;
	p->kp.symbol_name = NULL;
	p->kp.addr = addr + MCOUNT_INSN_SIZE;
	return !register_kprobe(&p->kp);
}

static int __init mmn_faults_init(void)
{
	unsigned int i, n = 0;
	int ret;

	for (i = 0; i < ARRAY_SIZE(probes); i++) {
		probes[i].there = add_probe(&probes[i]);
		n += probes[i].there;
	}
	ret = misc_register(&faults_misc);
	if (ret)
		remove_probes();
	else
		pr_info("mmn_faults: %u functions\n", n);
	return ret;
}
module_init(mmn_faults_init);

static void __exit mmn_faults_exit(void)
{
	misc_deregister(&faults_misc);
	remove_probes();
}
module_exit(mmn_faults_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Makes allocations and steps fail, for tests");
MODULE_LICENSE("GPL");
