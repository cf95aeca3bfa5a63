/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * vram: the device's own memory, which the CPU cannot reach (device private
 * pages). Where a kernel is built without it, there is none.
 */
#ifndef MMN_VRAM_H
#define MMN_VRAM_H

#include <linux/mm_types.h>

/**
 * struct vram_ops - what the driver does when pages come and go
 * @revoke: take the device's translations of [start, end): who migrates is who
 *	would have been told, so nobody else does it. Under mmap_lock, must not
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
