/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_TEXT_H
#define MMN_TEXT_H

#include <linux/types.h>

struct mmn_scan;

/**
 * struct mmn_text - a piece of code in memory
 * @start: its first byte
 * @end: the byte behind it
 */
struct mmn_text {
	unsigned long start;
	unsigned long end;
};

unsigned long mmn_text_find(const char *symbol);
unsigned long mmn_text_name(unsigned long pc, char *name);
bool mmn_text_find_kernel(struct mmn_text *text);
bool mmn_text_is_instruction(unsigned long at, unsigned long start);
int mmn_text_scan(struct mmn_scan *scan, const struct mmn_text *text, unsigned long from,
		  unsigned long to);
int mmn_text_scan_short(struct mmn_scan *scan, unsigned int target, const struct mmn_text *text);

#endif /* MMN_TEXT_H */
