// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * probes: times the callbacks of drivers. The overview is in probes.h.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/atomic.h>
#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/irq_work.h>
#include <linux/kallsyms.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/ptrace.h>
#include <linux/sched/mm.h>
#include <linux/slab.h>
#include <linux/static_key.h>
#include <linux/string.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify.h>

#include "compat/compat.h"
#include "compat/notifiers.h"
#include "layout.h"
#include "probes.h"
#include "process.h"
#include "times.h"
#include "verdict/flight.h"
#include "verdict/verdict.h"

DEFINE_STATIC_KEY_FALSE(mmn_probes_timing);

#if MMN_LAYOUT_READABLE

#define CALLBACKS	64
#define RETURNS		8
#define WISHES		16

/* @at: the function; 0 if the place is free. */
struct callback {
	struct kprobe probe;
	unsigned long at;
	unsigned int driver;
};

static DEFINE_MUTEX(probes_lock);
static struct callback callbacks[CALLBACKS];
static struct kprobe returns[RETURNS];
static unsigned int nr_returns;
static bool timing;

/* What a probe is for: the functions of a driver, and where they return to. */
enum kind { START, FINISH, RELEASE, FLUSH, RETURN, NR_KINDS };

/*
 * What probes have seen and have no probe for; 0 if the place is free. One that is refused stays,
 * and so is not asked for again.
 */
static unsigned long wishes[NR_KINDS][WISHES];

static void grant_wishes(struct work_struct *work);
static DECLARE_WORK(grant_work, grant_wishes);

static void schedule_grant(struct irq_work *work)
{
	schedule_work(&grant_work);
}

/* A probe may run where no work item can be queued. */
static struct irq_work wish_work;

static void wish(enum kind kind, unsigned long at)
{
	unsigned int i;

	for (i = 0; i < WISHES; i++)
		if (READ_ONCE(wishes[kind][i]) == at)
			return;
	for (i = 0; i < WISHES; i++)
		if (!cmpxchg(&wishes[kind][i], 0, at)) {
			irq_work_queue(&wish_work);
			return;
		}
}

static bool is_own(unsigned long at)
{
	return within_module(at, THIS_MODULE);
}

static struct callback *callback_find(unsigned long at)
{
	unsigned int i;

	for (i = 0; i < CALLBACKS; i++)
		if (READ_ONCE(callbacks[i].at) == at)
			return &callbacks[i];
	return NULL;
}

/* ---- probes ---- */

static bool is_return(unsigned long at)
{
	unsigned int i, nr = READ_ONCE(nr_returns);

	for (i = 0; i < nr; i++)
		if ((unsigned long)READ_ONCE(returns[i].addr) == at)
			return true;
	return false;
}

/* Return: false if the return would be missed. */
static bool returns_to_probe(struct pt_regs *regs)
{
	unsigned long at = mmn_regs_return_address(regs);

	if (likely(is_return(at)))
		return true;
	wish(RETURN, at);
	return false;
}

static void called(const struct kprobe *kp, struct pt_regs *regs, struct mmn_flight *f)
{
	const struct callback *c = container_of(kp, struct callback, probe);

	mmn_flight_call(f, c->driver, mmn_caller_sp(regs));
}

/* The release of an mm is announced to each range by itself. */
static struct mmn_flight *flight_of(const struct mmu_notifier_range *range, bool returns)
{
	struct mmn_flight *f = mmn_flight_find((unsigned long)range);

	if (!f && returns && mmnotify_range_is_release(range))
		f = mmn_verdict_fly_release(range->mm, (unsigned long)range);
	return f;
}

static int mmn_probes_called(struct kprobe *kp, struct pt_regs *regs)
{
	bool returns = returns_to_probe(regs);

	called(kp, regs, flight_of((void *)mmn_regs_arg1(regs), returns));
	return 0;
}
NOKPROBE_SYMBOL(mmn_probes_called);

/*
 * The second pass is not passed the range. At the end of the mm, which has no users then, the first
 * one has closed its record.
 */
static struct mmn_flight *flight_of_second(struct pt_regs *regs, bool returns)
{
	struct mm_struct *mm = mmn_two_pass_mm_of((void *)mmn_regs_arg0(regs));
	struct mmn_flight *f = mmn_flight_around(mmn_caller_sp(regs));

	if (f && f->mm == mm)
		return f;
	if (!returns || atomic_read(&mm->mm_users))
		return NULL;
	return mmn_verdict_fly_release(mm, mmn_caller_sp(regs));
}

static int mmn_probes_called_again(struct kprobe *kp, struct pt_regs *regs)
{
	bool returns = returns_to_probe(regs);

	called(kp, regs, flight_of_second(regs, returns));
	return 0;
}
NOKPROBE_SYMBOL(mmn_probes_called_again);

/* Neither is the release of a whole mm. One that the driver asked for itself is not timed. */
static int mmn_probes_released(struct kprobe *kp, struct pt_regs *regs)
{
	unsigned long sp = mmn_caller_sp(regs);

	if (returns_to_probe(regs))
		called(kp, regs, mmn_verdict_fly_release((void *)mmn_regs_arg1(regs), sp));
	return 0;
}
NOKPROBE_SYMBOL(mmn_probes_released);

/* Inside of an event, or by the system call that runs. */
static int mmn_probes_flushed(struct kprobe *kp, struct pt_regs *regs)
{
	const struct callback *c = container_of(kp, struct callback, probe);
	unsigned long start = mmn_regs_arg(regs, 2), end = mmn_regs_arg(regs, 3);
	struct mm_struct *mm = (void *)mmn_regs_arg(regs, 1);

	mmn_times_flush(mm, c->driver, mmn_verdict_cause_now(mm, mmn_caller_sp(regs)),
			!start && end == ULONG_MAX ? MMN_TIMES_WHOLE :
						     (end - start) >> PAGE_SHIFT);
	return 0;
}
NOKPROBE_SYMBOL(mmn_probes_flushed);

static int mmn_probes_returned(struct kprobe *kp, struct pt_regs *regs)
{
	struct mmn_flight *f = mmn_flight_called(kernel_stack_pointer(regs));

	if (unlikely(!f))
		return 0;
	mmn_flight_return(f);
	if (f->verdict.event == MMNOTIFY_RELEASE)
		mmn_flight_close(f);
	return 0;
}
NOKPROBE_SYMBOL(mmn_probes_returned);

static void note(enum kind kind, void *callback)
{
	unsigned long at = (unsigned long)callback;

	if (at && !is_own(at) && !callback_find(at))
		wish(kind, at);
}

static int mmn_probes_insert(struct kprobe *kp, struct pt_regs *regs)
{
	const struct mmu_interval_notifier_ops *ops = (void *)mmn_regs_arg(regs, 4);

	note(START, mmn_two_pass_start_of(ops) ?: (void *)ops->invalidate);
	note(FINISH, mmn_two_pass_finish_of(ops));
	return 0;
}
NOKPROBE_SYMBOL(mmn_probes_insert);

static const char *const insert_names[] = {
	"mmu_interval_notifier_insert", "mmu_interval_notifier_insert_locked",
};

static struct kprobe inserts[ARRAY_SIZE(insert_names)];

/* ---- which functions ---- */

/**
 * mmn_probes_note() - the callbacks of a notifier may be called from now on
 * @ops: operations of the notifier
 *
 * Context: Any, including the hook.
 */
void mmn_probes_note(const struct mmu_notifier_ops *ops)
{
	note(START, ops->invalidate_range_start);
	note(RELEASE, ops->release);
	note(FLUSH, mmn_secondary_tlbs_of(ops));
}

static unsigned int driver_at(unsigned long at)
{
	struct mmn_driver d;

	mmn_times_split((void *)at, &d);
	return mmn_times_driver(d.symbol, d.module);
}

/* Return: false if there is no room, or no probe can be registered. */
static bool callback_attach(enum kind kind, void *callback)
{
	static const kprobe_pre_handler_t handlers[] = {
		[START] = mmn_probes_called,
		[FINISH] = mmn_probes_called_again,
		[RELEASE] = mmn_probes_released,
		[FLUSH] = mmn_probes_flushed,
	};
	unsigned long at = (unsigned long)callback;
	struct callback *c;
	int ret;

	lockdep_assert_held(&probes_lock);
	if (!at || is_own(at) || callback_find(at))
		return true;
	c = callback_find(0);
	if (!c)
		return false;
	c->driver = driver_at(at);
	c->probe = (struct kprobe){ .addr = callback, .pre_handler = handlers[kind] };
	ret = register_kprobe(&c->probe);
	if (ret)
		pr_warn_once("the callback %ps is not timed (%d)\n", callback, ret);
	else
		WRITE_ONCE(c->at, at);
	return !ret;
}

/* Those in @mod, or all if it is NULL. */
static void callbacks_detach(const struct module *mod)
{
	struct kprobe *probes[CALLBACKS];
	unsigned int i, nr = 0;

	lockdep_assert_held(&probes_lock);
	for (i = 0; i < CALLBACKS; i++)
		if (callbacks[i].at && (!mod || within_module(callbacks[i].at, mod)))
			probes[nr++] = &callbacks[i].probe;
	unregister_kprobes(probes, nr);
	while (nr--)
		WRITE_ONCE(container_of(probes[nr], struct callback, probe)->at, 0);
}

static void notifiers_attach(const struct mmn_notifiers *n)
{
	if (n->starts)
		callback_attach(START, n->callback);
	callback_attach(FINISH, n->finish);
	callback_attach(RELEASE, n->release);
	callback_attach(FLUSH, n->flush);
}

static void mm_attach(const struct mmn_process_mm *of)
{
	struct mmn_notifiers *list;
	unsigned int nr;

	list = kmalloc_array(MMN_LAYOUT_KINDS, sizeof(*list), GFP_KERNEL);
	if (!list)
		return;
	nr = mmn_layout_read(of->mm, list);
	while (nr--)
		notifiers_attach(&list[nr]);
	kfree(list);
}

/* Notifiers that are there already. */
static int attach_all(void)
{
	struct mmn_process_mm *mms;
	int nr = mmn_process_mms(&mms), i;

	for (i = 0; i < nr; i++)
		mm_attach(&mms[i]);
	if (nr >= 0)
		mmn_process_put_mms(mms, nr);
	return min(nr, 0);
}

/* A tracer's trampoline, or a driver that calls the callback itself, is no place for a probe. */
static bool may_return_to(unsigned long at)
{
	static const char *const functions[] = {
		"__mmu_notifier_invalidate_range_start", "__mmu_notifier_release",
		"mn_hlist_invalidate_range_start", "mn_hlist_release", "mn_itree_",
	};
	char symbol[KSYM_SYMBOL_LEN];
	unsigned int i;

	sprint_symbol_no_offset(symbol, at);
	for (i = 0; i < ARRAY_SIZE(functions); i++)
		if (!strncmp(symbol, functions[i], strlen(functions[i])) && !strchr(symbol, '['))
			return true;
	return false;
}

static int return_attach(unsigned long at)
{
	struct kprobe *kp = &returns[nr_returns];
	int ret;

	lockdep_assert_held(&probes_lock);
	if (is_return(at))
		return 0;
	if (nr_returns == RETURNS)
		return -ENOSPC;
	*kp = (struct kprobe){ .addr = (void *)at, .pre_handler = mmn_probes_returned };
	ret = register_kprobe(kp);
	if (!ret)
		WRITE_ONCE(nr_returns, nr_returns + 1);
	return ret;
}

static int returns_attach(void)
{
	unsigned int i;
	int ret = 0;

	for (i = 0; !ret && i < MMN_LAYOUT_RETURNS && mmn_layout_return(i); i++)
		ret = return_attach(mmn_layout_return(i));
	return ret;
}

static void returns_detach(void)
{
	while (nr_returns)
		unregister_kprobe(&returns[--nr_returns]);
}

static void inserts_detach(unsigned int nr)
{
	while (nr--)
		unregister_kprobe(&inserts[nr]);
}

static int inserts_attach(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(inserts); i++) {
		inserts[i] = (struct kprobe){ .symbol_name = insert_names[i],
					      .pre_handler = mmn_probes_insert };
		ret = register_kprobe(&inserts[i]);
		if (ret) {
			inserts_detach(i);
			return ret;
		}
	}
	return 0;
}

/* Return: false if the wish is refused. */
static bool grant(enum kind kind, unsigned long at)
{
	if (kind != RETURN)
		return callback_attach(kind, (void *)at);
	return !at || (may_return_to(at) && !return_attach(at));
}

static void grant_wishes(struct work_struct *work)
{
	unsigned int kind, i;

	mutex_lock(&probes_lock);
	for (kind = 0; timing && kind < NR_KINDS; kind++)
		for (i = 0; i < WISHES; i++)
			if (grant(kind, READ_ONCE(wishes[kind][i])))
				WRITE_ONCE(wishes[kind][i], 0);
	mutex_unlock(&probes_lock);
}

static void wishes_drop(const struct module *mod)
{
	unsigned int kind, i;

	for (kind = 0; kind < NR_KINDS; kind++)
		for (i = 0; i < WISHES; i++)
			if (within_module(READ_ONCE(wishes[kind][i]), mod))
				WRITE_ONCE(wishes[kind][i], 0);
}

/* The functions of a module that is unloaded, before its text is freed and its place taken. */
static int module_event(struct notifier_block *nb, unsigned long state, void *mod)
{
	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	mutex_lock(&probes_lock);
	callbacks_detach(mod);
	wishes_drop(mod);
	mutex_unlock(&probes_lock);
	return NOTIFY_OK;
}

static struct notifier_block block = { .notifier_call = module_event };

static int attach(void)
{
	int ret = returns_attach();

	/* A task that was preempted in the hook when timing ended may have left one. */
	memset(wishes, 0, sizeof(wishes));
	if (!ret)
		ret = inserts_attach();
	if (ret) {
		returns_detach();
		return ret;
	}
	timing = true;
	static_branch_enable(&mmn_probes_timing);
	return attach_all();
}

/* The returns last: they end what the others have begun. */
static void detach(void)
{
	static_branch_disable(&mmn_probes_timing);
	timing = false;
	inserts_detach(ARRAY_SIZE(inserts));
	callbacks_detach(NULL);
	returns_detach();
}

/**
 * mmn_probes_init() - begin to notice that modules are unloaded
 *
 * At load, as registering waits for notifiers that run. The unload of a module whose notifier hangs
 * would keep timing, and all that waits for it, from beginning.
 *
 * Context: Process, may sleep.
 * Return: 0 or an errno.
 */
int mmn_probes_init(void)
{
	init_irq_work(&wish_work, schedule_grant);
	return register_module_notifier(&block);
}

/**
 * mmn_probes_start() - begin to time callbacks
 *
 * Context: Process, may sleep; while events are watched. The caller serialises calls.
 * Return: 0 or an errno: nothing is timed then.
 */
int mmn_probes_start(void)
{
	int ret;

	if (mmn_layout_missing())
		return -EOPNOTSUPP;
	mutex_lock(&probes_lock);
	ret = attach();
	if (ret && timing)
		detach();
	mutex_unlock(&probes_lock);
	return ret;
}

/**
 * mmn_probes_stop() - callbacks are not timed any more
 *
 * A callback that runs is not waited for.
 *
 * Context: Process, may sleep; after mmn_probes_start(). The caller serialises calls.
 */
void mmn_probes_stop(void)
{
	mutex_lock(&probes_lock);
	detach();
	mutex_unlock(&probes_lock);
	irq_work_sync(&wish_work);
	cancel_work_sync(&grant_work);
}

/**
 * mmn_probes_exit() - no probe is asked for any more
 *
 * A task that was preempted in the hook while timing ended may still have asked for one.
 *
 * Context: Process, may sleep; after mmn_hook_exit().
 */
void mmn_probes_exit(void)
{
	unregister_module_notifier(&block);
	irq_work_sync(&wish_work);
	cancel_work_sync(&grant_work);
}

#else

int mmn_probes_init(void)
{
	return 0;
}

int mmn_probes_start(void)
{
	return -EOPNOTSUPP;
}

void mmn_probes_stop(void)
{
}

void mmn_probes_note(const struct mmu_notifier_ops *ops)
{
}

void mmn_probes_exit(void)
{
}

#endif /* MMN_LAYOUT_READABLE */
