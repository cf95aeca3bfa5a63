// SPDX-License-Identifier: GPL-2.0-only
/* v6.4: ac3b43283923 module: replace module_layout with module_memory */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/module.h>

void *probe(struct module *mod);
void *probe(struct module *mod)
{
	return mod->mem[MOD_DATA].base;
}
