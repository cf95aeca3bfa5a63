/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_SELFTEST_H
#define MMN_SELFTEST_H

const char *mmn_selftest_run(void);

#endif /* MMN_SELFTEST_H */
