// SPDX-License-Identifier: GPL-2.0-only
/* The same driver, built with mmnotify. */
#include "../compat_user/tests.c"
