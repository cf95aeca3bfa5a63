/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_SELFTEST_H
#define MMN_SELFTEST_H

#include <linux/types.h>

/* How the call site is to be found. */
enum mmn_site_source { MMN_SOURCE_STACK, MMN_SOURCE_STEPS, MMN_SOURCE_HOOK };

const char *mmn_selftest_run(enum mmn_site_source source);

#endif /* MMN_SELFTEST_H */
