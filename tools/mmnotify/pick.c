// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* pick: which processes and drivers are shown, for the commands that read counters. */
#include <stddef.h>

#include "cgroups.h"
#include "net.h"
#include "pick.h"
#include "util.h"

struct rates_filter pick_filter(const struct pick *pick)
{
	if (pick->cgroup)
		cgroup_choose(pick->cgroup);
	return (struct rates_filter){
		.tgid = pick->pid,
		.cgroup = pick->cgroup ? cgroup_chosen : NULL,
		.driver = pick->driver,
	};
}

const char *pick_watch(bool needed)
{
	const char *reason = net_watch(true) ? NULL : net_untimed();

	if (reason && needed)
		die("callbacks of drivers cannot be timed here: %s", reason);
	return reason;
}
