// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * kprobe: hook backend for kernels without ftrace. A kprobe may miss a hit, and a kprobe
 * that is based on ftrace is disabled together with it. If an end is missed, a record
 * outlives its event. So the backend is unreliable: the stack has to confirm each record.
 */
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/kprobes.h>

#include <mmnotify/mmnotify_types.h>

#include "backends.h"
#include "compat/compat.h"
#include "entry.h"
#include "hook.h"
#include "targets.h"

#if MMN_HAVE_KPROBES

static int mmn_hook_kprobe_start(struct kprobe *kp, struct pt_regs *regs)
{
	mmn_hook_start((void *)mmn_regs_arg0(regs),
		       mmn_regs_return_address(regs),
		       mmn_entry_sp(regs), mmn_entry_bp(regs));
	return 0;
}
NOKPROBE_SYMBOL(mmn_hook_kprobe_start);

static int mmn_hook_kprobe_end(struct kprobe *kp, struct pt_regs *regs)
{
	mmn_hook_end((void *)mmn_regs_arg0(regs),
		     mmn_regs_return_address(regs),
		     mmn_entry_sp(regs), mmn_entry_bp(regs));
	return 0;
}
NOKPROBE_SYMBOL(mmn_hook_kprobe_end);

static int mmn_hook_kprobe_register(struct kprobe *kp, struct pt_regs *regs)
{
	mmn_hook_register((void *)mmn_regs_arg0(regs), (void *)mmn_regs_arg1(regs));
	return 0;
}
NOKPROBE_SYMBOL(mmn_hook_kprobe_register);

static int mmn_hook_kprobe_release(struct kprobe *kp, struct pt_regs *regs)
{
	mmn_hook_release((void *)mmn_regs_arg0(regs));
	return 0;
}
NOKPROBE_SYMBOL(mmn_hook_kprobe_release);

static const kprobe_pre_handler_t handlers[MMN_NR_TARGETS] = {
	[MMN_TARGET_END] = mmn_hook_kprobe_end,
	[MMN_TARGET_RELEASE] = mmn_hook_kprobe_release,
	[MMN_TARGET_REGISTER] = mmn_hook_kprobe_register,
	[MMN_TARGET_START] = mmn_hook_kprobe_start,
};

static struct kprobe probes[MMN_NR_TARGETS];

/* Initialize all of it: a registration before left the kernel's state in it. */
static int kprobe_attach_one(enum mmn_target target, const char *name)
{
	probes[target] = (struct kprobe){ .symbol_name = name, .pre_handler = handlers[target] };
	return register_kprobe(&probes[target]);
}

static int kprobe_detach_one(enum mmn_target target)
{
	unregister_kprobe(&probes[target]);
	return 0;
}

static struct mmn_targets targets = {
	.attach = kprobe_attach_one,
	.detach = kprobe_detach_one,
};

static int kprobe_attach(void)
{
	return mmn_targets_attach(&targets);
}

static int kprobe_detach(void)
{
	return mmn_targets_detach(&targets);
}

const struct mmn_hook_backend mmn_hook_kprobe = {
	.name = "kprobe",
	.caps = MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_KPROBE,
	.unreliable = true,
	.attach = kprobe_attach,
	.detach = kprobe_detach,
};
#endif /* MMN_HAVE_KPROBES */
