// SPDX-License-Identifier: GPL-2.0-only
/* v5.5: 743210386c03 cgroup: use cgrp->kn->id as the cgroup ID */
#include <linux/cgroup.h>

u64 probe(struct task_struct *task);
u64 probe(struct task_struct *task)
{
	return cgroup_id(task_dfl_cgroup(task));
}
