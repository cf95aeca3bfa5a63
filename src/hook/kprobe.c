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

static struct kprobe start_probe, end_probe;

/* Initialize all of it: a registration before left the kernel's state in it. */
static int probe_one(struct kprobe *kp, const char *symbol,
		     kprobe_pre_handler_t handler)
{
	*kp = (struct kprobe){ .symbol_name = symbol, .pre_handler = handler };
	return register_kprobe(kp);
}

/* End first: if the hook records a start, it must also see the end. */
static int kprobe_attach(void)
{
	int ret = probe_one(&end_probe, "__mmu_notifier_invalidate_range_end",
			    mmn_hook_kprobe_end);

	if (ret)
		return ret;
	ret = probe_one(&start_probe, "__mmu_notifier_invalidate_range_start",
			mmn_hook_kprobe_start);
	if (ret)
		unregister_kprobe(&end_probe);
	return ret;
}

static int kprobe_detach(void)
{
	unregister_kprobe(&start_probe);
	unregister_kprobe(&end_probe);
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
