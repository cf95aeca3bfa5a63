/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* A page as one string. */
#ifndef SHIM_SEQ_FILE_H
#define SHIM_SEQ_FILE_H

#include <stdio.h>
#include <string.h>

struct seq_file {
	size_t len;
	char text[20000];
};

/* Formats as in the kernel: %llu is a u64. */
#define seq_printf(m, ...) ({							\
	struct seq_file *_m = (m);						\
										\
	_m->len += snprintf(_m->text + _m->len, sizeof(_m->text) - _m->len,	\
			    __VA_ARGS__);					\
})

#define seq_putc(m, c)		seq_printf(m, "%c", c)
#define seq_puts(m, s)		seq_printf(m, "%s", s)

static inline void seq_escape(struct seq_file *m, const char *s, const char *esc)
{
	for (; *s; s++) {
		if (strchr(esc, *s))
			seq_printf(m, "\\%03o", *s);
		else
			seq_putc(m, *s);
	}
}

#endif /* SHIM_SEQ_FILE_H */
