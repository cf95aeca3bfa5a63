/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * cmd: what a command of the tool is. Its options are one table, from which come the parser, the
 * help, and the list that the tests compare with the completion and the manual page.
 *
 * A new command is a file cmd_NAME.c with one struct cmd, and a line in commands[] of main.c.
 */
#ifndef CMD_H
#define CMD_H

#include <stdbool.h>

enum opt_type {
	OPT_FLAG,	/* bool */
	OPT_TEXT,	/* const char * */
	OPT_NUMBER,	/* unsigned long; decimal, or 0x */
	OPT_TIME,	/* unsigned long long, ns; "250ms", "2s", a plain number has @unit */
	OPT_LIST,	/* struct list of const char *; the option may come again */
};

/* Values of an OPT_LIST. */
#define LIST_MAX	32
struct list {
	unsigned int nr;
	const char *item[LIST_MAX];
};

/*
 * @ch: letter of the short form, or 0
 * @arg: name of the argument in the help, or NULL for a flag
 * @unit: of an OPT_TIME without a unit: "s" (default), "ms", "us" or "ns"
 */
struct opt {
	char ch;
	const char *name;
	const char *arg;
	enum opt_type type;
	void *value;
	const char *help;
	const char *unit;
};

/*
 * @name: the word behind "mmnotify"
 * @what: one line for the list of commands
 * @usage: operands, as in "[options] PID"
 * @opts: ends with an entry without a name; NULL: none
 * @run: called with the options parsed; @argv are the operands. Returns the exit status
 */
struct cmd {
	const char *name;
	const char *what;
	const char *usage;
	const struct opt *opts;
	int (*run)(int argc, char **argv);
};

/* Exit status of a command line that cannot be understood. */
#define EXIT_USAGE	2

/* The command that runs, for messages. NULL: none. */
extern const struct cmd *cmd_now;

/* One cmd_NAME for each command. */
extern const struct cmd cmd_doctor;
extern const struct cmd cmd_stat;
extern const struct cmd cmd_explain;
extern const struct cmd cmd_export;
extern const struct cmd cmd_hung;
extern const struct cmd cmd_record;
extern const struct cmd cmd_report;
extern const struct cmd cmd_top;
extern const struct cmd cmd_trace;

/*
 * opt_parse() - parse the options of @cmd, up to the first operand or "--"
 * Return: index of the first operand in @argv; does not return at -h or an error.
 */
int opt_parse(const struct cmd *cmd, int argc, char **argv);

/* opt_help() - print usage and options of @cmd. */
void opt_help(const struct cmd *cmd);

/* opt_words() - print "COMMAND --option ARG" for each option, for tests and completion. */
void opt_words(const struct cmd *cmd);

#endif /* CMD_H */
