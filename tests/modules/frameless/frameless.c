// SPDX-License-Identifier: GPL-2.0-only
#define DRIVER	frameless

#include "driver_code.h"

/* objtool would complain: that is the point. With ORC the functions are like all others. */
#ifdef CONFIG_FRAME_POINTER
#include <linux/objtool.h>

STACK_FRAME_NON_STANDARD(driver_classify);
STACK_FRAME_NON_STANDARD(driver_munmap);
#endif
