// SPDX-License-Identifier: GPL-2.0-only
#define DRIVER	framed

#include "driver_code.h"
