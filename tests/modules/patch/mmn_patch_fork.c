// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* mmn_patch_fork: the same for a function that announces invalidations. */
#define PATCHED	"copy_page_range"
#include "mmn_patch.c"
