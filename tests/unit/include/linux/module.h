/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_MODULE_H
#define SHIM_MODULE_H

#include <stdbool.h>
#include <stddef.h>

#include <linux/compiler.h>
#include <linux/list.h>

enum module_state {
	MODULE_STATE_LIVE,
	MODULE_STATE_COMING,
	MODULE_STATE_GOING,
	MODULE_STATE_UNFORMED,
};

struct module {
	char name[56];
	unsigned long start;
	unsigned long end;
	unsigned long init;
	unsigned long init_end;
	struct list_head list;
	enum module_state state;
	bool is_patch;
};

static inline bool within_module_init(unsigned long addr, const struct module *mod)
{
	return addr >= mod->init && addr < mod->init_end;
}

static inline bool within_module_core(unsigned long addr, const struct module *mod)
{
	return addr >= mod->start && addr < mod->end;
}

static inline bool within_module(unsigned long addr, const struct module *mod)
{
	return within_module_init(addr, mod) || within_module_core(addr, mod);
}

static inline bool is_livepatch_module(const struct module *mod)
{
	return mod->is_patch;
}

/* NULL unless the test has it. */
extern struct module shim_this_module __weak;

#define THIS_MODULE	(&shim_this_module)

static inline const char *module_name(const struct module *mod)
{
	return mod->name;
}

/* The test counts the references. */
void __module_get(struct module *mod);
bool try_module_get(struct module *mod);
void module_put(struct module *mod);

/* The test calls these. */
#define module_init(fn)	int shim_init(void) { return fn(); }
#define module_exit(fn)	void shim_exit(void) { fn(); }

int shim_init(void);
void shim_exit(void);

#define MODULE_AUTHOR(text)
#define MODULE_DESCRIPTION(text)
#define MODULE_LICENSE(text)
#define MODULE_VERSION(text)

struct notifier_block;

/* The test keeps the list. */
int register_module_notifier(struct notifier_block *nb);
int unregister_module_notifier(struct notifier_block *nb);

#endif /* SHIM_MODULE_H */
