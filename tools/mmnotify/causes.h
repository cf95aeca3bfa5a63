/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* causes: what each cause means for an administrator; the texts are those of docs/causes.in. */
#ifndef CAUSES_H
#define CAUSES_H

/*
 * @name: as in the trace
 * @what: what happened, one or two sentences
 * @remedy: what can be done, in sentences. Both mark code by backticks
 */
struct cause_text {
	const char *name;
	const char *what;
	const char *remedy;
};

/* By number, as in enum mmnotify_cause. */
extern const struct cause_text cause_texts[];
extern const unsigned int cause_nr;

/* cause_find() - Return: number of the cause with that name, or -1. */
int cause_find(const char *name);

/*
 * cause_get() - the texts of a cause by its name; a module may know causes that are younger than
 * this tool, and they get a general text. Return: never NULL
 */
const struct cause_text *cause_get(const char *name);

#endif /* CAUSES_H */
