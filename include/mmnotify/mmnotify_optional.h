/* SPDX-License-Identifier: GPL-2.0-only OR MIT */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * mmnotify_optional: tier 1 for a driver that must also load without mmnotify. The driver
 * links against no symbol of mmnotify, so depmod records no dependency. If mmnotify is
 * loaded when mmnotify_optional_get() runs, mmnotify_classify() computes the verdicts,
 * else mmnotify_conservative() does. The licence of the module must be compatible with
 * the GPL, because the exports are GPL-only. Needs no MMNOTIFY_COMPAT_IMPLEMENTATION.
 *
 * MODULE_SOFTDEP("pre: mmnotify") makes modprobe load mmnotify first where it is
 * installed.
 */
#ifndef MMNOTIFY_OPTIONAL_H
#define MMNOTIFY_OPTIONAL_H

#include <linux/errno.h>
#include <linux/module.h>

#include "mmnotify_compat.h"

/* Declared for their types only: nothing is linked. */
int mmnotify_register_v1(struct mmnotify_client *client, size_t size);
int mmnotify_unregister_v1(struct mmnotify_client *client);
void mmnotify_classify_v1(const struct mmu_notifier_range *range,
			  struct mmnotify_info *info, size_t size);

/**
 * struct mmnotify_optional - functions of mmnotify, if it was loaded
 * @client: registered client, or NULL
 * @do_register: mmnotify_register_v1(), or NULL
 * @do_unregister: mmnotify_unregister_v1(), or NULL
 * @do_classify: mmnotify_classify_v1(), or NULL
 *
 * One per driver, static, zeroed.
 */
struct mmnotify_optional {
	struct mmnotify_client *client;
	int (*do_register)(struct mmnotify_client *client, size_t size);
	int (*do_unregister)(struct mmnotify_client *client);
	void (*do_classify)(const struct mmu_notifier_range *range,
			    struct mmnotify_info *info, size_t size);
};

/**
 * mmnotify_optional_put() - stop using mmnotify
 * @opt: structure that was passed to mmnotify_optional_get(), also if that failed
 *
 * From here on mmnotify may be unloaded.
 *
 * Context: Process, may sleep; no callback that calls mmnotify_optional_classify() may
 * run any more.
 */
static inline void mmnotify_optional_put(struct mmnotify_optional *opt)
{
	if (opt->client)
		opt->do_unregister(opt->client);
	if (opt->do_classify)
		symbol_put(mmnotify_classify_v1);
	if (opt->do_unregister)
		symbol_put(mmnotify_unregister_v1);
	if (opt->do_register)
		symbol_put(mmnotify_register_v1);
	memset(opt, 0, sizeof(*opt));
}

/**
 * mmnotify_optional_get() - use mmnotify if it is loaded, and keep it loaded
 * @opt: zeroed structure of the driver
 * @client: static, zeroed but for its name and owner
 *
 * Call it at init, before the first notifier is registered: the choice must not change
 * while callbacks may run.
 *
 * Context: Process, may sleep; not under mmap_lock.
 * Return: 0; -ENOENT if mmnotify is not loaded, or has another ABI; else the errno of
 * mmnotify_register(). mmnotify_optional_classify() works after an error, too.
 */
static inline int mmnotify_optional_get(struct mmnotify_optional *opt,
					struct mmnotify_client *client)
{
	int ret = -ENOENT;

	opt->do_register = symbol_get(mmnotify_register_v1);
	opt->do_unregister = symbol_get(mmnotify_unregister_v1);
	opt->do_classify = symbol_get(mmnotify_classify_v1);
	if (opt->do_register && opt->do_unregister && opt->do_classify)
		ret = opt->do_register(client, sizeof(*client));
	if (ret)
		mmnotify_optional_put(opt);
	else
		opt->client = client;
	return ret;
}

/**
 * mmnotify_optional_classify() - get the verdict inside a native callback
 * @opt: structure that was passed to mmnotify_optional_get()
 * @range: range that the kernel passed to the callback, unchanged
 * @info: output: filled by mmnotify_classify(), or by mmnotify_conservative()
 *
 * Context: In a notifier callback; does not sleep.
 */
static inline void
mmnotify_optional_classify(const struct mmnotify_optional *opt,
			   const struct mmu_notifier_range *range,
			   struct mmnotify_info *info)
{
	if (opt->do_classify)
		opt->do_classify(range, info, sizeof(*info));
	else
		mmnotify_conservative(range, info);
}

#endif /* MMNOTIFY_OPTIONAL_H */
