/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_NAMES_H
#define MMN_NAMES_H

#include <linux/types.h>

/* Return: the name, "unknown" for numbers of a newer header; never NULL. */
const char *mmn_names_event(unsigned int event);
const char *mmn_names_cause(unsigned int cause);

#endif /* MMN_NAMES_H */
