// SPDX-License-Identifier: GPL-2.0-only
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

/* In the order of attaching. End first: if the hook records a start, it must also see the end. */
static struct kprobe_target {
	const char *name;
	kprobe_pre_handler_t handler;
	struct kprobe probe;
} targets[] = {
	{ "__mmu_notifier_invalidate_range_end", mmn_hook_kprobe_end },
	{ "__mmu_notifier_release", mmn_hook_kprobe_release },
	{ "__mmu_notifier_register", mmn_hook_kprobe_register },
	{ "__mmu_notifier_invalidate_range_start", mmn_hook_kprobe_start },
};

/* Initialize all of it: a registration before left the kernel's state in it. */
static int probe_one(struct kprobe_target *t)
{
	t->probe = (struct kprobe){ .symbol_name = t->name, .pre_handler = t->handler };
	return register_kprobe(&t->probe);
}

static void kprobe_detach_first(unsigned int nr)
{
	while (nr--)
		unregister_kprobe(&targets[nr].probe);
}

static int kprobe_attach(void)
{
	unsigned int i;
	int ret;

	for (i = 0; i < ARRAY_SIZE(targets); i++) {
		ret = probe_one(&targets[i]);
		if (ret) {
			kprobe_detach_first(i);
			return ret;
		}
	}
	return 0;
}

static int kprobe_detach(void)
{
	kprobe_detach_first(ARRAY_SIZE(targets));
	return 0;
}

const struct mmn_hook_backend mmn_hook_kprobe = {
	.name = "kprobe",
	.caps = MMNOTIFY_CAP_HOOK | MMNOTIFY_CAP_KPROBE,
	.unreliable = true,
	.attach = kprobe_attach,
	.detach = kprobe_detach,
};
#endif /* MMN_HAVE_KPROBES */
