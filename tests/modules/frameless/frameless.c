// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
#define DRIVER	frameless

#include "driver_code.h"

/* objtool would complain: that is the point. With ORC the functions are like all others. */
#ifdef CONFIG_FRAME_POINTER
#if __has_include(<linux/objtool.h>)
#include <linux/objtool.h>
#else
#include <linux/frame.h>
#endif

STACK_FRAME_NON_STANDARD(driver_classify);
STACK_FRAME_NON_STANDARD(driver_munmap);
#endif
