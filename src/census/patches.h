/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_PATCHES_H
#define MMN_PATCHES_H

#include <linux/types.h>

struct mmn_census_line;
struct module;
struct seq_file;

void mmn_patches_init(void);
bool mmn_patches_add(struct module *mod);
bool mmn_patches_remove(const struct module *mod);
bool mmn_patches_has(unsigned int row);
int mmn_patches_read(unsigned int i, struct mmn_census_line *s);
void mmn_patches_show(struct seq_file *m);

#endif /* MMN_PATCHES_H */
