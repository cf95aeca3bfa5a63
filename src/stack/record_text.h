/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * record_text: finds the instructions by which a function stores a frame record. The compiler
 * may place others between them, but no call.
 *
 * Pure: it also compiles in user space, for each architecture.
 */
#ifndef MMN_RECORD_TEXT_H
#define MMN_RECORD_TEXT_H

#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

/* push %rbp; mov %rsp,%rbp */
static const u8 mmn_record_text_code[] = { 0x55, 0x48, 0x89, 0xe5 };

/*
 * The bytes of the second instruction occur in no other one of a function without a frame
 * pointer.
 *
 * Return: how many bytes of the record's code are found, if @found were before byte @c.
 */
static inline unsigned int mmn_record_text_byte(unsigned int found, u8 c)
{
	if (c == mmn_record_text_code[found])
		return found + 1;
	if (found <= 1)
		return found;
	return c == mmn_record_text_code[1] ? 2 : 1;
}

/**
 * mmn_record_text_x86() - search the next piece of a function's code
 * @code: the piece
 * @len: its size in bytes
 * @found: state of the search, 0 at the start of the function
 *
 * Context: Any.
 * Return: true if the code up to here stores a record.
 */
static inline bool mmn_record_text_x86(const u8 *code, size_t len, unsigned int *found)
{
	size_t i;

	for (i = 0; i < len; i++) {
		*found = mmn_record_text_byte(*found, code[i]);
		if (*found == ARRAY_SIZE(mmn_record_text_code))
			return true;
	}
	return false;
}

#define MMN_RECORD_TEXT_STORE		0xa9007bfd	/* stp x29, x30, [sp, #n] */
#define MMN_RECORD_TEXT_PUSH		0xa9807bfd	/* stp x29, x30, [sp, #-n]! */
#define MMN_RECORD_TEXT_STORE_MASK	0xffc07fff
#define MMN_RECORD_TEXT_SET_FP		0x910003fd	/* add x29, sp, #n; mov, if n is 0 */

/* Return: the add that sets the frame pointer to the record that @insn stores; 0 if none. */
static inline u32 mmn_record_text_insn(u32 insn)
{
	unsigned int words = insn >> 15 & 0x7f;

	if ((insn & MMN_RECORD_TEXT_STORE_MASK) == MMN_RECORD_TEXT_PUSH)
		return MMN_RECORD_TEXT_SET_FP;
	/* A record is not below the stack pointer. */
	if ((insn & MMN_RECORD_TEXT_STORE_MASK) == MMN_RECORD_TEXT_STORE && words < 0x40)
		return MMN_RECORD_TEXT_SET_FP | words * sizeof(u64) << 10;
	return 0;
}

/**
 * mmn_record_text_arm64() - search the next piece of a function's code
 * @code: the piece, of whole instructions
 * @len: its size in bytes
 * @found: state of the search, 0 at the start of the function
 *
 * The return address may be signed before it is stored.
 *
 * Context: Any.
 * Return: true if the code up to here stores a record.
 */
static inline bool mmn_record_text_arm64(const u8 *code, size_t len, unsigned int *found)
{
	u32 insn, set_fp;
	size_t i;

	for (i = 0; i + sizeof(insn) <= len; i += sizeof(insn)) {
		memcpy(&insn, code + i, sizeof(insn));
		if (*found && insn == *found)
			return true;
		set_fp = mmn_record_text_insn(insn);
		if (set_fp)
			*found = set_fp;
	}
	return false;
}

#endif /* MMN_RECORD_TEXT_H */
