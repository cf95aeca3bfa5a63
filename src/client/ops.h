/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_OPS_H
#define MMN_OPS_H

#include <linux/mutex.h>
#include <linux/types.h>

struct list_head;

/**
 * struct mmn_ops_kind - name and sizes of one kind of ops
 * @name: call that takes these ops, for the log
 * @v1: size of the structure in API v1, bytes
 * @known: size of the structure in this mmnotify, bytes
 */
struct mmn_ops_kind {
	const char *name;
	size_t v1;
	size_t known;
};

const void *mmn_ops_accept(const struct mmn_ops_kind *kind, const char *client,
			   const void *ops, size_t size, struct mutex *lock,
			   struct list_head *copies);
int mmn_ops_check_bits(const struct mmn_ops_kind *kind, const char *client, u32 effects,
		       u32 rsvd);
void mmn_ops_free(struct list_head *copies);

#endif /* MMN_OPS_H */
