/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_NAMES_H
#define MMN_NAMES_H

#include <linux/types.h>

/* Size of the name of a cause in the tracepoints, with the zeros behind it. */
#define MMN_NAMES_SIZE	28

/*
 * Return: the name, "unknown" for numbers of a newer header; never NULL. Those of causes are padded
 * with zeros to MMN_NAMES_SIZE, so that a tracepoint copies some words, whatever their length.
 */
const char *mmn_names_event(unsigned int event);
const char *mmn_names_cause(unsigned int cause);

#endif /* MMN_NAMES_H */
