// SPDX-License-Identifier: GPL-2.0-only
/* v6.7: cd4d7263d58a genetlink: add CAP_NET_ADMIN test for multicast bind */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <net/genetlink.h>

const struct genl_multicast_group probe = { .name = "x", .flags = GENL_MCAST_CAP_SYS_ADMIN };
