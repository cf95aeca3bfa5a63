/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_SELFTEST_H
#define MMN_SELFTEST_H

#include <linux/types.h>

/* How the call site is to be found. */
enum mmn_witness { MMN_WITNESS_STACK, MMN_WITNESS_STEPS, MMN_WITNESS_HOOK };

const char *mmn_selftest_run(enum mmn_witness witness);

#endif /* MMN_SELFTEST_H */
