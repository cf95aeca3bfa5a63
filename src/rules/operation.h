/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_OPERATION_H
#define MMN_OPERATION_H

#include "rules.h"

/* What mmn_operation_name() looks at. */
#define MMN_OPERATION_NEEDS	(MMN_NEED_TASK | MMN_NEED_LOCK | MMN_NEED_SYS | MMN_NEED_ARGS)

unsigned int mmn_operation_cause(const struct mmn_ctx *ctx);
const char *mmn_operation_name(const struct mmn_ctx *ctx);

#endif /* MMN_OPERATION_H */
