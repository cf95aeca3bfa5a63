/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* The log goes to the test. */
#ifndef SHIM_PRINTK_H
#define SHIM_PRINTK_H

void __attribute__((format(printf, 1, 2))) shim_log(const char *fmt, ...);

#define pr_err(fmt, ...)		shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn(fmt, ...)		shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_notice(fmt, ...)		shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info(fmt, ...)		shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_info_once(fmt, ...)		shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_once(fmt, ...)		shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_once(fmt, ...)		shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_err_ratelimited(fmt, ...)	shim_log(pr_fmt(fmt), ##__VA_ARGS__)
#define pr_warn_ratelimited(fmt, ...)	shim_log(pr_fmt(fmt), ##__VA_ARGS__)

#endif /* SHIM_PRINTK_H */
