/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test has the symbols, and says where a probe can be. */
#ifndef SHIM_KPROBES_H
#define SHIM_KPROBES_H

#include <linux/ptrace.h>

#define KPROBE_FLAG_DISABLED	2
#define NOKPROBE_SYMBOL(name)

typedef unsigned char kprobe_opcode_t;

struct kprobe;

typedef int (*kprobe_pre_handler_t)(struct kprobe *kp, struct pt_regs *regs);

struct kprobe {
	const char *symbol_name;
	unsigned int offset;
	unsigned int flags;
	kprobe_opcode_t *addr;
	kprobe_pre_handler_t pre_handler;
};

int register_kprobe(struct kprobe *kp);
void unregister_kprobe(struct kprobe *kp);
void unregister_kprobes(struct kprobe **kps, int num);

#endif /* SHIM_KPROBES_H */
