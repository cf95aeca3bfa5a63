// SPDX-License-Identifier: GPL-2.0-only
/*
 * mmn_planted: one bug of each kind that the debug kernels are there to find, on
 * purpose. A detector that does not find its bug would not find ours.
 * Load it with bug=NAME; never on a machine that somebody needs.
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
MODULE_PARM_DESC(bug, "bounds, freed, leak, shift, atomic, rcu, lock, nonblock, race or hung; slab, vmalloc or percpu: a leak of kb");

static unsigned int kb;
module_param(kb, uint, 0444);
MODULE_PARM_DESC(kb, "kilobytes to lose");

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
	 * Many, and without the pointers that free objects hold: the last ones are still
	 * seen in a register and, on 7.x, in the sheaf that they came from.
	 */
	for (i = 0; i < 512; i++)
		if (!kzalloc(96, GFP_KERNEL))
			return -ENOMEM;
	return 0;
}

/* The same by the kilobyte, for who counts what is left. */
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

/* Of all CPUs together. */
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

	/* Neither compiler nor sparse may see it coming. */
	OPTIMIZER_HIDE_VAR(by);
	return (1 << by) == 7 ? -EINVAL : 0;
}

/* ---- locks ---- */

static DEFINE_MUTEX(first);
static DEFINE_MUTEX(second);
static void __rcu *guarded;

static int plant_atomic(void)
{
	/* A spinlock would not do: with PREEMPT_RT who has one may sleep. */
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

/* The hung task detector is set to a few seconds by who loads this. */
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
	pr_err("bug=%s is none of ours: see modinfo\n", bug);
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
