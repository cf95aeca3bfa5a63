// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
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
static const struct mmn_kernel_stream *stream __ro_after_init;
/* Until the census is taken there is none. */
static bool has_census __ro_after_init;
/* What mmnotify reads from the kernel is proven (proof.c). */
static bool proven __ro_after_init;

/* The name of a build for x86-64 need not have the architecture. */
static bool is_for_this_arch(const struct mmn_kernel_stream *s)
{
	return strstr(s->release, "-arm64") ? IS_ENABLED(CONFIG_ARM64) :
					      IS_ENABLED(CONFIG_X86_64);
}

static enum mmn_kernel_build find_build(void)
{
	const struct new_utsname *uts = init_utsname();
	enum mmn_kernel_build found;

	found = mmn_kernel_table_find(uts->release, uts->version, &stream);
	if (found > MMN_KERNEL_SERIES && !is_for_this_arch(stream))
		return MMN_KERNEL_SERIES;
	return found;
}

/* What the administrator can do with this build. */
static const char *remedy(void)
{
	if (!proven)
		return "";
	if (has_census)
		return ", or load with trust=certified";
	return build == MMN_KERNEL_UNTESTED ? "" : ", or load with trust=series";
}

/* Why no verdict but that of a release is exact on this build, and what to do. */
static void warn_build(void)
{
	const char *release = init_utsname()->release;

	switch (build) {
	case MMN_KERNEL_UNTESTED:
		pr_warn("no build of this kernel's series was tested (%s), so causes are shown, but no verdict but that of a release is exact: use a kernel that README.md lists%s\n",
			release, remedy());
		break;
	case MMN_KERNEL_SERIES:
		pr_warn("this build of the kernel was not tested (%s %s), so no verdict but that of a release is exact: use the one of %s%s\n",
			release, init_utsname()->version, stream->name, remedy());
		break;
	case MMN_KERNEL_OLDER:
		pr_warn("this kernel (%s) is older than those tested, patch levels %u to %u of %s, so no verdict but that of a release is exact: update the kernel%s\n",
			release, stream->first, stream->last, stream->name, remedy());
		break;
	case MMN_KERNEL_NEWER:
		pr_warn("this kernel (%s) is newer than those tested, patch levels %u to %u of %s, so no verdict but that of a release is exact: update mmnotify%s\n",
			release, stream->first, stream->last, stream->name, remedy());
		break;
	case MMN_KERNEL_TESTED:
	case MMN_KERNEL_AUDITED:
		break;
	}
}

static bool is_build_known(void)
{
	return build == MMN_KERNEL_TESTED || build == MMN_KERNEL_AUDITED;
}

/* Does this build suffice, if the census confirms it? */
static bool is_build_trusted(void)
{
	return is_build_known() || trusted == CERTIFIED ||
	       (trusted == SERIES && build != MMN_KERNEL_UNTESTED);
}

/**
 * mmn_trust_init() - find out what is known about this build of the kernel
 * @trust: value of the parameter trust
 *
 * No verdict is exact before mmn_trust_settle(), unless @trust does without a census.
 *
 * Context: Module init, before the first verdict.
 * Return: 0; -EINVAL if @trust is no such value.
 */
int __init mmn_trust_init(const char *trust)
{
	int value = match_string(names, ARRAY_SIZE(names), trust);

	if (value < 0) {
		pr_err("trust=%s is not available: use tested, series or certified\n", trust);
		return -EINVAL;
	}
	trusted = value;
	build = find_build();
	has_census = false;
	proven = true;
	return 0;
}

/**
 * mmn_trust_settle() - decide whether verdicts may be exact on this kernel, and log it
 * @no_census: why there is no census; NULL if there is one
 * @disproof: what mmnotify reads wrongly from this kernel; NULL if there is nothing
 *
 * Context: Module init, after the census.
 */
void __init mmn_trust_settle(const char *no_census, const char *disproof)
{
	const struct new_utsname *uts = init_utsname();

	has_census = !no_census;
	proven = !disproof;
	if (!is_build_trusted())
		warn_build();
	else if (!mmn_trust_exact())
		pr_warn("this kernel is not as expected, so no verdict but that of a release is exact: %s; please report this line%s (%s %s)\n",
			disproof ?: no_census, remedy(), uts->release, uts->version);
	else if (no_census)
		pr_warn("trust=series: verdicts are exact although there is no census of this kernel's call sites: %s; please report this line (%s %s)\n",
			no_census, uts->release, uts->version);
	else if (!is_build_known())
		pr_notice("trust=%s: verdicts are exact although this build of the kernel was not tested (%s %s)\n",
			  names[trusted], uts->release, uts->version);
}

/**
 * mmn_trust_exact() - may verdicts be exact on this kernel?
 *
 * Context: Any, after mmn_trust_init().
 * Return: true if they may, at call sites that the census does not reject.
 */
bool mmn_trust_exact(void)
{
	return is_build_trusted() && proven && (has_census || !mmn_trust_needs_census());
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

/**
 * mmn_trust_needs_frames() - have the functions that rules look for to be found?
 *
 * Context: Any, after mmn_trust_settle().
 * Return: false if no verdict is exact, or if the tests ran on a kernel of this source.
 */
bool mmn_trust_needs_frames(void)
{
	return mmn_trust_exact() && !is_build_known();
}

/* Why this build does not suffice. */
static const char *why_no_build(void)
{
	switch (build) {
	case MMN_KERNEL_UNTESTED:
		return "no build of this kernel's series was tested";
	case MMN_KERNEL_OLDER:
		return "this kernel is older than those that were tested";
	case MMN_KERNEL_NEWER:
		return "this kernel is newer than those that were tested";
	default:
		return "this build of the kernel was not tested";
	}
}

/**
 * mmn_trust_why_not() - tell why no verdict but that of a release is exact on this kernel
 *
 * Context: Any, after mmn_trust_settle().
 * Return: the reason; NULL if verdicts may be exact.
 */
const char *mmn_trust_why_not(void)
{
	if (mmn_trust_exact())
		return NULL;
	if (!is_build_trusted())
		return why_no_build();
	return proven ? "there is no census of this kernel's call sites" :
			"what mmnotify reads from this kernel is not as expected";
}

/**
 * mmn_trust_stream() - name the tested builds that are nearest to this kernel
 *
 * Context: Any, after mmn_trust_init().
 * Return: the name; NULL if no build of the series was tested.
 */
const char *mmn_trust_stream(void)
{
	return stream ? stream->name : NULL;
}

/* Return: what verdicts rest on, for the log and debugfs mmnotify/hook. */
const char *mmn_trust_name(void)
{
	if (!is_build_trusted())
		return "untested";
	if (!mmn_trust_exact())
		return "unconfirmed";
	if (has_census && is_build_known())
		return build == MMN_KERNEL_TESTED ? "tested" : "audited";
	return trusted == CERTIFIED ? "certified" : "trusted";
}
