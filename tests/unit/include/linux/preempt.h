/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef SHIM_PREEMPT_H
#define SHIM_PREEMPT_H
#endif /* SHIM_PREEMPT_H */
