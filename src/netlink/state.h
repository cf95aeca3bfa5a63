/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_STATE_H
#define MMN_STATE_H

struct genl_info;

int mmn_state_reply_info(struct genl_info *info);
int mmn_state_reply_hook(struct genl_info *info);

#endif /* MMN_STATE_H */
