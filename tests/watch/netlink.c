// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * netlink: reads the generic netlink family mmnotify, and prints it as debugfs does.
 *
 * Usage: netlink [AS] COMMAND ARG...
 *  show WHAT          counters, processes, clients, drivers, inflight, sites, census or hook, in
 *                     the lines of debugfs, or info. Two comments follow. They have the number of
 *                     reads, and of messages with the flag that the dump may lack rows.
 *  watch              watches until a line comes, without closing the socket, or is killed
 *  time               as watch, but callbacks are timed
 *  unwatch            watches, ends that by a request, and waits for a line
 *  monitor            joins the group, and prints each message; watches, too, if it may
 *  hold               begins a dump of sites, and waits for a line without reading it
 *  errors             one line for each request: its number, and 0 or the errno of the answer
 *  exec PROGRAM ARG.. runs a program, with AS below
 *  bad N SEED         sends N messages with random attributes
 * AS: user (without capabilities), perfmon (a user with CAP_PERFMON), dropped (a user who has the
 * socket of root), userns (root of a new user namespace) or netns (in a new network namespace).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/capability.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <poll.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <mmnotify/mmnotify_netlink.h>

#define USER		65534
#define ATTRS		40
#define PERFMON		38	/* CAP_PERFMON */

static int sock = -1, family, group;
static unsigned int seq, reads, flagged;
/* The kernel's answers are not longer. */
static char buffer[32768];
static char names[2][256][40];

struct attrs {
	const struct nlattr *at[ATTRS];
};

typedef void (*row_fn)(const struct attrs *a, int cmd);

static void die(const char *what)
{
	fprintf(stderr, "netlink: %s: %m\n", what);
	exit(1);
}

static const void *data(const struct nlattr *a)
{
	return (const char *)a + NLA_HDRLEN;
}

/* A number of any size; 0 if it is absent. */
static uint64_t number(const struct attrs *a, int attr)
{
	uint64_t value = 0;

	if (a->at[attr])
		memcpy(&value, data(a->at[attr]), a->at[attr]->nla_len - NLA_HDRLEN);
	return value;
}

static const char *text(const struct attrs *a, int attr)
{
	return a->at[attr] ? data(a->at[attr]) : "-";
}

static struct attrs parse(const void *from, int len)
{
	struct attrs a = { };
	const struct nlattr *at = from;

	while (len >= NLA_HDRLEN) {
		if ((at->nla_type & NLA_TYPE_MASK) < ATTRS)
			a.at[at->nla_type & NLA_TYPE_MASK] = at;
		len -= NLA_ALIGN(at->nla_len);
		at = (const void *)((const char *)at + NLA_ALIGN(at->nla_len));
	}
	return a;
}

static void open_socket(void)
{
	struct sockaddr_nl to = { .nl_family = AF_NETLINK };

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0 || bind(sock, (struct sockaddr *)&to, sizeof(to)))
		die("socket");
}

/* Sends @len bytes of attributes. */
static void request(int type, int cmd, int flags, const void *attrs, int len)
{
	struct {
		struct nlmsghdr nl;
		struct genlmsghdr genl;
		char attrs[4096];
	} m = {
		.nl.nlmsg_type = type,
		.nl.nlmsg_flags = NLM_F_REQUEST | flags,
		.nl.nlmsg_seq = ++seq,
		.genl = { .cmd = cmd, .version = 1 },
	};

	memcpy(m.attrs, attrs, len);
	m.nl.nlmsg_len = NLMSG_HDRLEN + GENL_HDRLEN + len;
	if (send(sock, &m, m.nl.nlmsg_len, 0) < 0)
		die("send");
}

/* Return: 1 to go on, 0 at the end, or a negative errno. */
static int message(const struct nlmsghdr *nl, row_fn row)
{
	const struct genlmsghdr *genl = NLMSG_DATA(nl);
	struct attrs a;

	if (nl->nlmsg_flags & NLM_F_DUMP_INTR)
		flagged++;
	if (nl->nlmsg_type == NLMSG_DONE)
		return 0;
	if (nl->nlmsg_type == NLMSG_ERROR)
		return ((const struct nlmsgerr *)NLMSG_DATA(nl))->error;
	a = parse((const char *)genl + GENL_HDRLEN, NLMSG_PAYLOAD(nl, GENL_HDRLEN));
	if (row)
		row(&a, genl->cmd);
	return nl->nlmsg_flags & NLM_F_MULTI ? 1 : 0;
}

/* Return: 0 or a negative errno. */
static int answer(row_fn row)
{
	const struct nlmsghdr *nl;
	int len, ret;

	for (;;) {
		len = recv(sock, buffer, sizeof(buffer), MSG_TRUNC);
		if (len < 0)
			return -errno;
		if (len > (int)sizeof(buffer))
			return -EMSGSIZE;
		reads++;
		nl = (void *)buffer;
		for (; NLMSG_OK(nl, (unsigned int)len); nl = NLMSG_NEXT(nl, len)) {
			ret = message(nl, row);
			if (ret <= 0)
				return ret;
		}
	}
}

static int get(int cmd, row_fn row)
{
	int dumps = cmd != MMNOTIFY_CMD_INFO_GET && cmd != MMNOTIFY_CMD_HOOK_GET;

	request(family, cmd, dumps ? NLM_F_DUMP : 0, NULL, 0);
	return answer(row);
}

static void note_family(const struct attrs *a, int cmd)
{
	struct attrs groups, first;

	(void)cmd;
	family = number(a, CTRL_ATTR_FAMILY_ID);
	if (!a->at[CTRL_ATTR_MCAST_GROUPS])
		return;
	groups = parse(data(a->at[CTRL_ATTR_MCAST_GROUPS]),
		       a->at[CTRL_ATTR_MCAST_GROUPS]->nla_len - NLA_HDRLEN);
	first = parse(data(groups.at[1]), groups.at[1]->nla_len - NLA_HDRLEN);
	group = number(&first, CTRL_ATTR_MCAST_GRP_ID);
}

static int find_family(void)
{
	struct {
		struct nlattr attr;
		char name[12];
	} name = { { NLA_HDRLEN + sizeof(MMNOTIFY_FAMILY_NAME), CTRL_ATTR_FAMILY_NAME },
		   MMNOTIFY_FAMILY_NAME };

	request(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, 0, &name, sizeof(name));
	return answer(note_family);
}

static void note_name(const struct attrs *a, int cmd)
{
	int cause = !!a->at[MMNOTIFY_A_NAME_CAUSE];
	uint64_t i = number(a, cause ? MMNOTIFY_A_NAME_CAUSE : MMNOTIFY_A_NAME_EVENT);

	(void)cmd;
	snprintf(names[cause][i], sizeof(names[cause][i]), "%s", text(a, MMNOTIFY_A_NAME_NAME));
}

static void show_counter(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("%s %s %lu %lu\n", names[0][number(a, MMNOTIFY_A_COUNTER_EVENT)],
	       names[1][number(a, MMNOTIFY_A_COUNTER_CAUSE)],
	       number(a, MMNOTIFY_A_COUNTER_COUNT), number(a, MMNOTIFY_A_COUNTER_WALKED));
}

static void show_escaped(const char *name)
{
	for (; *name; name++)
		printf(strchr(" \t\n\\", *name) ? "\\%03o" : "%c", *name);
}

static void show_counts(const struct attrs *a, const struct nlattr *nest)
{
	struct attrs c = parse(data(nest), nest->nla_len - NLA_HDRLEN);

	printf("%lu %lu %lu ", number(a, MMNOTIFY_A_PROCESS_TGID),
	       number(a, MMNOTIFY_A_PROCESS_CGROUP), number(a, MMNOTIFY_A_PROCESS_SINCE_S));
	if (a->at[MMNOTIFY_A_PROCESS_UNTIL_S])
		printf("%lu", number(a, MMNOTIFY_A_PROCESS_UNTIL_S));
	else
		printf("-");
	printf(" %s %lu %lu %lu ", names[1][number(&c, MMNOTIFY_A_PROCESS_COUNTS_CAUSE)],
	       number(&c, MMNOTIFY_A_PROCESS_COUNTS_EVENTS),
	       number(&c, MMNOTIFY_A_PROCESS_COUNTS_PAGES),
	       number(&c, MMNOTIFY_A_PROCESS_COUNTS_NS));
	show_escaped(text(a, MMNOTIFY_A_PROCESS_COMM));
	printf("\n");
}

/* Its counts follow the other attributes, up to the last one, which parse() has. */
static void show_process(const struct attrs *a, int cmd)
{
	const struct nlattr *last = a->at[MMNOTIFY_A_PROCESS_COUNTS];
	const struct nlattr *at = a->at[MMNOTIFY_A_PROCESS_ID];

	(void)cmd;
	for (; last && at <= last; at = (const void *)((const char *)at + NLA_ALIGN(at->nla_len)))
		if ((at->nla_type & NLA_TYPE_MASK) == MMNOTIFY_A_PROCESS_COUNTS)
			show_counts(a, at);
}

static void show_client(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("%s %s ", text(a, MMNOTIFY_A_CLIENT_NAME), text(a, MMNOTIFY_A_CLIENT_MODULE));
	if (!a->at[MMNOTIFY_A_CLIENT_RANGES])
		printf("- - - - -\n");
	else
		printf("%lu %lu %lu %lu %lu\n", number(a, MMNOTIFY_A_CLIENT_RANGES),
		       number(a, MMNOTIFY_A_CLIENT_MMS), number(a, MMNOTIFY_A_CLIENT_DELIVERED),
		       number(a, MMNOTIFY_A_CLIENT_TIMED), number(a, MMNOTIFY_A_CLIENT_NS));
}

static void show_flight(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("%lu %lu %lu %lu %s %s 0x%lx 0x%lx %s ", number(a, MMNOTIFY_A_FLIGHT_ID),
	       number(a, MMNOTIFY_A_FLIGHT_NS) / 1000000, number(a, MMNOTIFY_A_FLIGHT_PID),
	       number(a, MMNOTIFY_A_FLIGHT_TGID), names[0][number(a, MMNOTIFY_A_FLIGHT_EVENT)],
	       names[1][number(a, MMNOTIFY_A_FLIGHT_CAUSE)], number(a, MMNOTIFY_A_FLIGHT_START),
	       number(a, MMNOTIFY_A_FLIGHT_END), text(a, MMNOTIFY_A_FLIGHT_SITE));
	show_escaped(text(a, MMNOTIFY_A_FLIGHT_TASK));
	printf(" ");
	show_escaped(text(a, MMNOTIFY_A_FLIGHT_COMM));
	printf(" %s ", text(a, MMNOTIFY_A_FLIGHT_CALLBACK));
	if (a->at[MMNOTIFY_A_FLIGHT_CALLBACK])
		printf("%lu\n", number(a, MMNOTIFY_A_FLIGHT_CALLBACK_NS) / 1000000);
	else
		printf("-\n");
}

static void show_histogram(const struct attrs *a)
{
	const struct nlattr *at = a->at[MMNOTIFY_A_DRIVER_MAX_NS];
	const struct nlattr *last = a->at[MMNOTIFY_A_DRIVER_BUCKET];
	char between = ' ';
	uint64_t calls;
	int i;

	for (i = -1; last && at <= last; i++) {
		memcpy(&calls, data(at), sizeof(calls));
		if (i >= 0 && calls) {
			printf("%c%d:%lu", between, i, calls);
			between = ',';
		}
		at = (const void *)((const char *)at + NLA_ALIGN(at->nla_len));
	}
}

static void show_driver(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("%lu ", number(a, MMNOTIFY_A_DRIVER_TGID));
	show_escaped(text(a, MMNOTIFY_A_DRIVER_SYMBOL));
	printf(" %s", text(a, MMNOTIFY_A_DRIVER_MODULE));
	if (a->at[MMNOTIFY_A_DRIVER_NOTIFIERS]) {
		printf(" %lu - - - - -", number(a, MMNOTIFY_A_DRIVER_NOTIFIERS));
	} else {
		printf(" - %s %lu %lu %lu", names[1][number(a, MMNOTIFY_A_DRIVER_CAUSE)],
		       number(a, MMNOTIFY_A_DRIVER_CALLS), number(a, MMNOTIFY_A_DRIVER_NS),
		       number(a, MMNOTIFY_A_DRIVER_MAX_NS));
		show_histogram(a);
	}
	printf(" ");
	show_escaped(text(a, MMNOTIFY_A_DRIVER_COMM));
	printf("\n");
}

static void show_site(const struct attrs *a, int cmd)
{
	uint64_t hits = number(a, MMNOTIFY_A_SITE_HITS);

	(void)cmd;
	if (a->at[MMNOTIFY_A_SITE_ROW])
		printf("%-34s %-8s %10lu  %s\n", text(a, MMNOTIFY_A_SITE_NAME), hits ? "yes" : "no",
		       hits, text(a, MMNOTIFY_A_SITE_KERNELS));
	else
		printf("%-34s %-8s %10lu\n", text(a, MMNOTIFY_A_SITE_NAME), "unknown", hits);
}

/* What debugfs sites does not have. */
static void show_exact(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("%s %lu %s\n", text(a, MMNOTIFY_A_SITE_NAME), number(a, MMNOTIFY_A_SITE_EXACT),
	       text(a, MMNOTIFY_A_SITE_NOT_EXACT));
}

static void show_census(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("%-34s %5lu %s", text(a, MMNOTIFY_A_CENSUS_NAME), number(a, MMNOTIFY_A_CENSUS_CALLS),
	       text(a, MMNOTIFY_A_CENSUS_STATE));
	if (number(a, MMNOTIFY_A_CENSUS_CHANGED))
		printf(", changed by a module");
	if (number(a, MMNOTIFY_A_CENSUS_NATIVES))
		printf(", native events %#lx", number(a, MMNOTIFY_A_CENSUS_NATIVES));
	printf("\n");
}

static void show_hook(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("backend %s\nattached %lu\nclients %s\nusers %lu\nattach_error %d\nstuck %lu\n",
	       text(a, MMNOTIFY_A_HOOK_BACKEND), number(a, MMNOTIFY_A_HOOK_ATTACHED),
	       text(a, MMNOTIFY_A_HOOK_CLIENTS), number(a, MMNOTIFY_A_HOOK_USERS),
	       (int)number(a, MMNOTIFY_A_HOOK_ATTACH_ERROR), number(a, MMNOTIFY_A_HOOK_STUCK));
	printf("stack_walks %s\nrecords_live %lu\ntable_full %lu\n",
	       number(a, MMNOTIFY_A_HOOK_STACK_WALKS) ? "allowed" : "no",
	       number(a, MMNOTIFY_A_HOOK_RECORDS_LIVE), number(a, MMNOTIFY_A_HOOK_TABLE_FULL));
	printf("starts %lu\nends %lu\nno_record %lu\n", number(a, MMNOTIFY_A_HOOK_STARTS),
	       number(a, MMNOTIFY_A_HOOK_ENDS), number(a, MMNOTIFY_A_HOOK_NO_RECORD));
}

static void show_info(const struct attrs *a, int cmd)
{
	(void)cmd;
	printf("version=%s\nabi=%lu\nkernel=%s\n", text(a, MMNOTIFY_A_INFO_VERSION),
	       number(a, MMNOTIFY_A_INFO_ABI), text(a, MMNOTIFY_A_INFO_KERNEL));
	printf("stream=%s\ntrust=%s\nexact=%lu\nwhy=%s\nhook=%s\n", text(a, MMNOTIFY_A_INFO_STREAM),
	       text(a, MMNOTIFY_A_INFO_TRUST), number(a, MMNOTIFY_A_INFO_EXACT),
	       text(a, MMNOTIFY_A_INFO_NOT_EXACT), text(a, MMNOTIFY_A_INFO_HOOK));
	printf("watching=%lu\nsince=%lu\ntiming=%lu\nsubscribers=%lu\nnow=%lu\n",
	       number(a, MMNOTIFY_A_INFO_WATCHING), number(a, MMNOTIFY_A_INFO_WATCHING_SINCE_S),
	       number(a, MMNOTIFY_A_INFO_TIMING), number(a, MMNOTIFY_A_INFO_SUBSCRIBERS),
	       number(a, MMNOTIFY_A_INFO_NOW_NS));
	printf("drivers=%lu\nno_drivers=%s\nuntimed=%lu\n", number(a, MMNOTIFY_A_INFO_DRIVERS),
	       text(a, MMNOTIFY_A_INFO_NO_DRIVERS), number(a, MMNOTIFY_A_INFO_UNTIMED));
	printf("inexact=%lu\ndelivered=%lu\nwalks=%lu\nunwound=%lu\nwithout_entry=%lu\nunlisted=%lu\n",
	       number(a, MMNOTIFY_A_INFO_INEXACT), number(a, MMNOTIFY_A_INFO_DELIVERED),
	       number(a, MMNOTIFY_A_INFO_WALKS), number(a, MMNOTIFY_A_INFO_UNWOUND),
	       number(a, MMNOTIFY_A_INFO_WITHOUT_ENTRY), number(a, MMNOTIFY_A_INFO_UNLISTED));
}

static const struct {
	const char *name;
	int cmd;
	row_fn row;
} kinds[] = {
	{ "counters", MMNOTIFY_CMD_COUNTERS_GET, show_counter },
	{ "processes", MMNOTIFY_CMD_PROCESSES_GET, show_process },
	{ "drivers", MMNOTIFY_CMD_DRIVERS_GET, show_driver },
	{ "clients", MMNOTIFY_CMD_CLIENTS_GET, show_client },
	{ "inflight", MMNOTIFY_CMD_FLIGHTS_GET, show_flight },
	{ "sites", MMNOTIFY_CMD_SITES_GET, show_site },
	{ "exact", MMNOTIFY_CMD_SITES_GET, show_exact },
	{ "census", MMNOTIFY_CMD_CENSUS_GET, show_census },
	{ "hook", MMNOTIFY_CMD_HOOK_GET, show_hook },
	{ "info", MMNOTIFY_CMD_INFO_GET, show_info },
};

static void show(const char *what)
{
	unsigned int i;
	int ret = get(MMNOTIFY_CMD_NAMES_GET, note_name);

	reads = 0;
	flagged = 0;
	for (i = 0; i < sizeof(kinds) / sizeof(*kinds); i++)
		if (!ret && !strcmp(what, kinds[i].name))
			ret = get(kinds[i].cmd, kinds[i].row);
	if (ret) {
		errno = -ret;
		die(what);
	}
	printf("# reads %u\n# flagged %u\n", reads, flagged);
}

static int set(int attr, int on)
{
	struct {
		struct nlattr attr;
		uint8_t value;
		char pad[3];
	} watch = { { NLA_HDRLEN + 1, attr }, on, "" };

	request(family, MMNOTIFY_CMD_WATCH_SET, NLM_F_ACK, &watch, sizeof(watch));
	return answer(NULL);
}

static int set_watch(int on)
{
	return set(MMNOTIFY_A_WATCH_WATCH, on);
}

/* Says that it is ready, and waits for a line. */
static void hold(const char *what, int error)
{
	char line[80];

	printf("%s %d\n", what, -error);
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(0);
}

static void show_message(const struct attrs *a, int cmd)
{
	switch (cmd) {
	case MMNOTIFY_CMD_STUCK_NTF:
		printf("stuck ");
		show_flight(a, cmd);
		break;
	case MMNOTIFY_CMD_INEXACT_NTF:
		printf("inexact ");
		show_exact(a, cmd);
		break;
	case MMNOTIFY_CMD_CLIENT_ADD_NTF:
	case MMNOTIFY_CMD_CLIENT_DEL_NTF:
		printf(cmd == MMNOTIFY_CMD_CLIENT_ADD_NTF ? "came " : "went ");
		show_client(a, cmd);
		break;
	}
	fflush(stdout);
}

static void monitor(void)
{
	const struct nlmsghdr *nl = (void *)buffer;

	get(MMNOTIFY_CMD_NAMES_GET, note_name);
	if (setsockopt(sock, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, &group, sizeof(group)))
		die("group");
	printf("ready %d\n", -set_watch(1));
	fflush(stdout);
	while (recv(sock, buffer, sizeof(buffer), 0) > 0)
		message(nl, show_message);
}

static void errors(void)
{
	int cmd;

	for (cmd = 1; cmd < MMNOTIFY_CMD_STUCK_NTF; cmd++)
		printf("%d %d\n", cmd, cmd == MMNOTIFY_CMD_WATCH_SET ? -set_watch(1) :
		       -get(cmd, NULL));
}

/* Most attributes have the length of the rest, and some do not. */
static int bad_attrs(char *to)
{
	struct nlattr a;
	int len = 0, body;

	while (rand() % 4 && len < 1000) {
		body = rand() % 3 ? rand() % 9 : rand() % 200;
		a.nla_type = rand() % 4 ? rand() % 5 : rand();
		a.nla_len = rand() % 8 ? NLA_HDRLEN + body : rand();
		memcpy(to + len, &a, sizeof(a));
		for (int i = 0; i < body; i++)
			to[len + NLA_HDRLEN + i] = rand() % 2 ? rand() % 3 : rand();
		len += NLA_ALIGN(NLA_HDRLEN + body);
	}
	return rand() % 8 ? len : rand() % (len + 1);
}

/* Whatever comes is read, so that dumps run as well. */
static void drain(void)
{
	struct pollfd p = { .fd = sock, .events = POLLIN };

	while (poll(&p, 1, 0) > 0)
		if (recv(sock, buffer, sizeof(buffer), 0) < 0 && errno != ENOBUFS)
			die("recv");
}

static void bad(int times, unsigned int seed)
{
	char attrs[2048] = "";
	int len;

	srand(seed);
	while (times--) {
		len = bad_attrs(attrs);
		request(family, rand() % 20, rand() % 2 ? NLM_F_DUMP : rand() & 0xfff, attrs, len);
		drain();
	}
	set_watch(0);
	set(MMNOTIFY_A_WATCH_TIMING, 0);
	printf("done\n");
}

static void keep_perfmon(void)
{
	struct __user_cap_header_struct header = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct caps[2] = { };

	caps[PERFMON / 32].permitted = 1u << PERFMON % 32;
	caps[PERFMON / 32].effective = 1u << PERFMON % 32;
	if (syscall(SYS_capset, &header, caps))
		die("capset");
}

static void become(const char *as)
{
	if (!strcmp(as, "userns") && unshare(CLONE_NEWUSER))
		die(as);
	if (!strcmp(as, "netns") && unshare(CLONE_NEWNET))
		die(as);
	if (!strcmp(as, "dropped"))
		open_socket();
	if (!strcmp(as, "perfmon"))
		prctl(PR_SET_KEEPCAPS, 1);
	if (strcmp(as, "userns") && strcmp(as, "netns") && setresuid(USER, USER, USER))
		die(as);
	if (!strcmp(as, "perfmon"))
		keep_perfmon();
}

int main(int argc, char **argv)
{
	int ret;

	if (argc > 1 && strstr("user perfmon dropped userns netns", argv[1])) {
		become(argv[1]);
		argc--;
		argv++;
	}
	if (argc < 2)
		return 2;
	if (!strcmp(argv[1], "exec") && argc > 2) {
		execvp(argv[2], argv + 2);
		die(argv[2]);
	}
	if (sock < 0)
		open_socket();
	ret = find_family();
	if (ret) {
		printf("no family %d\n", -ret);
		return 1;
	}
	if (!strcmp(argv[1], "show") && argc > 2) {
		show(argv[2]);
	} else if (!strcmp(argv[1], "watch")) {
		hold("watching", set_watch(1));
	} else if (!strcmp(argv[1], "time")) {
		hold("timing", set(MMNOTIFY_A_WATCH_TIMING, 1));
	} else if (!strcmp(argv[1], "unwatch")) {
		set_watch(1);
		hold("ended", set_watch(0));
	} else if (!strcmp(argv[1], "monitor")) {
		monitor();
	} else if (!strcmp(argv[1], "hold")) {
		request(family, MMNOTIFY_CMD_SITES_GET, NLM_F_DUMP, NULL, 0);
		hold("begun", 0);
	} else if (!strcmp(argv[1], "errors")) {
		errors();
	} else if (!strcmp(argv[1], "bad") && argc > 3) {
		bad(atoi(argv[2]), atoi(argv[3]));
	} else {
		return 2;
	}
	return 0;
}
