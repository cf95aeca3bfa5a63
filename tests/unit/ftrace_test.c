// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ftrace: the hook is on four functions and no other, in the order that loses no end, and no part
 * of it stays if a step fails.
 */
#include <errno.h>
#include <string.h>

#include <linux/ftrace.h>
#include <linux/kprobes.h>

#include <mmnotify/mmnotify_types.h>

#include "backend.h"
#include "hook/backends.h"
#include "log.h"
#include "tap.h"

#define IP	0x1000UL

/* The functions that are hooked; the first one is at IP, the next at 2 * IP. */
static const char *const names[NR_HOOKED] = { START, FINISH, RELEASE, REGISTER };

/*
 * What is hooked; with the address 0 it is each function of the kernel. The last one is that of
 * is_stuck().
 */
static struct hooked {
	struct ftrace_ops *ops;
	unsigned long ip;
	bool registered;
} hooked[NR_HOOKED + 1];
static int probes;

/* The number of the call that fails; 0 if none does. */
static int fails;
static bool disabled;

static unsigned long ip_of(const char *symbol)
{
	unsigned int i = 0;

	while (i < NR_HOOKED && strcmp(names[i], symbol))
		i++;
	return (i + 1) * IP;
}

static int result(void)
{
	return fails && !--fails ? -EBUSY : 0;
}

int register_kprobe(struct kprobe *kp)
{
	if (result() || kp->flags != KPROBE_FLAG_DISABLED)
		return -EINVAL;
	kp->addr = (void *)ip_of(kp->symbol_name);
	probes++;
	return 0;
}

void unregister_kprobe(struct kprobe *kp)
{
	probes--;
}

static struct hooked *of(struct ftrace_ops *ops)
{
	struct hooked *h = hooked;

	while (h->ops && h->ops != ops)
		h++;
	h->ops = ops;
	return h;
}

static const char *name_of(const struct hooked *h)
{
	return h->ip ? names[h->ip / IP - 1] : "";
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

/* The kernel calls the function. Return: 0: a callback of ftrace cannot skip it. */
static int call(const char *symbol)
{
	struct pt_regs regs = regs_of_call(symbol);
	unsigned long ip = ip_of(symbol);
	unsigned int i;

	for (i = 0; i < NR_HOOKED; i++)
		if (hooked[i].registered && hooked[i].ip == ip)
			hooked[i].ops->func(ip, SITE, hooked[i].ops, (struct ftrace_regs *)&regs);
	return 0;
}

static bool is_idle(void)
{
	unsigned int i, nr = probes;

	for (i = 0; i < NR_HOOKED; i++)
		nr += hooked[i].registered || hooked[i].ip;
	return !nr;
}

static void test_attach(void)
{
	ok(!mmn_hook_ftrace.attach() && did("ef er xf xr nf nr sf sr ") && !probes,
	   "the end is attached first, the start last");
	call(START);
	call(START);
	call(FINISH);
	ok(saw(2, 1), "each call is recorded and counted");
	test_observers(call);
	ok(!mmn_hook_ftrace.detach() && did("su sd nu nd xu xd eu ed ") && is_idle(),
	   "the end is detached last, the start first, and no filter stays");
	ok(!strcmp(mmn_hook_ftrace.name, "ftrace") && !mmn_hook_ftrace.unreliable &&
	   mmn_hook_ftrace.caps == (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_FTRACE),
	   "it is reliable");
}

static unsigned int nr_hooked(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR_HOOKED; i++)
		nr += hooked[i].registered && hooked[i].ip;
	return nr;
}

/*
 * Call @nr of the kernel fails. Return: the number of functions that are hooked; -1 if attach()
 * fails. Nothing is left afterwards.
 */
static int hooks_at(int nr)
{
	int ret;

	fails = nr;
	ret = mmn_hook_ftrace.attach() < 0 ? -1 : (int)nr_hooked();
	fails = 0;
	if (mmn_hook_ftrace.detach() || !is_idle())
		ret = -2;
	steps[0] = '\0';
	return ret;
}

static void test_failures(void)
{
	int nr;

	ok(hooks_at(1) == -1, "nothing stays if the end function is not there");
	ok(hooks_at(2) == -1, "or has no place for ftrace");
	ok(hooks_at(3) == -1, "or cannot be hooked");
	for (nr = 4; nr <= 9; nr++)
		ok(hooks_at(nr) == NR_HOOKED - 1 && strstr(logged, "may be missing"),
		   "step %d is for observers only: the others stay", nr);
	for (; nr <= 12; nr++)
		ok(hooks_at(nr) == -1, "nothing stays if step %d of attaching fails", nr);
	ok(hooks_at(nr) == NR_HOOKED, "which are all");
	mmn_hook_ftrace.attach();
	fails = 1;
	ok(mmn_hook_ftrace.detach() < 0 && nr_hooked() == NR_HOOKED,
	   "a hook that cannot be detached keeps all filters");
	steps[0] = '\0';
	fails = NR_HOOKED;
	ok(mmn_hook_ftrace.detach() < 0 && did("su sd nu nd xu xd ") && nr_hooked() == 1,
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
