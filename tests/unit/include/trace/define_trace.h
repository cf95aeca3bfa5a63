/* SPDX-License-Identifier: GPL-2.0-only */
/* No tracepoints: kernel_room.h replaces src/trace.h. */
