/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_MODULE_H
#define SHIM_MODULE_H

#include <stdbool.h>
#include <stddef.h>

struct module {
	unsigned long start;
	unsigned long end;
	unsigned long init;
	unsigned long init_end;
};

static inline bool within_module_init(unsigned long addr, const struct module *mod)
{
	return addr >= mod->init && addr < mod->init_end;
}

static inline bool within_module_core(unsigned long addr, const struct module *mod)
{
	return addr >= mod->start && addr < mod->end;
}

#define THIS_MODULE	((struct module *)NULL)

/* The test counts the references. */
void __module_get(struct module *mod);

enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,
	MODULE_STATE_GOING,
	MODULE_STATE_UNFORMED,
};

struct notifier_block;

/* The test keeps the list. */
int register_module_notifier(struct notifier_block *nb);
int unregister_module_notifier(struct notifier_block *nb);

#endif /* SHIM_MODULE_H */
