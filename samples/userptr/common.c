// SPDX-License-Identifier: GPL-2.0-only
/* What all samples share, built into each: none depends on another. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include "../common/sdev.c"
#include "../common/fault.c"
#include "../common/history.c"
#include "../common/check.c"
