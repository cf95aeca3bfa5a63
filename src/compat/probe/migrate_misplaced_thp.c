// SPDX-License-Identifier: GPL-2.0-only
/* until v5.13: c5b5a3dd2c1f mm: thp: refactor NUMA fault handling */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/migrate.h>

void *probe(void);
void *probe(void)
{
	return migrate_misplaced_transhuge_page;
}
