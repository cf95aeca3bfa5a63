/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_OBJECTS_H
#define MMN_OBJECTS_H

#include <linux/types.h>

struct mm_struct;
struct mmn_client;
struct mmnotify_client;
struct mmnotify_mm;
struct mmnotify_mm_ops;
struct mmnotify_range;

void mmn_objects_init(void);

void mmn_objects_add_range(struct mmnotify_range *r);
void mmn_objects_del_range(struct mmnotify_range *r);
bool mmn_objects_leave(struct mmnotify_range *r);
struct mmnotify_range *mmn_objects_left(struct mmnotify_range *r);
struct mmnotify_range *mmn_objects_take_range(const struct mmnotify_client *client);

struct mmnotify_mm *mmn_objects_get_mm(const struct mm_struct *mm,
				       const struct mmnotify_client *client,
				       const struct mmnotify_mm_ops *ops);
void mmn_objects_add_mm(struct mmnotify_mm *m);
bool mmn_objects_put_mm(struct mmnotify_mm *m);
int mmn_objects_claim_mm(struct mmnotify_mm *m);
struct mmnotify_mm *mmn_objects_take_mm(const struct mmnotify_client *client);

#endif /* MMN_OBJECTS_H */
