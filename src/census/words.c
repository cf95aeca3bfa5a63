// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * words: finds names of functions in the data of a module. A live patch has the names of the
 * functions that it replaces there before its first code runs.
 *
 * Pure: it also compiles in user space.
 */
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/types.h>

#include "words.h"

static bool is_of_name(u8 c)
{
	return c == '_' || (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') ||
	       (c >= 'a' && c <= 'z') || c == '.';
}

/* Of a longer word the end is kept: it may be a name behind other data. */
static void add_to_word(struct mmn_words *w, u8 c)
{
	if (w->len == MMN_WORDS_LEN)
		memmove(w->word, w->word + 1, --w->len);
	w->word[w->len++] = c;
}

static void feed_byte(struct mmn_words *w, u8 c)
{
	if (is_of_name(c)) {
		add_to_word(w, c);
		return;
	}
	if (!c && w->len) {
		w->word[w->len] = 0;
		w->found(w, w->word);
	}
	w->len = 0;
}

/**
 * mmn_words_feed() - search in the next piece of data
 * @words: search, zeroed at first but for its callback
 * @data: the piece
 * @len: its size in bytes
 *
 * A string may lie in several pieces. The data before a string need not end with a NUL, so a word
 * may begin with bytes that are not of the string: the callback has to look at its ends, too.
 *
 * Context: Any.
 */
void mmn_words_feed(struct mmn_words *words, const u8 *data, size_t len)
{
	for (; len; len--)
		feed_byte(words, *data++);
}
