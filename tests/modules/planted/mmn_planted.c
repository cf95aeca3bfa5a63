// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_planted: one deliberate bug of each kind that the debug kernels detect. A
 * detector that misses its bug here would also miss one in mmnotify.
 * Load it with bug=NAME, and only on a machine that may crash.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/kthread.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/percpu.h>
#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/sizes.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include <mmnotify/mmnotify.h>

static char *bug = "";
module_param(bug, charp, 0444);
MODULE_PARM_DESC(bug, "bug to trigger: bounds, freed, leak, shift, atomic, rcu, lock, nonblock, race or hung; slab, vmalloc or percpu leak kb");

static unsigned int kb;
module_param(kb, uint, 0444);
MODULE_PARM_DESC(kb, "kilobytes to leak");

/* ---- memory ---- */

static int plant_bounds(void)
{
	volatile char *p = kmalloc(32, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(p);
	p[32] = 1;
	kfree((void *)p);
	return 0;
}

static int plant_freed(void)
{
	volatile char *p = kmalloc(32, GFP_KERNEL);

	if (!p)
		return -ENOMEM;
	OPTIMIZER_HIDE_VAR(p);
	kfree((void *)p);
	return p[0] ? 0 : 0;
}

static int plant_leak(void)
{
	unsigned int i;

	/*
	 * kmemleak still finds the last objects in a register and, on 7.x, in the sheaf
	 * that they came from. So leak many, zeroed, without pointers to each other.
	 */
	for (i = 0; i < 512; i++)
		if (!kzalloc(96, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

/* Leaks kilobytes, for tests that compare the amount of used memory. */
static int plant_slab(void)
{
	unsigned int i;

	for (i = 0; i < kb * (SZ_1K / 64); i++)
		if (!kmalloc(64, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

static int plant_vmalloc(void)
{
	return vmalloc(kb * SZ_1K) ? 0 : -ENOMEM;
}

/* @kb is the sum over all CPUs. */
static int plant_percpu(void)
{
	unsigned int i, n = kb * (SZ_1K / 64) / num_possible_cpus();

	for (i = 0; i < n; i++)
		if (!__alloc_percpu(64, 64))
			return -ENOMEM;
	return 0;
}

static int plant_shift(void)
{
	unsigned int by = 40;

	/* Hide the constant from the compiler and sparse. */
	OPTIMIZER_HIDE_VAR(by);
	return (1 << by) == 7 ? -EINVAL : 0;
}

/* ---- locks ---- */

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static void __rcu *guarded;

static int plant_atomic(void)
{
	/* Not a spinlock: on PREEMPT_RT its holder may sleep. */
	preempt_disable();
	msleep(20);
	preempt_enable();
	return 0;
}

static int plant_rcu(void)
{
	return rcu_dereference(guarded) ? -EINVAL : 0;
}

static int plant_lock(void)
{
	mutex_lock(&first);
	mutex_lock(&second);
	mutex_unlock(&second);
	mutex_unlock(&first);
	mutex_lock(&second);
	mutex_lock(&first);
	mutex_unlock(&first);
	mutex_unlock(&second);
	return 0;
}

static int plant_nonblock(void)
{
	non_block_start();
	msleep(20);
	non_block_end();
	return 0;
}

/* ---- threads ---- */

static unsigned int shared;

static int racer(void *unused)
{
	while (!kthread_should_stop()) {
		shared++;
		cond_resched();
	}
	return 0;
}

static int plant_race(void)
{
	struct task_struct *a, *b;

	a = kthread_run(racer, NULL, "mmn_racer_a");
	b = kthread_run(racer, NULL, "mmn_racer_b");
	msleep(5000);
	if (!IS_ERR(a))
		kthread_stop(a);
	if (!IS_ERR(b))
		kthread_stop(b);
	return 0;
}

static DECLARE_COMPLETION(never);

static int sleeper(void *unused)
{
	wait_for_completion(&never);
	return 0;
}

/* The test sets the timeout of the hung task detector to a few seconds before the load. */
static int plant_hung(void)
{
	struct task_struct *t = kthread_run(sleeper, NULL, "mmn_sleeper");

	if (IS_ERR(t))
		return PTR_ERR(t);
	msleep(30000);
	complete_all(&never);
	msleep(100);
	return 0;
}

static const struct {
	const char *name;
	int (*plant)(void);
} bugs[] = {
	{ "bounds", plant_bounds },
	{ "freed", plant_freed },
	{ "leak", plant_leak },
	{ "slab", plant_slab },
	{ "vmalloc", plant_vmalloc },
	{ "percpu", plant_percpu },
	{ "shift", plant_shift },
	{ "atomic", plant_atomic },
	{ "rcu", plant_rcu },
	{ "lock", plant_lock },
	{ "nonblock", plant_nonblock },
	{ "race", plant_race },
	{ "hung", plant_hung },
};

static int __init mmn_planted_init(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(bugs); i++)
		if (!strcmp(bug, bugs[i].name))
			return bugs[i].plant();
	pr_err("unknown bug=%s: see modinfo for the names\n", bug);
	return -EINVAL;
}
module_init(mmn_planted_init);

static void __exit mmn_planted_exit(void)
{
}
module_exit(mmn_planted_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Bugs for the detectors of debug kernels");
MODULE_LICENSE("GPL");
