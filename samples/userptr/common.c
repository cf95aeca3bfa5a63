// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* The common part is built into each sample, so no sample depends on another. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "../common/sdev.c"
#include "../common/fault.c"
#include "../common/history.c"
#include "../common/check.c"
