/* SPDX-License-Identifier: GPL-2.0-only */
/* compat_kernel.h has what compat.h uses of it. */
