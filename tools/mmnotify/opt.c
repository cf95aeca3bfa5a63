// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* opt: parses and prints options from a command's table. */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cmd.h"
#include "fmt.h"
#include "util.h"

/* Options of one command, and -h. */
#define OPTS_MAX	32

static void bad_value(const struct opt *opt, const char *text)
{
	usage_die("--%s: '%s' is no %s", opt->name, text, opt->type == OPT_TIME ? "time" : "number");
}

static void set_number(const struct opt *opt, const char *text)
{
	unsigned long *value = opt->value;

	if (!parse_number(text, value))
		bad_value(opt, text);
}

static void set_time(const struct opt *opt, const char *text)
{
	unsigned long long *value = opt->value;

	if (!parse_time(text, opt->unit ? opt->unit : "s", value))
		bad_value(opt, text);
}

static void add_to_list(const struct opt *opt, const char *text)
{
	struct list *list = opt->value;

	if (list->nr == LIST_MAX)
		usage_die("--%s may come %d times", opt->name, LIST_MAX);
	list->item[list->nr++] = text;
}

static void set(const struct opt *opt, const char *text)
{
	switch (opt->type) {
	case OPT_FLAG:
		*(bool *)opt->value = true;
		break;
	case OPT_TEXT:
		*(const char **)opt->value = text;
		break;
	case OPT_NUMBER:
		set_number(opt, text);
		break;
	case OPT_TIME:
		set_time(opt, text);
		break;
	case OPT_LIST:
		add_to_list(opt, text);
		break;
	}
}

/* Fills the tables of getopt_long(); a long option returns 256 and its index. */
static void make_tables(const struct cmd *cmd, struct option *longs, char *shorts)
{
	const struct opt *opts = cmd->opts;
	int nr = 0;

	/* Options behind the name of a command to run are the command's. */
	if (strstr(cmd->usage, "COMMAND"))
		*shorts++ = '+';
	*shorts++ = 'h';
	longs[nr++] = (struct option){ "help", no_argument, NULL, 'h' };
	for (int i = 0; opts && opts[i].name; i++) {
		int has = opts[i].arg ? required_argument : no_argument;

		longs[nr++] = (struct option){ opts[i].name, has, NULL, 256 + i };
		if (!opts[i].ch)
			continue;
		*shorts++ = opts[i].ch;
		if (opts[i].arg)
			*shorts++ = ':';
	}
	longs[nr] = (struct option){ 0 };
	*shorts = '\0';
}

static const struct opt *find(const struct opt *opts, int ch)
{
	for (int i = 0; opts && opts[i].name; i++)
		if (ch == 256 + i || (opts[i].ch && ch == opts[i].ch))
			return &opts[i];
	return NULL;
}

int opt_parse(const struct cmd *cmd, int argc, char **argv)
{
	struct option longs[OPTS_MAX + 2];
	char shorts[2 * OPTS_MAX + 4];
	const struct opt *opt;
	int ch;

	make_tables(cmd, longs, shorts);
	optind = 1;
	opterr = 0;
	while ((ch = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (ch == 'h') {
			opt_help(cmd);
			exit(0);
		}
		opt = find(cmd->opts, ch);
		if (!opt)
			usage_die("%s: no such option, or its value is missing", argv[optind - 1]);
		set(opt, optarg);
	}
	return optind;
}

static void print_option(const struct opt *opt)
{
	char left[64], ch[4] = "   ";

	if (opt->ch)
		snprintf(ch, sizeof(ch), "-%c,", opt->ch);
	snprintf(left, sizeof(left), "%s --%s%s%s", ch, opt->name,
		 opt->arg ? " " : "", opt->arg ? opt->arg : "");
	printf("  %-28s %s\n", left, opt->help);
}

void opt_help(const struct cmd *cmd)
{
	printf("usage: mmnotify %s %s\n%s\n\n", cmd->name, cmd->usage, cmd->what);
	for (int i = 0; cmd->opts && cmd->opts[i].name; i++)
		print_option(&cmd->opts[i]);
	printf("  %-28s %s\n", "-h, --help", "this text");
}

void opt_words(const struct cmd *cmd)
{
	printf("%s\n", cmd->name);
	for (int i = 0; cmd->opts && cmd->opts[i].name; i++) {
		const struct opt *opt = &cmd->opts[i];
		const char *arg = opt->arg ? opt->arg : "";

		printf("%s --%s%s%s\n", cmd->name, opt->name, *arg ? " " : "", arg);
		if (opt->ch)
			printf("%s -%c%s%s\n", cmd->name, opt->ch, *arg ? " " : "", arg);
	}
}
