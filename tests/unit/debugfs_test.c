// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* debugfs: each file is there, for root to read, and prints the page of its name. */
#include <string.h>

#include <linux/debugfs.h>
#include <linux/kernel.h>
#include <linux/seq_file.h>

#include "census/census.h"
#include "client/client.h"
#include "debugfs.h"
#include "drivers/drivers.h"
#include "hook/hook.h"
#include "process.h"
#include "stack/addr_cache.h"
#include "tap.h"
#include "verdict/flight.h"
#include "verdict/verify.h"

#define PAGE(function, name)	\
	void function(struct seq_file *m) { seq_puts(m, "page of " name); }

PAGE(mmn_stats_show, "counters")
PAGE(mmn_addr_cache_show, "sites")
PAGE(mmn_client_show, "clients")
PAGE(mmn_hook_show, "hook")
PAGE(mmn_census_show, "census")
PAGE(mmn_flight_show, "inflight")
PAGE(mmn_process_show, "processes")
PAGE(mmn_drivers_show, "drivers")
PAGE(mmn_drivers_show_flushes, "tlb")
PAGE(mmn_verify_show, "verify")

static struct dentry {
	bool is_there;
} dir;

static struct {
	const char *name;
	const struct file_operations *fops;
} files[20];
static unsigned int nr;
static bool wrong;

struct dentry *debugfs_create_dir(const char *name, struct dentry *parent)
{
	wrong |= strcmp(name, "mmnotify") || parent;
	dir.is_there = true;
	return &dir;
}

void debugfs_create_file(const char *name, unsigned int mode, struct dentry *parent, void *data,
			 const struct file_operations *fops)
{
	wrong |= mode != 0400 || parent != &dir;
	files[nr].name = name;
	files[nr++].fops = fops;
}

void debugfs_remove_recursive(struct dentry *dentry)
{
	dentry->is_there = false;
}

/* Does file @name print its own page? */
static bool prints(const char *name)
{
	static struct seq_file m;
	unsigned int i;

	for (i = 0; i < nr; i++)
		if (!strcmp(files[i].name, name)) {
			m.len = 0;
			return !files[i].fops->show(&m, NULL) &&
			       strstr(m.text, "page of ") == m.text &&
			       !strcmp(m.text + strlen("page of "), name);
		}
	return false;
}

int main(void)
{
	static const char *const names[] = {
		"counters", "sites", "clients", "hook", "census", "inflight", "processes",
		"drivers", "tlb", "verify",
	};
	unsigned int i;

	mmn_debugfs_init();
	for (i = 0; i < ARRAY_SIZE(names); i++)
		ok(prints(names[i]), "%s", names[i]);
	ok(nr == ARRAY_SIZE(names) && !wrong, "there is no other file, and root alone may read them");
	mmn_debugfs_exit();
	ok(!dir.is_there, "they go");
	return tap_done();
}
