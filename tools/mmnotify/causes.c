// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* causes: looks causes up by name. */
#include <string.h>

#include "causes.h"

static const struct cause_text younger = {
	"?", "This tool is older than the module and does not know this cause.",
	"Install the tool of the module's release.",
};

int cause_find(const char *name)
{
	for (unsigned int i = 0; i < cause_nr; i++)
		if (!strcmp(cause_texts[i].name, name))
			return i;
	return -1;
}

const struct cause_text *cause_get(const char *name)
{
	int nr = cause_find(name);

	return nr < 0 ? &younger : &cause_texts[nr];
}
