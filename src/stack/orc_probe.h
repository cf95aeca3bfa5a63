/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_ORC_PROBE_H
#define MMN_ORC_PROBE_H

#include <linux/types.h>

#include "frame_pos.h"

/* With ORC the distance from a return address to the next depends on the address alone. */
#if defined(CONFIG_X86_64) && defined(CONFIG_STACKTRACE) && \
	defined(CONFIG_UNWINDER_ORC)
#define MMN_KNOWS_ORC		1

void mmn_orc_probe_measure(const struct mmn_frame_pos *from,
			   void (*report)(unsigned long pc, unsigned int up));
unsigned int mmn_orc_probe_save(const struct mmn_frame_pos *from, unsigned long *pc,
				unsigned int size, bool *whole);
#else
#define MMN_KNOWS_ORC		0

static inline void mmn_orc_probe_measure(const struct mmn_frame_pos *from,
					 void (*report)(unsigned long pc, unsigned int up))
{
}

static inline unsigned int mmn_orc_probe_save(const struct mmn_frame_pos *from, unsigned long *pc,
					      unsigned int size, bool *whole)
{
	*whole = false;
	return 0;
}
#endif

#endif /* MMN_ORC_PROBE_H */
