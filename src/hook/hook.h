/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_HOOK_H
#define MMN_HOOK_H

#include <linux/types.h>

struct seq_file;

/**
 * DOC: Recording call sites at the kernel's notifier functions
 *
 * The hook runs at the entry of __mmu_notifier_invalidate_range_start() and
 * __mmu_notifier_invalidate_range_end(). It records which call site announced an event
 * (verdict/event.h). For observers it also runs at the entry of __mmu_notifier_register() and
 * __mmu_notifier_release(), to know whose mm it is (process.h). It never changes an argument, and
 * never calls a driver. Correctness does not depend on it: an event that it misses is classified
 * from the stack, or is not exact.
 *
 * **Users.** The hook costs time in every mm that has a notifier, so it is only attached
 * for users, which mmn_hook_get() counts. These are:
 *
 * - observers (watch.c): enabled tracepoints, and watch=1;
 * - clients, only if mmn_hook_for_clients is true: hook= is not auto, or callbacks cannot
 *   find the call site by frame steps on this kernel;
 * - the self-test at load (selftest.c), which has to prove a backend before it is used.
 *
 * **Backends**, in the order in which hook=auto tries them: ftrace (ftrace.c), kprobe
 * (kprobe.c), stack and none (both none.c, without a hook). A kprobe may miss a hit, so the
 * stack has to confirm its records. With stack, callbacks walk the stack, and observers see
 * nothing; with none, no verdict is exact but that of a release.
 *
 * **Data flow.** Fast path: backend -> entry.h -> counter -> record, inlined. If observers
 * exist, the event is also classified, counted and traced, and is in flight until its end
 * (verdict/flight.c). A symbol that is not in the address cache yet is resolved for that, as in
 * a callback, so the first event of a call site is traced as later ones are.
 *
 * **Locking.** The hook itself takes neither of the two locks:
 *
 * - watch_lock (watch.c, mutex) guards the decision of whether the hook has an observer.
 *   It is taken before hook_lock. It is never held in the callbacks of tracepoints, which
 *   run under tracepoints_mutex: they queue a work item.
 * - hook_lock (hook.c, mutex) guards the backend, the number of users and the state of
 *   attachment. The locks of ftrace and kprobes are taken inside it. So it must not be
 *   taken under a lock of tracing, nor under mmap_lock. mmn_hook_read() does without it.
 *
 * **Ordering.** The end is attached first and detached last, and the start the other way round, so
 * that the end of each recorded event is seen. Callbacks look for records from before the hook is
 * attached until right before it is detached (mmn_verdict_set_hooked()). Events in flight
 * at a change have no record, or lose it: their callbacks fall back to the stack.
 * mmn_hook_caps() takes no lock, so its result may be outdated.
 *
 * **Detaching may fail.** After ftrace_kill() the trampolines remain. The hook goes on, and
 * the module pins itself. A work item checks for this every 30 seconds.
 *
 * **Context.** mmn_hook_start() and mmn_hook_end() run in the task that invalidates, and
 * must not sleep or allocate. All other functions run in process context
 * and may sleep, except mmn_hook_caps() and mmn_hook_is_attached().
 */

/**
 * struct mmn_hook_backend - a way to hook the kernel's notifier functions
 * @name: name for the log and for debugfs
 * @caps: mask of MMNOTIFY_CAP_* that are available while the backend is attached
 * @unreliable: true if it may miss events, so that the stack has to confirm each record
 * @attach: attach mmn_hook_start() and mmn_hook_end(). Return: 0 or an errno, after which a part
 *	may be attached
 * @detach: detach what is attached, and wait until no call is running. Return: 0, or an errno if
 *	the kernel cannot detach it any more
 * @is_stuck: check whether @detach would fail. NULL if it cannot fail
 */
struct mmn_hook_backend {
	const char *name;
	u32 caps;
	bool unreliable;
	int (*attach)(void);
	int (*detach)(void);
	bool (*is_stuck)(void);
};

/**
 * struct mmn_hook_state - what readers see of the hook
 * @backend: name of the backend
 * @attached: true while it is attached
 * @for_clients: true if clients find the call site by it, false if they do so by steps
 * @users: observers and clients that need it
 * @attach_error: result of the last attempt to attach it, 0 or a negative errno
 * @stuck: true if the kernel cannot detach it any more
 */
struct mmn_hook_state {
	const char *backend;
	bool attached;
	bool for_clients;
	unsigned int users;
	int attach_error;
	bool stuck;
};

extern bool mmn_hook_for_clients;

void mmn_hook_init(const struct mmn_hook_backend *backend);
void mmn_hook_choose(void);
void mmn_hook_exit(void);
void mmn_hook_get(void);
void mmn_hook_put(void);
u32 mmn_hook_caps(void);
bool mmn_hook_is_attached(void);
void mmn_hook_read(struct mmn_hook_state *s);
void mmn_hook_show(struct seq_file *m);

#endif /* MMN_HOOK_H */
