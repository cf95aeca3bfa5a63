// SPDX-License-Identifier: GPL-2.0-only
/*
 * ftrace: the hook is on two functions and no other, in the order that loses no end, and no part
 * of it stays if a step fails.
 */
#include <errno.h>
#include <string.h>

#include <linux/ftrace.h>
#include <linux/kprobes.h>

#include <mmnotify/mmnotify_types.h>

#include "backend.h"
#include "hook/backends.h"
#include "tap.h"

#define START_IP	0x5000UL
#define FINISH_IP	0x6000UL

/* What is hooked; with the address 0 it is each function of the kernel. */
static struct hooked {
	struct ftrace_ops *ops;
	unsigned long ip;
	bool registered;
} hooked[2];
static int probes;

/* The number of the call that fails; 0 if none does. */
static int fails;
static bool disabled;

static int result(void)
{
	return fails && !--fails ? -EBUSY : 0;
}

int register_kprobe(struct kprobe *kp)
{
	if (result() || kp->flags != KPROBE_FLAG_DISABLED)
		return -EINVAL;
	kp->addr = (void *)(strcmp(kp->symbol_name, START) ? FINISH_IP : START_IP);
	probes++;
	return 0;
}

void unregister_kprobe(struct kprobe *kp)
{
	probes--;
}

static struct hooked *of(struct ftrace_ops *ops)
{
	struct hooked *h = hooked[0].ops == ops || !hooked[0].ops ? &hooked[0] : &hooked[1];

	h->ops = ops;
	return h;
}

static const char *name_of(const struct hooked *h)
{
	return h->ip == START_IP ? START : FINISH;
}

int ftrace_set_filter(struct ftrace_ops *ops, unsigned char *buf, int len, int reset)
{
	if (disabled)
		return -ENODEV;
	step(name_of(of(ops)), 'd');
	of(ops)->ip = 0;
	return 0;
}

int ftrace_set_filter_ip(struct ftrace_ops *ops, unsigned long ip, int remove, int reset)
{
	if (result())
		return -EBUSY;
	of(ops)->ip = ip;
	step(name_of(of(ops)), 'f');
	return 0;
}

int register_ftrace_function(struct ftrace_ops *ops)
{
	if (result())
		return -EBUSY;
	step(of(ops)->ip ? name_of(of(ops)) : "all", 'r');
	of(ops)->registered = true;
	return 0;
}

int unregister_ftrace_function(struct ftrace_ops *ops)
{
	if (result())
		return -EBUSY;
	step(name_of(of(ops)), 'u');
	of(ops)->registered = false;
	return 0;
}

/* The kernel calls the function at @ip. */
static void call(unsigned long ip)
{
	struct pt_regs regs = regs_of_call();
	unsigned int i;

	for (i = 0; i < 2; i++)
		if (hooked[i].registered && hooked[i].ip == ip)
			hooked[i].ops->func(ip, SITE, hooked[i].ops, (struct ftrace_regs *)&regs);
}

static bool is_idle(void)
{
	return !probes && !hooked[0].registered && !hooked[1].registered && !hooked[0].ip &&
	       !hooked[1].ip;
}

static void test_attach(void)
{
	ok(!mmn_hook_ftrace.attach() && did("ef er sf sr ") && !probes,
	   "the end is attached before the start");
	call(START_IP);
	call(START_IP);
	call(FINISH_IP);
	ok(saw(2, 1), "each call is recorded and counted");
	ok(!mmn_hook_ftrace.detach() && did("su sd eu ed ") && is_idle(),
	   "the end is detached after the start, and no filter stays");
	ok(!strcmp(mmn_hook_ftrace.name, "ftrace") && !mmn_hook_ftrace.unreliable &&
	   mmn_hook_ftrace.caps == (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_FTRACE),
	   "it is reliable");
}

/* Return: does attach() fail, and leave nothing, if its call @nr of the kernel does? */
static bool fails_at(int nr)
{
	bool failed;

	fails = nr;
	failed = mmn_hook_ftrace.attach() < 0;
	fails = 0;
	steps[0] = '\0';
	return failed && is_idle();
}

static void test_failures(void)
{
	ok(fails_at(1), "nothing stays if the end function is not there");
	ok(fails_at(2), "or has no place for ftrace");
	ok(fails_at(3), "or cannot be hooked");
	ok(fails_at(4) && fails_at(5) && fails_at(6), "nor if the start function has the fault");
	mmn_hook_ftrace.attach();
	fails = 1;
	ok(mmn_hook_ftrace.detach() < 0 && hooked[0].registered && hooked[1].registered &&
	   hooked[0].ip && hooked[1].ip, "a hook that cannot be detached keeps both filters");
	fails = 2;
	ok(mmn_hook_ftrace.detach() < 0 && !strcmp(steps, "ef er sf sr su sd "),
	   "the failure of the end is returned, too");
}

static void test_stuck(void)
{
	ok(!mmn_hook_ftrace.is_stuck(), "ftrace can detach the hook");
	disabled = true;
	ok(mmn_hook_ftrace.is_stuck(), "unless it was disabled for good");
}

int main(void)
{
	test_attach();
	test_failures();
	test_stuck();
	return tap_done();
}
