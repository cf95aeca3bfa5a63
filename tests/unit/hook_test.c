// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * hook: when a backend is attached and detached, what surrounds it in which order, and that
 * the module stays if the kernel cannot detach it. Each step runs under hook_lock.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/errno.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/printk.h>
#include <linux/seq_file.h>
#include <linux/workqueue.h>

#include <mmnotify/mmnotify_types.h>

#include "hook/hook.h"
#include "stack/unwind.h"
#include "tap.h"
#include "verdict/event.h"

struct work_struct *shim_scheduled;
unsigned long shim_delay;
int shim_mutexes_held;

static unsigned int locks;

void shim_preempt(int before)
{
	locks += before == 2;
}

bool shim_unlocked;
bool mmn_unwind_enabled;

static char steps[100], logged[1000];
static bool recheck, hooked, watched, stuck;
static int attach_result, detach_result, references;
static jmp_buf hang;

/* One letter for each call, in upper case if the lock is not held. */
static void step(char what)
{
	size_t len = strlen(steps);

	steps[len] = shim_mutexes_held == 1 ? what : what - 'a' + 'A';
	steps[len + 1] = '\0';
}

/* Were these the steps since the last call? */
static bool did(const char *what)
{
	bool same = !strcmp(steps, what) && !shim_unlocked && !shim_mutexes_held;

	if (!same)
		printf("# %s, not %s; locks %d, unlocked %d\n", steps, what, shim_mutexes_held,
		       shim_unlocked);
	steps[0] = '\0';
	return same;
}

void shim_log(const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vsnprintf(logged, sizeof(logged), fmt, args);
	va_end(args);
}

void mmn_verdict_set_recheck(bool on)
{
	recheck = on;
	step('r');
}

void mmn_verdict_set_hooked(bool on)
{
	hooked = on;
	step(on ? 'h' : 'u');
}

bool mmn_verdict_is_watched(void)
{
	return watched;
}

void mmn_event_reset(void)
{
	step('c');
}

unsigned int mmn_event_live(void)
{
	return 5;
}

unsigned int mmn_event_full(void)
{
	return 6;
}

const char *mmn_trust_name(void)
{
	return "tested";
}

void mmn_stats_show_hook(struct seq_file *m)
{
	seq_puts(m, "counters\n");
}

void __module_get(struct module *mod)
{
	references++;
}

void schedule_timeout_idle(unsigned long timeout)
{
	step('s');
	longjmp(hang, 1);
}

static int attach(void)
{
	step('a');
	return attach_result;
}

static int detach(void)
{
	step('d');
	return detach_result;
}

static bool is_stuck(void)
{
	step('k');
	return stuck;
}

static const struct mmn_hook_backend ftrace = {
	.name = "first", .caps = MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_FTRACE,
	.attach = attach, .detach = detach, .is_stuck = is_stuck,
};

static const struct mmn_hook_backend kprobe = {
	.name = "second", .caps = MMNOTIFY_CAP_HOOK, .unreliable = true,
	.attach = attach, .detach = detach,
};

static const struct mmn_hook_backend plain = {
	.name = "third", .attach = attach, .detach = detach,
};

static bool scheduled_in(unsigned long delay)
{
	return shim_scheduled && shim_delay == delay;
}

static void run_scheduled(void)
{
	struct work_struct *work = shim_scheduled;

	shim_scheduled = NULL;
	work->func(work);
}

static bool shows(const char *line)
{
	static struct seq_file m;

	m.len = 0;
	mmn_hook_show(&m);
	steps[0] = '\0';
	return strstr(m.text, line) && !shim_mutexes_held && !shim_unlocked;
}

/* Detaches the hook, and sets @backend. */
static void begin(const struct mmn_hook_backend *backend)
{
	mmn_hook_init(backend);
	steps[0] = '\0';
	logged[0] = '\0';
	references = 0;
}

/* While load tries the backends, a failure to attach is not logged. */
static void test_load(void)
{
	ok(mmn_hook_for_clients, "clients use the hook, until load finds that they need none");
	begin(&ftrace);
	ok(!mmn_hook_is_attached() && !mmn_hook_caps(), "no hook is attached at first");
	attach_result = -ENOENT;
	mmn_hook_get();
	ok(did("rhaud") && !mmn_hook_is_attached() && !mmn_hook_caps() && !logged[0],
	   "a failure to attach leaves no callback looking for records, and no log line");
	ok(!shim_scheduled, "no work item is scheduled for it");
	ok(shows("attach_error -2\n") && shows("users 1\n") && shows("attached 0\n"),
	   "debugfs shows the error and the user");
	mmn_hook_put();
	attach_result = 0;
	ok(did("") && scheduled_in(HZ), "without a hook no backend is asked whether it is stuck");
	run_scheduled();
	ok(did("") && !shim_scheduled, "without a hook none is detached");
	mmn_hook_choose();
	attach_result = -ENOENT;
	mmn_hook_get();
	ok(did("rhaud") && strstr(logged, "first hook (-2)"),
	   "after the choice of the backend the log has its name and the error");
	attach_result = 0;
	mmn_hook_get();
	ok(did("rha") && mmn_hook_is_attached(), "the next user tries again");
	ok(shows("attach_error 0\n") && shows("users 2\n"), "and debugfs has no error any more");
	mmn_hook_put();
	ok(did("k") && scheduled_in(30 * HZ), "the hook stays while there is a user");
	mmn_hook_put();
	ok(did("k") && scheduled_in(HZ), "it stays for a second after the last one");
	run_scheduled();
	ok(did("udc") && !mmn_hook_is_attached() && !shim_scheduled,
	   "then no callback looks for records, it is detached, and the records are cleared");
}

static void test_users(void)
{
	begin(&ftrace);
	mmn_hook_get();
	ok(did("rha") && !recheck && mmn_hook_caps() == ftrace.caps && scheduled_in(30 * HZ),
	   "the first user attaches the hook; a reliable backend needs no confirmation");
	mmn_hook_get();
	ok(did(""), "the second user changes nothing");
	run_scheduled();
	ok(did("k") && scheduled_in(30 * HZ), "the backend is checked every 30 seconds");
	mmn_hook_put();
	mmn_hook_put();
	did("kk");
	mmn_hook_get();
	run_scheduled();
	ok(did("k") && mmn_hook_is_attached() && scheduled_in(30 * HZ),
	   "a user that comes within the second keeps the hook");
	mmn_hook_put();
	did("k");
	mmn_hook_init(&kprobe);
	ok(did("udc") && !shim_scheduled, "another backend replaces it at once");
	mmn_hook_get();
	ok(did("rha") && recheck && mmn_hook_caps() == MMNOTIFY_CAP_HOOK && !shim_scheduled,
	   "the stack confirms the records of an unreliable backend, which cannot get stuck");
	mmn_hook_put();
	run_scheduled();
	ok(did("udc") && !shim_scheduled, "and which is not checked");
	begin(&plain);
	mmn_hook_get();
	ok(did("rua") && mmn_hook_is_attached() && !mmn_hook_caps() && !shim_scheduled,
	   "with a backend without a hook no callback looks for records");
	mmn_hook_put();
	run_scheduled();
	did("udc");
}

static void test_show(void)
{
	begin(&ftrace);
	mmn_hook_for_clients = true;
	ok(shows("backend first\nattached 0\nclients hook\nusers 0\nattach_error 0\nstuck 0\n"),
	   "debugfs shows the state of the hook");
	ok(shows("kernel tested\nstack_walks no\nwatched 0\nrecords_live 5\ntable_full 6\n") &&
	   shows("table_full 6\ncounters\n"),
	   "and that of the rooms that depend on it");
	mmn_hook_for_clients = false;
	mmn_unwind_enabled = true;
	watched = true;
	ok(shows("clients steps\n") && shows("stack_walks allowed\nwatched 1\n"),
	   "each of them in both states");
}

static void test_read(void)
{
	struct mmn_hook_state s;
	unsigned int taken;

	begin(&ftrace);
	mmn_hook_for_clients = true;
	attach_result = -ENOENT;
	mmn_hook_get();
	mmn_hook_read(&s);
	ok(!strcmp(s.backend, "first") && !s.attached && s.for_clients && s.users == 1 &&
	   s.attach_error == -ENOENT && !s.stuck, "a reader gets the state of the hook");
	attach_result = 0;
	mmn_hook_for_clients = false;
	mmn_hook_get();
	did("rhaudrha");
	taken = locks;
	mmn_hook_read(&s);
	ok(did("") && s.attached && !s.for_clients && s.users == 2 && !s.attach_error && !s.stuck &&
	   locks == taken, "without a lock, or a look at the backend");
	mmn_hook_put();
	mmn_hook_put();
}

static void test_exit(void)
{
	begin(&ftrace);
	mmn_hook_get();
	mmn_hook_put();
	steps[0] = '\0';
	mmn_hook_exit();
	ok(did("udc") && !shim_scheduled && !mmn_hook_is_attached(),
	   "exit detaches the hook without the delay, and leaves no work item");
	mmn_hook_exit();
	ok(did(""), "exit without a hook detaches none");
}

/* ---- a hook that the kernel cannot detach ---- */

static void find_at_put(void)
{
	stuck = true;
	mmn_hook_put();
}

static void find_at_check(void)
{
	stuck = true;
	run_scheduled();
}

static void find_at_show(void)
{
	stuck = true;
	shows("");
}

static void find_at_detach(void)
{
	detach_result = -ENODEV;
	mmn_hook_put();
	run_scheduled();
}

static bool is_pinned(void)
{
	return references == 1 && strstr(logged, "cannot be unloaded") &&
	       mmn_hook_is_attached() && hooked && shows("stuck 1\n") && references == 1;
}

/* It is neither checked nor detached again, and the lock is free while exit waits. */
static bool is_left_alone(void)
{
	steps[0] = '\0';
	if (shim_scheduled)
		run_scheduled();
	mmn_hook_init(&ftrace);
	if (!did("") || shim_scheduled)
		return false;
	if (!setjmp(hang)) {
		mmn_hook_exit();
		return false;
	}
	return did("S") && mmn_hook_is_attached();
}

static bool is_one(pid_t child)
{
	int status;

	waitpid(child, &status, 0);
	return WIFEXITED(status) && WEXITSTATUS(status) == 1;
}

/* The module stays pinned, so a child process finds it out. */
static bool pins(void (*find)(void))
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		begin(&ftrace);
		mmn_hook_get();
		find();
		exit(is_pinned() && is_left_alone());
	}
	return is_one(child);
}

/* A part of the hook was attached when it failed, and cannot be detached. */
static bool pins_part(void)
{
	pid_t child;

	fflush(stdout);
	child = fork();
	if (!child) {
		begin(&ftrace);
		attach_result = -ENODEV;
		detach_result = -ENODEV;
		mmn_hook_get();
		exit(did("rhaud") && references == 1 && !mmn_hook_is_attached() && !hooked &&
		     shows("attached 0\n") && shows("stuck 1\n"));
	}
	return is_one(child);
}

static void test_stuck(void)
{
	ok(pins(find_at_put), "a hook that is stuck when a user goes pins the module");
	ok(pins(find_at_check), "as does one that is stuck at a check");
	ok(pins(find_at_show), "as does one that is stuck when debugfs is read");
	ok(pins(find_at_detach), "as does one that cannot be detached");
	ok(pins_part(), "or of which a part stays when it cannot be attached");
}

int main(void)
{
	test_load();
	test_users();
	test_show();
	test_read();
	test_exit();
	test_stuck();
	return tap_done();
}
