/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_WORDS_H
#define MMN_WORDS_H

#include <linux/types.h>

/* Longest name that is found, in bytes. */
#define MMN_WORDS_LEN	63

/**
 * struct mmn_words - search for names in data
 * @found: called for each word, the characters of a C name before a NUL, or the last
 *	MMN_WORDS_LEN of them; the word may begin with other data
 * @len: length of the word so far
 * @word: the word so far
 */
struct mmn_words {
	void (*found)(struct mmn_words *words, const char *word);
	size_t len;
	char word[MMN_WORDS_LEN + 1];
};

void mmn_words_feed(struct mmn_words *words, const u8 *data, size_t len);

#endif /* MMN_WORDS_H */
