/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_SELFTEST_H
#define MMN_SELFTEST_H

#include <linux/types.h>

const char *mmn_selftest_run(bool hooked);

#endif /* MMN_SELFTEST_H */
