/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_PROOF_H
#define MMN_PROOF_H

const char *mmn_proof_run(void);

#endif /* MMN_PROOF_H */
