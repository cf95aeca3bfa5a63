// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * raw: looks for bytes that are not 0 behind the end of a string, in the raw records of a trace.
 *
 * Usage: raw ID OFFSET SIZE FILE...; ID is the number of a tracepoint, OFFSET and SIZE are those of
 * a field with a string, in bytes, as in its file "format". FILE is a trace_pipe_raw. Prints the
 * number of records, and how many of them have such bytes.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PAGE		4096
#define PAGE_HEADER	16	/* time stamp, and number of bytes behind the header */
#define LENGTH_MASK	0xfffffU

/* Lengths of a record's header that are no lengths of data. */
#define EXTEND		30	/* time extension and time stamp: 4 more bytes */
#define PADDING		29

static unsigned int id, offset, size, records, stale;

static void look(const unsigned char *data)
{
	const unsigned char *field = data + offset;
	unsigned int i = strnlen((const char *)field, size);
	uint16_t type;

	memcpy(&type, data, sizeof(type));
	if (type != id)
		return;
	records++;
	while (i < size && !field[i])
		i++;
	stale += i < size;
}

static void page_records(const unsigned char *page)
{
	const unsigned char *at = page + PAGE_HEADER, *end;
	uint32_t word, length;
	uint64_t committed;

	memcpy(&committed, page + 8, sizeof(committed));
	end = at + (committed & LENGTH_MASK);
	while (at + 4 <= end) {
		memcpy(&word, at, sizeof(word));
		at += 4;
		length = (word & 31) * 4;
		if ((word & 31) >= EXTEND) {
			at += 4;
			continue;
		}
		if ((word & 31) == PADDING && !(word >> 5))
			return;
		if (!length || (word & 31) == PADDING) {
			memcpy(&length, at, sizeof(length));
			if (word & 31) {
				at += length;
				continue;
			}
			at += 4;
			length = (length - 4 + 3) & ~3U;
		}
		look(at);
		at += length;
	}
}

int main(int argc, char **argv)
{
	unsigned char page[PAGE];
	int i, fd;

	if (argc < 5)
		return 2;
	id = atoi(argv[1]);
	offset = atoi(argv[2]);
	size = atoi(argv[3]);
	for (i = 4; i < argc; i++) {
		fd = open(argv[i], O_RDONLY | O_NONBLOCK);
		if (fd < 0) {
			perror(argv[i]);
			return 2;
		}
		while (read(fd, page, PAGE) == PAGE)
			page_records(page);
		close(fd);
	}
	printf("%u %u\n", records, stale);
	return 0;
}
