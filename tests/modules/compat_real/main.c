// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* The same driver, built with mmnotify. */
#include "../compat_user/main.c"
