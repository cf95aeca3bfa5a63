/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_LIMITS_H
#define SHIM_LIMITS_H

#include <limits.h>

#endif /* SHIM_LIMITS_H */
