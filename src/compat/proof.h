/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_PROOF_H
#define MMN_PROOF_H

const char *mmn_proof_run(void);

#endif /* MMN_PROOF_H */
