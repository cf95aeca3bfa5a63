// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * mmn_beside: other users of ftrace on the two functions that mmnotify hooks. kinds=
 * selects them: plain (no flags), regs (FTRACE_OPS_FL_SAVE_REGS) and ipmodify
 * (FTRACE_OPS_FL_IPMODIFY, though it leaves the IP as it is). Each counts its calls.
 * The module does not use mmnotify.
 */
#include <linux/atomic.h>
#include <linux/ftrace.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/string.h>

static char *kinds = "plain";
module_param(kinds, charp, 0444);
MODULE_PARM_DESC(kinds, "comma-separated list of plain, regs and ipmodify");

struct beside {
	const char *kind;
	char *function;
	struct ftrace_ops ops;
	atomic_t calls;
	bool on;
};

static void notrace mmn_beside_called(unsigned long ip, unsigned long parent_ip,
				      struct ftrace_ops *ops,
				      struct ftrace_regs *fregs)
{
	atomic_inc(&container_of(ops, struct beside, ops)->calls);
}

#define USER(its_kind, its_flags, its_function)				\
	{								\
		.kind = its_kind,					\
		.function = its_function,				\
		.ops = {						\
			.func = mmn_beside_called,			\
			.flags = FTRACE_OPS_FL_RECURSION | (its_flags),	\
		},							\
	}

#define START	"__mmu_notifier_invalidate_range_start"
#define END	"__mmu_notifier_invalidate_range_end"
#define MAY_GO	(FTRACE_OPS_FL_SAVE_REGS | FTRACE_OPS_FL_IPMODIFY)

static struct beside users[] = {
	USER("plain", 0, START),
	USER("plain", 0, END),
	USER("regs", FTRACE_OPS_FL_SAVE_REGS, START),
	USER("regs", FTRACE_OPS_FL_SAVE_REGS, END),
	USER("ipmodify", MAY_GO, START),
	USER("ipmodify", MAY_GO, END),
};

/* Reports the smallest count, because each user must be called. */
static int get_calls(char *buf, const struct kernel_param *kp)
{
	int least = INT_MAX;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(users); i++)
		if (users[i].on)
			least = min(least, atomic_read(&users[i].calls));
	return sysfs_emit(buf, "%d\n", least);
}

static const struct kernel_param_ops calls_ops = {
	.get = get_calls,
};

module_param_cb(calls, &calls_ops, NULL, 0444);
MODULE_PARM_DESC(calls, "smallest number of calls of the selected users");

/* An empty filter selects every function, so unregister before the filter is cleared. */
static void stop(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(users); i++) {
		if (!users[i].on)
			continue;
		unregister_ftrace_function(&users[i].ops);
		ftrace_set_filter(&users[i].ops, NULL, 0, 1);
	}
}

static int start_one(struct beside *u)
{
	int ret = ftrace_set_filter(&u->ops, u->function, strlen(u->function), 1);

	if (!ret)
		ret = register_ftrace_function(&u->ops);
	u->on = !ret;
	return ret;
}

static bool wanted(const char *kind)
{
	const char *at = strstr(kinds, kind);
	size_t len = strlen(kind);

	return at && (at == kinds || at[-1] == ',') && (!at[len] || at[len] == ',');
}

static int __init mmn_beside_init(void)
{
	unsigned int i, on = 0;
	int ret = 0;

	for (i = 0; i < ARRAY_SIZE(users) && !ret; i++) {
		if (!wanted(users[i].kind))
			continue;
		ret = start_one(&users[i]);
		on++;
	}
	if (!ret && !on)
		ret = -EINVAL;
	if (ret)
		stop();
	return ret;
}
module_init(mmn_beside_init);

static void __exit mmn_beside_exit(void)
{
	stop();
}
module_exit(mmn_beside_exit);

MODULE_AUTHOR("The mmnotify authors");
MODULE_DESCRIPTION("Test of mmnotify: other users of ftrace on the functions that it hooks");
MODULE_LICENSE("GPL");
