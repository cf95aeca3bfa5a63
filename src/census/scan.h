/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_SCAN_H
#define MMN_SCAN_H

#include <linux/types.h>

/* Longest code that is searched for, in bytes: a conditional jump, or a veneer. */
#ifdef CONFIG_ARM64
#define MMN_SCAN_LONGEST	12
#else
#define MMN_SCAN_LONGEST	6
#endif

/* Short jumps to a function lie within so many bytes before and behind its entry. */
#define MMN_SCAN_SHORT		134

#define MMN_SCAN_TARGETS	64
#define MMN_SCAN_FILTER_BITS	12

/**
 * struct mmn_scan - search for direct calls and jumps to some functions
 * @targets: entries of these functions
 * @nr: number of @targets
 * @lowest: lowest address that counts as a target
 * @span: distance from there to the highest one, in bytes
 * @filter: bitmap with a bit for each address that counts as a target, see mmn_scan_add()
 * @arg: for @found
 * @found: called for each call or jump: @at is its own address, @ret the address behind it,
 *	@target the index in @targets
 */
struct mmn_scan {
	unsigned long targets[MMN_SCAN_TARGETS];
	unsigned int nr;
	unsigned long lowest;
	unsigned long span;
	u64 filter[(1 << MMN_SCAN_FILTER_BITS) / 64];
	void *arg;
	void (*found)(struct mmn_scan *scan, unsigned long at, unsigned long ret,
		      unsigned int target);
};

bool mmn_scan_add(struct mmn_scan *scan, unsigned long entry);
void mmn_scan_code(struct mmn_scan *scan, const u8 *code, size_t starts, size_t len,
		   unsigned long base);
void mmn_scan_arm64_code(struct mmn_scan *scan, const u8 *code, size_t starts, size_t len,
			 unsigned long base);
void mmn_scan_short(struct mmn_scan *scan, unsigned int target, const u8 *code, size_t len,
		    unsigned long base);

#endif /* MMN_SCAN_H */
