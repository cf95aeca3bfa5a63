// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* mmnotify: shows which memory operations invalidate the device mappings of which process. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "causes.h"
#include "cmd.h"
#include "util.h"

static const struct cmd *const commands[] = {
	&cmd_top,
	&cmd_stat,
	&cmd_trace,
	&cmd_record,
	&cmd_report,
	&cmd_explain,
	&cmd_hung,
	&cmd_export,
	&cmd_doctor,
};

static const struct cmd *find(const char *name)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

static void print_commands(void)
{
	printf("usage: mmnotify COMMAND [options]\n"
	       "Shows which memory operations invalidate the device mappings of which process.\n\n");
	for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
		printf("  %-9s %s\n", commands[i]->name, commands[i]->what);
	printf("\n  mmnotify help COMMAND    its options; man mmnotify has examples\n"
	       "  mmnotify --version\n");
}

/* For shells and tests: each command and each of its options, or each cause, one a line. */
static bool print_list(const char *which)
{
	if (!strcmp(which, "--words")) {
		for (unsigned int i = 0; i < ARRAY_SIZE(commands); i++)
			opt_words(commands[i]);
		return true;
	}
	if (!strcmp(which, "--causes")) {
		for (unsigned int i = 0; i < cause_nr; i++)
			puts(cause_texts[i].name);
		return true;
	}
	return false;
}

static int help(int argc, char **argv)
{
	const struct cmd *cmd;

	if (argc == 0) {
		print_commands();
		return 0;
	}
	if (print_list(argv[0]))
		return 0;
	cmd = find(argv[0]);
	if (!cmd)
		usage_die("there is no command '%s'", argv[0]);
	opt_help(cmd);
	return 0;
}

/* Output that is lost (a full disk, a reader that ended) is an error. */
static int finish(int status)
{
	if (fflush(stdout) || ferror(stdout))
		return status ? status : 1;
	return status;
}

int main(int argc, char **argv)
{
	int first;

	if (argc < 2) {
		print_commands();
		return EXIT_USAGE;
	}
	if (!strcmp(argv[1], "help") || !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return finish(help(argc - 2, argv + 2));
	if (!strcmp(argv[1], "--version")) {
		printf("mmnotify " MMN_VERSION "\n");
		return finish(0);
	}
	cmd_now = find(argv[1]);
	if (!cmd_now)
		usage_die("there is no command '%s'", argv[1]);
	first = opt_parse(cmd_now, argc - 1, argv + 1);
	return finish(cmd_now->run(argc - 1 - first, argv + 1 + first));
}
