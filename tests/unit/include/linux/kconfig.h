/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_KCONFIG_H
#define SHIM_KCONFIG_H

/* The architecture that the kernel is not for; a test may define it. Each other option is set. */
#ifndef SHIM_OTHER_ARCH
#define SHIM_OTHER_ARCH		"CONFIG_ARM64"
#endif
extern const char *shim_other_arch;

#define IS_ENABLED(option)	(__builtin_strcmp(#option, SHIM_OTHER_ARCH) != 0)

#endif /* SHIM_KCONFIG_H */
