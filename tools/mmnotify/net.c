// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* net: the module's numbers, by its generic netlink family. */
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/genetlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include <mmnotify/mmnotify_netlink.h>

#include "net.h"
#include "system.h"
#include "util.h"

/* More than any attribute of this version; a later one is ignored. */
#define ATTRS	64
#define NAMES	256

static struct mnl_socket *sock;
static unsigned int family, sequence;
static char names[2][NAMES][40];

struct attrs {
	const struct nlattr *at[ATTRS];
};

static int note_attr(const struct nlattr *attr, void *data)
{
	struct attrs *a = data;

	if (mnl_attr_get_type(attr) < ATTRS)
		a->at[mnl_attr_get_type(attr)] = attr;
	return MNL_CB_OK;
}

static void parse(const struct nlmsghdr *nl, struct attrs *a)
{
	memset(a, 0, sizeof(*a));
	mnl_attr_parse(nl, sizeof(struct genlmsghdr), note_attr, a);
}

/* A number of any size; 0 if it is absent. */
static uint64_t number(const struct attrs *a, int attr)
{
	uint64_t value = 0;
	size_t size;

	if (!a->at[attr])
		return 0;
	size = mnl_attr_get_payload_len(a->at[attr]);
	memcpy(&value, mnl_attr_get_payload(a->at[attr]), size > 8 ? 8 : size);
	return value;
}

static void text(const struct attrs *a, int attr, char *to, size_t size)
{
	snprintf(to, size, "%s", a->at[attr] ? mnl_attr_get_str(a->at[attr]) : "");
}

/* ---- requests ---- */

static struct nlmsghdr *begin(char *buffer, unsigned int type, unsigned int flags, int cmd)
{
	struct nlmsghdr *nl = mnl_nlmsg_put_header(buffer);
	struct genlmsghdr *genl;

	nl->nlmsg_type = type;
	nl->nlmsg_flags = NLM_F_REQUEST | flags;
	nl->nlmsg_seq = ++sequence;
	genl = mnl_nlmsg_put_extra_header(nl, sizeof(*genl));
	genl->cmd = cmd;
	genl->version = 1;
	return nl;
}

struct reader {
	mnl_cb_t row;
	void *data;
	bool flagged;
};

static int note_row(const struct nlmsghdr *nl, void *data)
{
	struct reader *r = data;

	r->flagged |= !!(nl->nlmsg_flags & NLM_F_DUMP_INTR);
	return r->row ? r->row(nl, r->data) : MNL_CB_OK;
}

/* Return: 0, or -1 with errno. */
static int answer(struct reader *r)
{
	static char buffer[32768];
	int ret = 1, len;

	while (ret > 0) {
		len = mnl_socket_recvfrom(sock, buffer, sizeof(buffer));
		if (len < 0 && errno == EINTR)
			continue;
		if (len < 0)
			return -1;
		ret = mnl_cb_run(buffer, len, sequence, mnl_socket_get_portid(sock), note_row, r);
		/* libmnl tells of a dump that may lack rows by an error; the row was read. */
		if (ret < 0 && errno == EINTR) {
			r->flagged = true;
			ret = 1;
		}
	}
	return ret;
}

static int ask(const struct nlmsghdr *nl, struct reader *r)
{
	return mnl_socket_sendto(sock, nl, nl->nlmsg_len) < 0 ? -1 : answer(r);
}

static void refused(void)
{
	if (errno == EPERM)
		refuse_perfmon();
	die("the module does not answer: %s", strerror(errno));
}

/* Return: true if the dump may lack rows. */
static bool get(int cmd, unsigned int flags, mnl_cb_t row, void *data)
{
	struct reader r = { .row = row, .data = data };
	char buffer[256];

	if (ask(begin(buffer, family, flags, cmd), &r))
		refused();
	return r.flagged;
}

/* ---- the family ---- */

static int note_family(const struct nlmsghdr *nl, void *data)
{
	struct attrs a;

	(void)data;
	parse(nl, &a);
	family = number(&a, CTRL_ATTR_FAMILY_ID);
	return MNL_CB_OK;
}

static int note_name(const struct nlmsghdr *nl, void *data)
{
	int attr;
	struct attrs a;
	uint64_t i;

	(void)data;
	parse(nl, &a);
	attr = a.at[MMNOTIFY_A_NAME_CAUSE] ? MMNOTIFY_A_NAME_CAUSE : MMNOTIFY_A_NAME_EVENT;
	i = number(&a, attr);
	if (i < NAMES)
		text(&a, MMNOTIFY_A_NAME_NAME, names[attr == MMNOTIFY_A_NAME_CAUSE][i],
		     sizeof(names[0][0]));
	return MNL_CB_OK;
}

static void find_family(void)
{
	struct reader r = { .row = note_family };
	char buffer[256];
	struct nlmsghdr *nl = begin(buffer, GENL_ID_CTRL, NLM_F_ACK, CTRL_CMD_GETFAMILY);

	mnl_attr_put_strz(nl, CTRL_ATTR_FAMILY_NAME, MMNOTIFY_FAMILY_NAME);
	if (ask(nl, &r))
		die("the module has no netlink family: it is older than this tool, or this is another network namespace than the initial one");
}

void net_open(void)
{
	need_perfmon();
	need_module();
	sock = mnl_socket_open(NETLINK_GENERIC);
	if (!sock || mnl_socket_bind(sock, 0, MNL_SOCKET_AUTOPID))
		die("netlink: %s", strerror(errno));
	find_family();
	get(MMNOTIFY_CMD_NAMES_GET, NLM_F_DUMP, note_name, NULL);
}

static int note_info(const struct nlmsghdr *nl, void *data)
{
	struct net_info *i = data;
	struct attrs a;

	parse(nl, &a);
	text(&a, MMNOTIFY_A_INFO_VERSION, i->version, sizeof(i->version));
	text(&a, MMNOTIFY_A_INFO_TRUST, i->trust, sizeof(i->trust));
	text(&a, MMNOTIFY_A_INFO_HOOK, i->hook, sizeof(i->hook));
	text(&a, MMNOTIFY_A_INFO_NO_DRIVERS, i->no_drivers, sizeof(i->no_drivers));
	i->exact = number(&a, MMNOTIFY_A_INFO_EXACT);
	i->watching = number(&a, MMNOTIFY_A_INFO_WATCHING);
	i->timing = number(&a, MMNOTIFY_A_INFO_TIMING);
	i->drivers = number(&a, MMNOTIFY_A_INFO_DRIVERS);
	i->since = number(&a, MMNOTIFY_A_INFO_WATCHING_SINCE_S);
	i->now_ns = number(&a, MMNOTIFY_A_INFO_NOW_NS);
	i->inexact = number(&a, MMNOTIFY_A_INFO_INEXACT);
	i->delivered = number(&a, MMNOTIFY_A_INFO_DELIVERED);
	i->walks = number(&a, MMNOTIFY_A_INFO_WALKS);
	i->without_entry = number(&a, MMNOTIFY_A_INFO_WITHOUT_ENTRY);
	i->unlisted = number(&a, MMNOTIFY_A_INFO_UNLISTED);
	i->untimed = number(&a, MMNOTIFY_A_INFO_UNTIMED);
	return MNL_CB_OK;
}

static int set_watch(int attr)
{
	struct reader r = { 0 };
	char buffer[256];
	struct nlmsghdr *nl = begin(buffer, family, NLM_F_ACK, MMNOTIFY_CMD_WATCH_SET);

	mnl_attr_put_u8(nl, attr, 1);
	return ask(nl, &r);
}

bool net_watch(bool timing)
{
	struct net_info info = { 0 };

	get(MMNOTIFY_CMD_INFO_GET, NLM_F_ACK, note_info, &info);
	need_hook(info.hook);
	if (set_watch(MMNOTIFY_A_WATCH_WATCH))
		refused();
	return timing && !set_watch(MMNOTIFY_A_WATCH_TIMING);
}

const char *net_untimed(void)
{
	static struct net_info info;

	get(MMNOTIFY_CMD_INFO_GET, NLM_F_ACK, note_info, &info);
	return *info.no_drivers ? info.no_drivers : "the kernel log has the reason";
}

const char *net_cause(unsigned int cause)
{
	return cause < NAMES && *names[1][cause] ? names[1][cause] : "unknown";
}

const char *net_event(unsigned int event)
{
	return event < NAMES && *names[0][event] ? names[0][event] : "?";
}

/* ---- rows ---- */

/* Room for one more; the array grows by doubling. */
static void *grow(void *array, unsigned int nr, size_t size)
{
	if (nr && (nr & (nr - 1)))
		return array;
	return regrow(array, (nr ? 2 * nr : 1) * size);
}

static int note_counter(const struct nlmsghdr *nl, void *data)
{
	struct net_snapshot *s = data;
	struct attrs a;

	parse(nl, &a);
	s->counters = grow(s->counters, s->nr_counters, sizeof(*s->counters));
	s->counters[s->nr_counters++] = (struct net_counter){
		.event = number(&a, MMNOTIFY_A_COUNTER_EVENT),
		.cause = number(&a, MMNOTIFY_A_COUNTER_CAUSE),
		.count = number(&a, MMNOTIFY_A_COUNTER_COUNT),
		.walked = number(&a, MMNOTIFY_A_COUNTER_WALKED),
	};
	return MNL_CB_OK;
}

/* A cause that is there already is replaced. */
static void add_count(struct net_process *p, const struct nlattr *nest)
{
	struct attrs a = { 0 };
	unsigned int i, cause;

	mnl_attr_parse_nested(nest, note_attr, &a);
	cause = number(&a, MMNOTIFY_A_PROCESS_COUNTS_CAUSE);
	for (i = 0; i < p->nr && p->counts[i].cause != cause; i++)
		;
	if (i == p->nr)
		p->counts = grow(p->counts, p->nr++, sizeof(*p->counts));
	p->counts[i] = (struct net_count){
		.cause = cause,
		.events = number(&a, MMNOTIFY_A_PROCESS_COUNTS_EVENTS),
		.pages = number(&a, MMNOTIFY_A_PROCESS_COUNTS_PAGES),
		.ns = number(&a, MMNOTIFY_A_PROCESS_COUNTS_NS),
	};
}

/* Parts of a process follow each other; one that moved comes again at the end. */
static struct net_process *process_of(struct net_snapshot *s, uint64_t id)
{
	for (unsigned int i = s->nr_processes; i--;)
		if (s->processes[i].id == id)
			return &s->processes[i];
	s->processes = grow(s->processes, s->nr_processes, sizeof(*s->processes));
	s->processes[s->nr_processes] = (struct net_process){ .id = id };
	return &s->processes[s->nr_processes++];
}

static int note_process(const struct nlmsghdr *nl, void *data)
{
	const struct nlattr *at;
	struct net_process *p;
	struct attrs a;

	parse(nl, &a);
	p = process_of(data, number(&a, MMNOTIFY_A_PROCESS_ID));
	p->tgid = number(&a, MMNOTIFY_A_PROCESS_TGID);
	text(&a, MMNOTIFY_A_PROCESS_COMM, p->comm, sizeof(p->comm));
	p->cgroup = number(&a, MMNOTIFY_A_PROCESS_CGROUP);
	p->since = number(&a, MMNOTIFY_A_PROCESS_SINCE_S);
	p->until = number(&a, MMNOTIFY_A_PROCESS_UNTIL_S);
	mnl_attr_for_each(at, nl, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(at) == MMNOTIFY_A_PROCESS_COUNTS)
			add_count(p, at);
	return MNL_CB_OK;
}

static int note_driver(const struct nlmsghdr *nl, void *data)
{
	struct net_snapshot *s = data;
	const struct nlattr *at;
	struct net_driver *d;
	unsigned int i = 0;
	struct attrs a;

	parse(nl, &a);
	s->drivers = grow(s->drivers, s->nr_drivers, sizeof(*s->drivers));
	d = &s->drivers[s->nr_drivers++];
	*d = (struct net_driver){
		.process = number(&a, MMNOTIFY_A_DRIVER_PROCESS),
		.tgid = number(&a, MMNOTIFY_A_DRIVER_TGID),
		.cause = number(&a, MMNOTIFY_A_DRIVER_CAUSE),
		.notifiers = number(&a, MMNOTIFY_A_DRIVER_NOTIFIERS),
		.calls = number(&a, MMNOTIFY_A_DRIVER_CALLS),
		.ns = number(&a, MMNOTIFY_A_DRIVER_NS),
		.max_ns = number(&a, MMNOTIFY_A_DRIVER_MAX_NS),
	};
	text(&a, MMNOTIFY_A_DRIVER_SYMBOL, d->symbol, sizeof(d->symbol));
	text(&a, MMNOTIFY_A_DRIVER_MODULE, d->module, sizeof(d->module));
	text(&a, MMNOTIFY_A_DRIVER_COMM, d->comm, sizeof(d->comm));
	mnl_attr_for_each(at, nl, sizeof(struct genlmsghdr))
		if (mnl_attr_get_type(at) == MMNOTIFY_A_DRIVER_BUCKET && i < NET_BUCKETS)
			d->bucket[i++] = mnl_attr_get_u64(at);
	return MNL_CB_OK;
}

static int note_client(const struct nlmsghdr *nl, void *data)
{
	struct net_snapshot *s = data;
	struct net_client *c;
	struct attrs a;

	parse(nl, &a);
	s->clients = grow(s->clients, s->nr_clients, sizeof(*s->clients));
	c = &s->clients[s->nr_clients++];
	*c = (struct net_client){
		.objects = a.at[MMNOTIFY_A_CLIENT_RANGES],
		.ranges = number(&a, MMNOTIFY_A_CLIENT_RANGES),
		.mms = number(&a, MMNOTIFY_A_CLIENT_MMS),
		.delivered = number(&a, MMNOTIFY_A_CLIENT_DELIVERED),
		.timed = number(&a, MMNOTIFY_A_CLIENT_TIMED),
		.ns = number(&a, MMNOTIFY_A_CLIENT_NS),
	};
	text(&a, MMNOTIFY_A_CLIENT_NAME, c->name, sizeof(c->name));
	text(&a, MMNOTIFY_A_CLIENT_MODULE, c->module, sizeof(c->module));
	return MNL_CB_OK;
}

static int note_flight(const struct nlmsghdr *nl, void *data)
{
	struct net_snapshot *s = data;
	struct attrs a;
	uint64_t ns;

	parse(nl, &a);
	ns = number(&a, MMNOTIFY_A_FLIGHT_NS);
	s->flights++;
	if (ns > s->oldest_ns)
		s->oldest_ns = ns;
	return MNL_CB_OK;
}

void net_read(struct net_snapshot *s)
{
	memset(s, 0, sizeof(*s));
	get(MMNOTIFY_CMD_INFO_GET, NLM_F_ACK, note_info, &s->info);
	get(MMNOTIFY_CMD_COUNTERS_GET, NLM_F_DUMP, note_counter, s);
	s->flagged |= get(MMNOTIFY_CMD_PROCESSES_GET, NLM_F_DUMP, note_process, s);
	s->flagged |= get(MMNOTIFY_CMD_DRIVERS_GET, NLM_F_DUMP, note_driver, s);
	get(MMNOTIFY_CMD_CLIENTS_GET, NLM_F_DUMP, note_client, s);
	get(MMNOTIFY_CMD_FLIGHTS_GET, NLM_F_DUMP, note_flight, s);
}

void net_read_processes(struct net_snapshot *s)
{
	memset(s, 0, sizeof(*s));
	s->flagged = get(MMNOTIFY_CMD_PROCESSES_GET, NLM_F_DUMP, note_process, s);
}

void net_free(struct net_snapshot *s)
{
	for (unsigned int i = 0; i < s->nr_processes; i++)
		free(s->processes[i].counts);
	free(s->processes);
	free(s->counters);
	free(s->drivers);
	free(s->clients);
	memset(s, 0, sizeof(*s));
}
