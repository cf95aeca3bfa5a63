// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * family: only a program with a capability gets an answer, a request with an attribute that is not
 * known gets none, and what is registered goes in the reverse order.
 */
#include <linux/capability.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/module.h>

#include <mmnotify/mmnotify_netlink.h>

#include "log.h"
#include "messages.h"
#include "netlink/family.h"
#include "netlink/monitor.h"
#include "netlink/rows.h"
#include "netlink/snapshot.h"
#include "netlink/state.h"
#include "netlink/watchers.h"
#include "tap.h"

struct module shim_this_module;

static const struct genl_family *family, *of_messages;
static int caps, register_result, watchers_result;

/* One letter for each step, in upper case if something ends. */
static char steps[50];

static void step(char what)
{
	size_t len = strlen(steps);

	steps[len] = what;
	steps[len + 1] = '\0';
}

static bool did(const char *what)
{
	bool same = !strcmp(steps, what);

	steps[0] = '\0';
	return same;
}

int genl_register_family(struct genl_family *f)
{
	step('f');
	family = f;
	return register_result;
}

int genl_unregister_family(const struct genl_family *f)
{
	step(f == family ? 'F' : '?');
	return 0;
}

void mmn_message_set_family(const struct genl_family *f)
{
	of_messages = f;
}

int mmn_watchers_init(void)
{
	step('w');
	return watchers_result;
}

void mmn_watchers_exit(void)
{
	step('W');
}

void mmn_monitor_init(void)
{
	step('m');
}

void mmn_monitor_exit(void)
{
	step('M');
}

bool netlink_capable(const struct sk_buff *skb, int cap)
{
	return cap == caps;
}

int mmn_state_reply_info(struct genl_info *info)
{
	return MMNOTIFY_CMD_INFO_GET;
}

int mmn_state_reply_hook(struct genl_info *info)
{
	return MMNOTIFY_CMD_HOOK_GET;
}

int mmn_watchers_set(struct sk_buff *skb, struct genl_info *info)
{
	return MMNOTIFY_CMD_WATCH_SET;
}

int mmn_rows_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return 0;
}

int mmn_rows_dump_processes(struct sk_buff *skb, struct netlink_callback *cb)
{
	return 0;
}

int mmn_snapshot_dump(struct sk_buff *skb, struct netlink_callback *cb)
{
	return 0;
}

int mmn_snapshot_done(struct netlink_callback *cb)
{
	return 0;
}

static struct sk_buff skb;

/* The answer to a request with that many bytes of attributes; for a dump, whether it begins. */
static int answer(const struct genl_ops *op, int attrlen)
{
	struct nlmsghdr header = { .attrlen = attrlen };
	struct genl_info info = { .nlhdr = &header };
	struct netlink_callback cb = { .skb = &skb, .nlh = &header };

	return op->doit ? op->doit(&skb, &info) : op->start(&cb);
}

/* Return: number of operations whose answer is @ret; of other ones than watch-set. */
static unsigned int answers(int cap, int attrlen, int ret)
{
	unsigned int i, nr = 0;

	caps = cap;
	for (i = 0; i < family->n_ops; i++)
		if (family->ops[i].cmd != MMNOTIFY_CMD_WATCH_SET)
			nr += answer(&family->ops[i], attrlen) ==
			      (ret || !family->ops[i].doit ? ret : family->ops[i].cmd);
	return nr;
}

static const struct genl_ops *op_of(u8 cmd)
{
	unsigned int i;

	for (i = 0; i < family->n_ops; i++)
		if (family->ops[i].cmd == cmd)
			return &family->ops[i];
	return NULL;
}

static void test_requests(void)
{
	const struct genl_ops *set = op_of(MMNOTIFY_CMD_WATCH_SET);
	const unsigned int nr = family->n_ops - 1;

	ok(nr == 10 && answers(CAP_PERFMON, 0, 0) == nr && answers(CAP_SYS_ADMIN, 0, 0) == nr,
	   "each request is allowed with one of two capabilities");
	ok(answers(0, 0, -EPERM) == nr, "and with no other");
	ok(answers(CAP_PERFMON, 4, -EINVAL) == nr, "an attribute is refused where none is known");
	caps = CAP_PERFMON;
	ok(answer(set, 8) == MMNOTIFY_CMD_WATCH_SET, "but by watch-set");
	caps = 0;
	ok(answer(set, 8) == -EPERM, "which needs a capability, too");
}

static void test_dumps(void)
{
	static const u8 rows[] = {
		MMNOTIFY_CMD_COUNTERS_GET, MMNOTIFY_CMD_CLIENTS_GET, MMNOTIFY_CMD_FLIGHTS_GET,
		MMNOTIFY_CMD_SITES_GET, MMNOTIFY_CMD_CENSUS_GET, MMNOTIFY_CMD_NAMES_GET,
	};
	unsigned int i, right = 0;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		right += op_of(rows[i])->dumpit == mmn_rows_dump;
	ok(right == ARRAY_SIZE(rows) &&
	   op_of(MMNOTIFY_CMD_PROCESSES_GET)->dumpit == mmn_rows_dump_processes &&
	   op_of(MMNOTIFY_CMD_DRIVERS_GET)->dumpit == mmn_snapshot_dump &&
	   op_of(MMNOTIFY_CMD_DRIVERS_GET)->done == mmn_snapshot_done, "each dump has its function");
	ok(family->policy[MMNOTIFY_A_WATCH_WATCH].max == 1 &&
	   family->policy[MMNOTIFY_A_WATCH_TIMING].max == 1 &&
	   family->maxattr == MMNOTIFY_A_WATCH_MAX, "values of watch-set are 0 or 1");
	ok(family == of_messages && family->n_mcgrps == 1 &&
	   !strcmp(family->mcgrps[0].name, MMNOTIFY_MCGRP_MONITOR) &&
	   family->module == THIS_MODULE, "messages have the family, which has the group");
}

static void test_failures(void)
{
	register_result = -ENOMEM;
	mmn_family_init();
	ok(did("wfW") && strstr(logged, "cannot be registered (-12)"),
	   "a family that cannot be registered leaves nothing");
	mmn_family_exit();
	ok(did(""), "and has nothing to end");
	register_result = 0;
	watchers_result = -EINVAL;
	mmn_family_init();
	ok(did("w"), "nor has one whose sockets cannot be noticed");
	mmn_family_exit();
	ok(did(""), "likewise");
	watchers_result = 0;
}

int main(void)
{
	test_failures();
	logged[0] = '\0';
	mmn_family_init();
	ok(did("wfm") && !logged[0], "the family is registered");
	test_requests();
	test_dumps();
	mmn_family_exit();
	ok(did("MWF"), "and goes in the reverse order");
	return tap_done();
}
