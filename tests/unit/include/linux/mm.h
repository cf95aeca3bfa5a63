/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_MM_H
#define SHIM_MM_H

#define PAGE_SIZE	4096UL
#define PAGE_ALIGN(x)	(((x) + PAGE_SIZE - 1) & ~(PAGE_SIZE - 1))

#endif /* SHIM_MM_H */
