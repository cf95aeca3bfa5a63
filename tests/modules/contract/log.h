/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_CONTRACT_LOG_H
#define MMN_CONTRACT_LOG_H

#include <linux/types.h>

struct contract_record;
struct mmnotify_info;
struct mmnotify_range;

/* log.c */
void contract_log(u32 id, u32 phase, const struct mmnotify_info *info,
		  const struct mmnotify_range *range, unsigned long seq);
void contract_log_result(u32 id, long result);
long contract_log_read(void __user *arg);

/* inside.c: return 0, or -EPROTO if a test failed */
int contract_inside(void);

#endif /* MMN_CONTRACT_LOG_H */
