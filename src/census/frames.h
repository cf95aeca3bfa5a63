/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_FRAMES_H
#define MMN_FRAMES_H

#include <linux/types.h>

struct seq_file;

void mmn_frames_init(bool needed);
u32 mmn_frames_bits(unsigned int class);
void mmn_frames_show(struct seq_file *m);

#endif /* MMN_FRAMES_H */
