/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_NAMES_H
#define MMN_NAMES_H

#include <linux/types.h>

/* Never NULL: a number from a newer header is "unknown". */
const char *mmn_names_event(unsigned int event);
const char *mmn_names_cause(unsigned int cause);

#endif /* MMN_NAMES_H */
