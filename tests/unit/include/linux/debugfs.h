/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The test has the files. */
#ifndef SHIM_DEBUGFS_H
#define SHIM_DEBUGFS_H

#include <linux/seq_file.h>

struct dentry;

struct file_operations {
	int (*show)(struct seq_file *m, void *unused);
};

#define DEFINE_SHOW_ATTRIBUTE(name)	\
	static const struct file_operations name##_fops = { .show = name##_show }

struct dentry *debugfs_create_dir(const char *name, struct dentry *parent);
void debugfs_create_file(const char *name, unsigned int mode, struct dentry *parent, void *data,
			 const struct file_operations *fops);
void debugfs_remove_recursive(struct dentry *dentry);

#endif /* SHIM_DEBUGFS_H */
