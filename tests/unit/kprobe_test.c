// SPDX-License-Identifier: GPL-2.0-only
/* kprobe: both probes, in the order that loses no end, and none if one of them fails. */
#include <errno.h>
#include <string.h>

#include <linux/kprobes.h>

#include <mmnotify/mmnotify_types.h>

#include "backend.h"
#include "hook/backends.h"
#include "tap.h"

/* The probes that are registered, and the number of the registration that fails. */
static struct kprobe *probes[2];
static int fails;

int register_kprobe(struct kprobe *kp)
{
	struct kprobe **free = probes[0] ? &probes[1] : &probes[0];

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
	probes[probes[0] == kp ? 0 : 1] = NULL;
}

/* The kernel calls the function. Return: what the handlers do to it. */
static int call(const char *symbol)
{
	struct pt_regs regs = regs_of_call();
	unsigned int i;
	int skips = 0;

	for (i = 0; i < 2; i++)
		if (probes[i] && !strcmp(probes[i]->symbol_name, symbol))
			skips |= probes[i]->pre_handler(probes[i], &regs);
	return skips;
}

static void test_attach(void)
{
	ok(!mmn_hook_kprobe.attach() && did("er sr "), "the end is attached before the start");
	ok(!call(START) && !call(START) && !call(FINISH) && saw(2, 1),
	   "each call is recorded and counted, and goes on");
	ok(!mmn_hook_kprobe.detach() && did("su eu ") && !probes[0] && !probes[1],
	   "the end is detached after the start");
	ok(!mmn_hook_kprobe.attach() && did("er sr ") && !mmn_hook_kprobe.detach() &&
	   did("su eu "), "it can be attached again");
	ok(!strcmp(mmn_hook_kprobe.name, "kprobe") && mmn_hook_kprobe.unreliable &&
	   mmn_hook_kprobe.caps == (MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_KPROBE),
	   "the stack has to confirm its records");
}

static void test_failures(void)
{
	fails = 1;
	ok(mmn_hook_kprobe.attach() == -EINVAL && did(""), "no probe of the end: none of the start");
	fails = 2;
	ok(mmn_hook_kprobe.attach() == -EINVAL && did("er eu ") && !probes[0],
	   "no probe of the start: none of the end stays");
}

int main(void)
{
	test_attach();
	test_failures();
	return tap_done();
}
