/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_SITES_H
#define MMN_SITES_H

#include <linux/types.h>

struct seq_file;

int mmn_sites_cached(unsigned long site);
unsigned int mmn_sites_resolve(unsigned long site);
void mmn_sites_note(unsigned long site, unsigned int row);
int mmn_sites_frame(unsigned long pc, bool may_look);
int mmn_sites_forget(const char *list);
void mmn_sites_note_later(unsigned long site, unsigned int row);
void mmn_sites_defer(unsigned long pc);
int mmn_sites_print(unsigned long site, char *buf, size_t size);
void mmn_sites_show(struct seq_file *m);
void mmn_sites_init(void);
void mmn_sites_exit(void);

#endif /* MMN_SITES_H */
