// SPDX-License-Identifier: GPL-2.0-only
/* v5.8: fe557319aa06 maccess: rename probe_kernel_{read,write} to copy_{from,to}_kernel_nofault */
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#include <linux/uaccess.h>

long probe(void *to, const void *from);
long probe(void *to, const void *from)
{
	return copy_from_kernel_nofault(to, from, 1);
}
