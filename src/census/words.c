// SPDX-License-Identifier: GPL-2.0-only
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

static void feed_byte(struct mmn_words *w, u8 c)
{
	if (!c) {
		if (w->len && w->len <= MMN_WORDS_LEN) {
			w->word[w->len] = 0;
			w->found(w, w->word);
		}
		w->len = 0;
	} else if (is_of_name(c) && w->len < MMN_WORDS_LEN) {
		w->word[w->len++] = c;
	} else {
		w->len = MMN_WORDS_LEN + 1;
	}
}

/**
 * mmn_words_feed() - search in the next piece of data
 * @words: search, zeroed at first but for its callback
 * @data: the piece
 * @len: its size in bytes
 *
 * A string may lie in several pieces.
 *
 * Context: Any.
 */
void mmn_words_feed(struct mmn_words *words, const u8 *data, size_t len)
{
	for (; len; len--)
		feed_byte(words, *data++);
}
