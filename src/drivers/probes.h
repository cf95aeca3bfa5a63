/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_PROBES_H
#define MMN_PROBES_H

#include <linux/mmu_notifier.h>
#include <linux/static_key.h>
#include <linux/types.h>

/**
 * DOC: Timing the callbacks of drivers
 *
 * While timing is on, a kprobe at the entry of each driver's callback notes the driver and the time
 * in the record of the event in flight (verdict/flight.h), which has the process and the cause. A
 * kprobe behind the kernel's call, where the callback returns to, adds the time to the driver's
 * line (times.h). No return address is replaced, as kretprobes do it: a driver that classifies in
 * its callback still finds its call site and frames on the stack.
 *
 * **Which call returns?** Task and stack pointer tell: the kernel's function has the same stack
 * pointer at each of its calls as behind it, and the record is of the running task. So a callback
 * may sleep, and move to another CPU. A return that is missed, as probes may miss hits, loses
 * one time, which is counted, and nothing is added to another driver.
 *
 * **Which functions?** The notifiers of all mms are read when timing begins (layout.h). Later ones
 * are seen when they are registered. Where callbacks return to is known from the proof of the
 * layout; other such addresses are learnt from the first callback that returns there, unless they
 * are not the kernel's: a tracer's trampoline, or a driver that calls the callback itself. Probes
 * are registered in process context, never in a probe: the first calls of a driver that comes while
 * timing is on may be missed.
 *
 * **Locking.** probes_lock guards the callbacks. It is taken inside watch_lock. The locks of
 * kprobes are taken inside. The module notifier, which takes it, is registered at load.
 *
 * **Release.** The end of an mm is no event with an end of its own. Its callbacks get a record
 * while they run. So one that hangs is in flight, too.
 *
 * **Secondary TLBs.** A device that uses the page tables of the process caches translations.
 * Its driver is told of each flush, with a range or for the whole address space. Flushes are
 * counted at the entry of that callback, and not timed.
 *
 * mmnotify's own callbacks have no probe. Clients are timed where mmnotify calls them
 * (client/client.c), by their names.
 */

/* True while callbacks are timed. */
DECLARE_STATIC_KEY_FALSE(mmn_probes_timing);

int mmn_probes_init(void);
int mmn_probes_start(void);
void mmn_probes_stop(void);
void mmn_probes_exit(void);
void mmn_probes_note(const struct mmu_notifier_ops *ops);

/**
 * mmn_probes_register() - a notifier is registered
 * @mn: the notifier; NULL if the mm is set up for ranges
 *
 * Context: Any, including the hook.
 */
static inline void mmn_probes_register(const struct mmu_notifier *mn)
{
	if (static_branch_unlikely(&mmn_probes_timing) && mn)
		mmn_probes_note(mn->ops);
}

#endif /* MMN_PROBES_H */
