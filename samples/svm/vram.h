/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * vram: the device's own memory, which the CPU cannot access (device private
 * pages). A kernel without CONFIG_DEVICE_PRIVATE has none.
 */
#ifndef MMN_VRAM_H
#define MMN_VRAM_H

#include <linux/mm_types.h>

/**
 * struct vram_ops - callbacks to the driver
 * @revoke: drop the device's translations of [start, end). The driver's ranges have
 *	the owner of the migration and get no callback. Under mmap_lock, must not
 *	sleep
 */
struct vram_ops {
	void (*revoke)(struct mm_struct *mm, unsigned long start,
		       unsigned long end);
};

int vram_init(void *owner, const struct vram_ops *ops);
void vram_exit(void);
long vram_take(struct mm_struct *mm, unsigned long start, unsigned long end);

#endif /* MMN_VRAM_H */
