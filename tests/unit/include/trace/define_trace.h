/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* No tracepoints: kernel_room.h replaces src/trace.h. */
