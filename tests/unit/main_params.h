/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The parameters of the module, which include/linux/moduleparam.h exposes. */
#ifndef MAIN_PARAMS_H
#define MAIN_PARAMS_H

#include <stdbool.h>

#include <linux/moduleparam.h>

extern char **const shim_param_hook, **const shim_param_trust, **const shim_param_forget;
extern bool *const shim_param_watch, *const shim_param_debug, *const shim_param_verify;
extern bool *const shim_param_starve_ends, *const shim_param_timing;
extern const struct kernel_param_ops *const shim_ops_watch, *const shim_ops_debug;
extern const struct kernel_param_ops *const shim_ops_timing;
extern const struct kernel_param_ops *const shim_ops_verify, *const shim_ops_starve_ends;

#endif /* MAIN_PARAMS_H */
