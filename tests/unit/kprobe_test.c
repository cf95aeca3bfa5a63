// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* kprobe: all probes, in the order that loses no end, and none if one of them fails. */
#include <errno.h>
#include <string.h>

#include <linux/kprobes.h>

#include <mmnotify/mmnotify_types.h>

#include "backend.h"
#include "hook/backends.h"
#include "log.h"
#include "tap.h"

/* The probes that are registered, and the number of the registration that fails. */
static struct kprobe *probes[NR_HOOKED];
static int fails;

int register_kprobe(struct kprobe *kp)
{
	struct kprobe **free = probes;

	while (*free)
		free++;
	if ((fails && !--fails) || kp->addr || kp->flags)
		return -EINVAL;
	step(kp->symbol_name, 'r');
	kp->addr = (kprobe_opcode_t *)kp;
	kp->flags = 4;
	*free = kp;
	return 0;
}

void unregister_kprobe(struct kprobe *kp)
{
	step(kp->symbol_name, 'u');
	for (unsigned int i = 0; i < NR_HOOKED; i++)
		if (probes[i] == kp)
			probes[i] = NULL;
}

/* The kernel calls the function. Return: what the handlers do to it. */
static int call(const char *symbol)
{
	struct pt_regs regs = regs_of_call(symbol);
	unsigned int i;
	int skips = 0;

	for (i = 0; i < NR_HOOKED; i++)
		if (probes[i] && !strcmp(probes[i]->symbol_name, symbol))
			skips |= probes[i]->pre_handler(probes[i], &regs);
	return skips;
}

static bool no_probe(void)
{
	unsigned int i, nr = 0;

	for (i = 0; i < NR_HOOKED; i++)
		nr += !!probes[i];
	return !nr;
}

static void test_attach(void)
{
	ok(!mmn_hook_kprobe.attach() && did("er xr nr sr "),
	   "the end is attached first, the start last");
	ok(!call(START) && !call(START) && !call(FINISH) && saw(2, 1),
	   "each call is recorded and counted, and goes on");
	test_observers(call);
	ok(!mmn_hook_kprobe.detach() && did("su nu xu eu ") && no_probe(),
	   "the end is detached last, the start first");
	ok(!mmn_hook_kprobe.attach() && did("er xr nr sr ") && !mmn_hook_kprobe.detach() &&
	   did("su nu xu eu "), "it can be attached again");
	ok(!strcmp(mmn_hook_kprobe.name, "kprobe") && mmn_hook_kprobe.unreliable &&
	   mmn_hook_kprobe.caps == (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_KPROBE),
	   "the stack has to confirm its records");
}

static void test_failures(void)
{
	fails = 1;
	ok(mmn_hook_kprobe.attach() == -EINVAL && did(""), "no probe of the end: none of the start");
	fails = 2;
	ok(!mmn_hook_kprobe.attach() && did("er nr sr ") && strstr(logged, "may be missing") &&
	   !mmn_hook_kprobe.detach() && did("su nu eu ") && no_probe(),
	   "the probe of the release is for observers only");
	fails = 3;
	ok(!mmn_hook_kprobe.attach() && did("er xr sr ") && !mmn_hook_kprobe.detach() &&
	   did("su xu eu ") && no_probe(), "so is the one of the registration");
	fails = 4;
	ok(mmn_hook_kprobe.attach() == -EINVAL && did("er xr nr ") &&
	   !mmn_hook_kprobe.detach() && did("nu xu eu ") && no_probe(),
	   "without the one of the start none stays");
	ok(!mmn_hook_kprobe.detach() && did(""), "detaching again does nothing");
}

int main(void)
{
	test_attach();
	test_failures();
	return tap_done();
}
