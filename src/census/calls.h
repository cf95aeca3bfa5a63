/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_CALLS_H
#define MMN_CALLS_H

struct mmn_census_callee;
struct mmn_census_line;
struct mmn_scan;
struct module;
struct seq_file;

/*
 * What is searched for: the two notifier functions, and from MMN_CALLS_CALLEE on, by their
 * position in the table, the functions with audited callers.
 */
#define MMN_CALLS_START		0
#define MMN_CALLS_END		1
#define MMN_CALLS_CALLEE	2

extern struct mmn_scan mmn_calls_scan;

unsigned int mmn_calls_what(unsigned int target);
const struct mmn_census_callee *mmn_calls_callee(unsigned int what);
int mmn_calls_add_target(unsigned int what, unsigned long entry);
void mmn_calls_add_class(unsigned long *rows, unsigned int class);
void mmn_calls_show(struct seq_file *m, unsigned long pc, const struct mmn_census_callee *callee);
void mmn_calls_read(unsigned long pc, const struct mmn_census_callee *callee,
		    struct mmn_census_line *s);
int mmn_calls_read_module(unsigned int i, struct mmn_census_line *s);
void mmn_calls_search_module(const struct module *mod, unsigned long *rows);
const struct module *mmn_calls_waiting(void);
void mmn_calls_confirm(const struct module *mod, unsigned long *rows);
void mmn_calls_forget(const struct module *mod);
void mmn_calls_show_modules(struct seq_file *m);

#endif /* MMN_CALLS_H */
