// SPDX-License-Identifier: GPL-2.0-only
/* until v6.12: cdd30ebb1b9f module: Convert symbol namespace to string literal */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/module.h>

MODULE_IMPORT_NS(MMNOTIFY);
