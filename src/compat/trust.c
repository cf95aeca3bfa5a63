// SPDX-License-Identifier: GPL-2.0-only
/*
 * trust: decides at load whether verdicts are exact on this kernel, and logs the reason if
 * they are not.
 */
#define pr_fmt(fmt) "mmnotify: " fmt

#include <linux/cache.h>
#include <linux/errno.h>
#include <linux/init.h>
#include <linux/kconfig.h>
#include <linux/kernel.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/utsname.h>

#include "rules/kernel_table.h"
#include "trust.h"

/* Values of the parameter trust, in the order of its enum. */
static const char *const names[] = { "tested", "series", "certified" };
static enum { TESTED, SERIES, CERTIFIED } trusted __ro_after_init;

static enum mmn_kernel_build build __ro_after_init;

static enum mmn_kernel_build find_build(const struct mmn_kernel_stream **stream)
{
	const struct new_utsname *uts = init_utsname();
	enum mmn_kernel_build found;

	found = mmn_kernel_table_find(uts->release, uts->version, stream);
	if (found > MMN_KERNEL_SERIES && !IS_ENABLED(CONFIG_X86_64))
		return MMN_KERNEL_SERIES;
	return found;
}

/* Why no verdict is exact, and what to do. */
static void warn_inexact(const struct mmn_kernel_stream *s)
{
	const char *release = init_utsname()->release;

	switch (build) {
	case MMN_KERNEL_UNTESTED:
		pr_warn("no build of this kernel's series was tested (%s), so causes are shown, but no verdict is exact: use a kernel that README.md lists, or load with trust=certified\n",
			release);
		break;
	case MMN_KERNEL_SERIES:
		pr_warn("this build of the kernel was not tested (%s %s), so no verdict is exact: use the one of %s, or load with trust=certified\n",
			release, init_utsname()->version, s->name);
		break;
	case MMN_KERNEL_OLDER:
		pr_warn("this kernel (%s) is older than those tested, patch levels %u to %u of %s, so no verdict is exact: update the kernel, or load with trust=certified\n",
			release, s->first, s->last, s->name);
		break;
	case MMN_KERNEL_NEWER:
		pr_warn("this kernel (%s) is newer than those tested, patch levels %u to %u of %s, so no verdict is exact: update mmnotify, or load with trust=certified\n",
			release, s->first, s->last, s->name);
		break;
	case MMN_KERNEL_TESTED:
		break;
	}
}

/**
 * mmn_trust_init() - decide whether verdicts may be exact on this kernel
 * @trust: value of the parameter trust
 *
 * Context: Module init, before the first verdict.
 * Return: 0; -EINVAL if @trust is no such value.
 */
int __init mmn_trust_init(const char *trust)
{
	const struct mmn_kernel_stream *stream;
	int value = match_string(names, ARRAY_SIZE(names), trust);

	if (value < 0) {
		pr_err("trust=%s is not available: use tested, series or certified\n", trust);
		return -EINVAL;
	}
	trusted = value;
	build = find_build(&stream);
	if (!mmn_trust_exact())
		warn_inexact(stream);
	else if (build != MMN_KERNEL_TESTED)
		pr_notice("trust=%s: verdicts are exact although this build of the kernel was not tested (%s %s)\n",
			  trust, init_utsname()->release, init_utsname()->version);
	return 0;
}

/**
 * mmn_trust_exact() - may verdicts be exact on this kernel?
 *
 * Context: Any, after mmn_trust_init().
 * Return: true if they may, at call sites that the census does not reject.
 */
bool mmn_trust_exact(void)
{
	return build == MMN_KERNEL_TESTED || trusted == CERTIFIED ||
	       (trusted == SERIES && build != MMN_KERNEL_UNTESTED);
}

/**
 * mmn_trust_needs_census() - has the census to confirm each call site?
 *
 * Context: Any, after mmn_trust_init().
 * Return: false if the administrator trusts the kernel without it.
 */
bool mmn_trust_needs_census(void)
{
	return trusted != SERIES;
}

/* Return: what verdicts rest on, for the log and debugfs mmnotify/hook. */
const char *mmn_trust_name(void)
{
	if (!mmn_trust_exact())
		return "untested";
	if (build == MMN_KERNEL_TESTED)
		return "tested";
	return trusted == CERTIFIED ? "certified" : "trusted";
}
