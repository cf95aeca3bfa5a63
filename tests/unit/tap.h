/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A test is one line of TAP; details of a failure follow it. */
#ifndef TAP_H
#define TAP_H

#include <stdbool.h>
#include <stdio.h>

static unsigned int tap_nr;
static unsigned int tap_failed;

#define ok(cond, ...) ({						\
	bool _ok = (cond);						\
									\
	/* Line buffered, so that no output is lost if the test dies. */	\
	if (!tap_nr)							\
		setvbuf(stdout, NULL, _IOLBF, 0);			\
	tap_failed += !_ok;						\
	printf("%sok %u - ", _ok ? "" : "not ", ++tap_nr);		\
	printf(__VA_ARGS__);						\
	printf("\n");							\
	if (!_ok)							\
		printf("#   at %s:%d: %s\n", __FILE__, __LINE__, #cond);	\
	_ok;								\
})

static inline int tap_done(void)
{
	printf("1..%u\n", tap_nr);
	return tap_failed != 0;
}

#endif /* TAP_H */
