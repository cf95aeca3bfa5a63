/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_COMPAT_EXPORT_H
#define MMN_COMPAT_EXPORT_H

#include <linux/export.h>

#include "gen.h"

/* All exports are GPL-only, as in the kernel's mmu_notifier.c. RHEL 8 has no namespaces. */
#ifndef EXPORT_SYMBOL_NS_GPL
#define MMN_EXPORT(sym)	EXPORT_SYMBOL_GPL(sym)
#elif !defined(MMN_HAVE_NS_TOKEN)
#define MMN_EXPORT(sym)	EXPORT_SYMBOL_NS_GPL(sym, "MMNOTIFY")
#else
#define MMN_EXPORT(sym)	EXPORT_SYMBOL_NS_GPL(sym, MMNOTIFY)
#endif

#endif /* MMN_COMPAT_EXPORT_H */
