/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_COMPAT_H
#define SHIM_COMPAT_H

#endif /* SHIM_COMPAT_H */
