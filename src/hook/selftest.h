/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_SELFTEST_H
#define MMN_SELFTEST_H

#include <linux/types.h>

/* Source of call sites: the unwinder, frame steps, or the hook's records. */
enum mmn_site_source { MMN_SOURCE_STACK, MMN_SOURCE_STEPS, MMN_SOURCE_HOOK };

const char *mmn_selftest_run(enum mmn_site_source source);

#endif /* MMN_SELFTEST_H */
