/* SPDX-License-Identifier: GPL-2.0-only */
/* No tracepoints: kernel_room.h has what src/trace.h declares. */
