/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_MODULE_H
#define SHIM_MODULE_H

#include <stdbool.h>

struct module {
	unsigned long start;
	unsigned long end;
};

static inline bool within_module_core(unsigned long addr, const struct module *mod)
{
	return addr >= mod->start && addr < mod->end;
}

#endif /* SHIM_MODULE_H */
