/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_KCONFIG_H
#define SHIM_KCONFIG_H

/* Each option is set. */
#define IS_ENABLED(option)	1

#endif /* SHIM_KCONFIG_H */
