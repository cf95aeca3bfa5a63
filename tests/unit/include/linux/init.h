/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef SHIM_INIT_H
#define SHIM_INIT_H

#define __init
#define __initdata
#define __initconst
#define __exit

#endif /* SHIM_INIT_H */
