// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * pairs: pairs of operations that run at the same time on the same objects: each pair in
 * turn (pairs_cells.c, pairs_apart.c), or at random (pairs_random.c). "pairs callback" is
 * only the call that a callback must not make.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pairs_dev.h"
#include "pairs_random.h"

int main(int argc, char **argv)
{
	static char buffer[4096];

	/* stdio must not allocate later, while a test holds mmap_lock. */
	setvbuf(stdout, buffer, _IOLBF, sizeof(buffer));
	dev = open("/dev/mmn_pairs", O_RDWR | O_CLOEXEC);
	if (dev < 0) {
		perror("/dev/mmn_pairs");
		return 2;
	}
	if (argc > 2 && !strcmp(argv[1], "random"))
		return random_pairs(dev, atoi(argv[2]), argc > 3 ? atoi(argv[3]) : 1);
	if (argc > 1 && !strcmp(argv[1], "callback")) {
		test_callback();
	} else {
		test_cells();
		test_apart();
	}
	printf("1..%u\n", nr);
	return failed != 0;
}
