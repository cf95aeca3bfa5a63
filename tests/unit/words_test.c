// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* Names in the data of a module: found whole, in any pieces, and nothing else. */
#include <string.h>

#include "census/words.h"
#include "tap.h"

static char found[400];

static void note(struct mmn_words *words, const char *word)
{
	strcat(strcat(found, word), " ");
}

/* Return: are the names in @data, of @len bytes, those in @want, whatever the pieces are? */
static bool finds(const char *data, size_t len, const char *want)
{
	size_t piece, at, part;

	for (piece = 1; piece <= len; piece++) {
		struct mmn_words words = { .found = note };

		found[0] = 0;
		for (at = 0; at < len; at += part) {
			part = len - at < piece ? len - at : piece;
			mmn_words_feed(&words, (const u8 *)data + at, part);
		}
		if (strcmp(found, want))
			return false;
	}
	return true;
}

#define FINDS(data, want)	finds(data, sizeof(data), want)

int main(void)
{
	char longest[MMN_WORDS_LEN + 2], want[MMN_WORDS_LEN + 2] = { };

	ok(FINDS("unmap_vmas\0\0copy_page_range", "unmap_vmas copy_page_range "),
	   "names between zeros are found");
	ok(FINDS("a.isra.0\0Z9_", "a.isra.0 Z9_ "),
	   "suffixes, digits and capitals belong to names");
	ok(FINDS("azAZ09\0@a\0[b\0`c\0{d\0/e\0:f", "azAZ09 a b c d e f "),
	   "the characters beside them do not");
	ok(FINDS("\x01unmap_vmas\0x y\0%s\0n-", "unmap_vmas y s "),
	   "other data may precede a name, but not follow it");
	ok(FINDS("5unmap_vmas", "5unmap_vmas "), "data that looks like a name is part of it");
	ok(finds("unmap_vmas", 10, ""), "a string without an end is none");
	memset(longest, 'x', sizeof(longest));
	longest[MMN_WORDS_LEN] = 0;
	memcpy(want, longest, MMN_WORDS_LEN);
	want[MMN_WORDS_LEN] = ' ';
	ok(finds(longest, MMN_WORDS_LEN + 1, want), "the longest name is found");
	memset(longest, 'x', MMN_WORDS_LEN + 1);
	longest[0] = 'y';
	longest[MMN_WORDS_LEN + 1] = 0;
	ok(finds(longest, sizeof(longest), want), "of a longer one the end is");
	return tap_done();
}
