// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * debugfs: read-only files, for root. They have no write bit, so that they can be opened
 * under lockdown=integrity. Errors are ignored: without debugfs there are no files.
 */
#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/seq_file.h>

#include "census/census.h"
#include "client/client.h"
#include "debugfs.h"
#include "drivers/drivers.h"
#include "hook/hook.h"
#include "process.h"
#include "stack/addr_cache.h"
#include "stats.h"
#include "verdict/flight.h"
#include "verdict/verify.h"

static struct dentry *root;

static int counters_show(struct seq_file *m, void *unused)
{
	mmn_stats_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(counters);

static int sites_show(struct seq_file *m, void *unused)
{
	mmn_addr_cache_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(sites);

static int clients_show(struct seq_file *m, void *unused)
{
	mmn_client_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(clients);

static int hook_show(struct seq_file *m, void *unused)
{
	mmn_hook_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(hook);

static int census_show(struct seq_file *m, void *unused)
{
	mmn_census_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(census);

static int inflight_show(struct seq_file *m, void *unused)
{
	mmn_flight_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(inflight);

static int processes_show(struct seq_file *m, void *unused)
{
	mmn_process_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(processes);

static int drivers_show(struct seq_file *m, void *unused)
{
	mmn_drivers_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(drivers);

static int tlb_show(struct seq_file *m, void *unused)
{
	mmn_drivers_show_flushes(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(tlb);

static int verify_show(struct seq_file *m, void *unused)
{
	mmn_verify_show(m);
	return 0;
}
DEFINE_SHOW_ATTRIBUTE(verify);

void mmn_debugfs_init(void)
{
	root = debugfs_create_dir("mmnotify", NULL);
	debugfs_create_file("counters", 0400, root, NULL, &counters_fops);
	debugfs_create_file("sites", 0400, root, NULL, &sites_fops);
	debugfs_create_file("clients", 0400, root, NULL, &clients_fops);
	debugfs_create_file("hook", 0400, root, NULL, &hook_fops);
	debugfs_create_file("census", 0400, root, NULL, &census_fops);
	debugfs_create_file("inflight", 0400, root, NULL, &inflight_fops);
	debugfs_create_file("processes", 0400, root, NULL, &processes_fops);
	debugfs_create_file("drivers", 0400, root, NULL, &drivers_fops);
	debugfs_create_file("tlb", 0400, root, NULL, &tlb_fops);
	debugfs_create_file("verify", 0400, root, NULL, &verify_fops);
}

void mmn_debugfs_exit(void)
{
	debugfs_remove_recursive(root);
}
