// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * trust: whether verdicts may be exact, for each value of trust=, build of the kernel and result
 * of the census. The capability and debugfs take it from here, so they must not say more than
 * holds, and the log has one line with the reason and a remedy that helps.
 */
#include <string.h>

#include <linux/errno.h>
#include <linux/utsname.h>

#include "compat/trust.h"
#include "rules/kernel_table.h"
#include "log.h"
#include "tap.h"

static const struct new_utsname uts = { "6.1.0-1", "#1 SMP" };
static struct mmn_kernel_stream debian = {
	.name = "Debian 6.1", .release = "6.1.0-*-amd64", .first = 3, .last = 9
};

static enum mmn_kernel_build build;
static const char *disproof;
const char *shim_other_arch = "CONFIG_ARM64";

const struct new_utsname *init_utsname(void)
{
	return &uts;
}

enum mmn_kernel_build mmn_kernel_table_find(const char *release, const char *version,
					    const struct mmn_kernel_stream **stream)
{
	*stream = &debian;
	return build;
}

/* Loads on a kernel of @is. Return: does all that is shown say @name? */
static bool is_shown(enum mmn_kernel_build is, const char *trust, const char *no_census,
		     const char *name)
{
	bool exact = strcmp(name, "untested") && strcmp(name, "unconfirmed");

	build = is;
	logged[0] = 0;
	if (mmn_trust_init(trust))
		return false;
	mmn_trust_settle(no_census, disproof);
	return mmn_trust_exact() == exact && !strcmp(mmn_trust_name(), name);
}

/* Is @text the only line of the log? Without @text there is none. */
static bool is_logged(const char *text)
{
	const char *end = strchr(logged, '\n');

	return text ? end && !end[1] && strstr(logged, text) : !logged[0];
}

#define NONE	"no verdict but that of a release is exact: "

static void test_census(void)
{
	ok(is_shown(MMN_KERNEL_TESTED, "tested", NULL, "tested") && is_logged(NULL),
	   "a tested build that the census confirms: no line");
	ok(is_shown(MMN_KERNEL_AUDITED, "tested", NULL, "audited") && is_logged(NULL),
	   "a build of audited sources, likewise");
	ok(is_shown(MMN_KERNEL_AUDITED, "tested", "no text", "unconfirmed") &&
	   is_shown(MMN_KERNEL_AUDITED, "series", "no text", "trusted"),
	   "without a census it is not exact either, unless the administrator trusts it");
	ok(is_shown(MMN_KERNEL_TESTED, "tested", "no text", "unconfirmed") &&
	   is_logged(NONE "no text; please report this line, or load") &&
	   is_logged("with trust=series (6.1.0-1 #1 SMP)\n"),
	   "without a census it is not exact: the reason and the remedy");
	ok(is_shown(MMN_KERNEL_TESTED, "certified", "no text", "unconfirmed") &&
	   is_logged("trust=series"), "nor with trust=certified");
	ok(is_shown(MMN_KERNEL_UNTESTED, "certified", "no text", "unconfirmed") &&
	   is_logged("please report this line (6.1"), "no remedy where none helps");
	ok(is_shown(MMN_KERNEL_TESTED, "series", "no text", "trusted") &&
	   is_logged("trust=series: verdicts are exact although there is no census"),
	   "with trust=series it is exact, with a warning");
	disproof = "no lock";
	ok(is_shown(MMN_KERNEL_TESTED, "tested", NULL, "unconfirmed") &&
	   is_logged(NONE "no lock; please report this line (6.1.0-1 #1 SMP)"),
	   "if something is read wrongly it is not exact, and nothing helps");
	ok(is_shown(MMN_KERNEL_TESTED, "series", NULL, "unconfirmed") &&
	   is_shown(MMN_KERNEL_UNTESTED, "certified", NULL, "unconfirmed"), "whatever trust= is");
	ok(is_shown(MMN_KERNEL_TESTED, "tested", "no text", "unconfirmed") &&
	   is_logged(NONE "no lock; please report this line (6.1"),
	   "nor without a census: the log has what is read wrongly");
	mmn_trust_init("series");
	ok(mmn_trust_exact(), "trust=series does not wait for the census");
	disproof = NULL;
	mmn_trust_settle(NULL, NULL);
	mmn_trust_init("tested");
	ok(!mmn_trust_exact(), "nothing else is exact before the census");
}

static bool needs_frames(enum mmn_kernel_build is, const char *trust, const char *no_census)
{
	build = is;
	mmn_trust_init(trust);
	mmn_trust_settle(no_census, disproof);
	return mmn_trust_needs_frames();
}

static void test_frames(void)
{
	ok(needs_frames(MMN_KERNEL_UNTESTED, "certified", NULL) &&
	   needs_frames(MMN_KERNEL_NEWER, "series", NULL),
	   "the functions of frames are looked for on a build that is not known");
	ok(!needs_frames(MMN_KERNEL_TESTED, "certified", NULL) &&
	   !needs_frames(MMN_KERNEL_AUDITED, "tested", NULL), "but not on one that is");
	ok(!needs_frames(MMN_KERNEL_UNTESTED, "tested", NULL) &&
	   !needs_frames(MMN_KERNEL_UNTESTED, "certified", "no text"),
	   "nor where no verdict is exact");
}

/* Loads on a kernel of @is. Return: does it say @why no verdict is exact? */
static bool is_why(enum mmn_kernel_build is, const char *trust, const char *no_census,
		   const char *why)
{
	build = is;
	mmn_trust_init(trust);
	mmn_trust_settle(no_census, disproof);
	return why ? mmn_trust_why_not() && strstr(mmn_trust_why_not(), why) : !mmn_trust_why_not();
}

static void test_reasons(void)
{
	ok(is_why(MMN_KERNEL_TESTED, "tested", NULL, NULL) &&
	   is_why(MMN_KERNEL_UNTESTED, "certified", NULL, NULL) &&
	   is_why(MMN_KERNEL_NEWER, "series", NULL, NULL), "where verdicts are exact there is no reason");
	ok(is_why(MMN_KERNEL_UNTESTED, "tested", NULL, "no build of this kernel's series") &&
	   is_why(MMN_KERNEL_OLDER, "tested", NULL, "older than") &&
	   is_why(MMN_KERNEL_NEWER, "tested", NULL, "newer than") &&
	   is_why(MMN_KERNEL_SERIES, "tested", NULL, "this build"), "a build that does not suffice");
	ok(is_why(MMN_KERNEL_TESTED, "tested", "no text", "no census"), "or no census");
	disproof = "no lock";
	ok(is_why(MMN_KERNEL_TESTED, "tested", NULL, "not as expected") &&
	   is_why(MMN_KERNEL_TESTED, "series", "no text", "not as expected"),
	   "or something that is read wrongly");
	disproof = NULL;
	ok(!strcmp(mmn_trust_stream(), "Debian 6.1"), "the nearest builds have a name");
}

static void test_builds(void)
{
	ok(is_shown(MMN_KERNEL_UNTESTED, "tested", NULL, "untested") &&
	   is_logged("no build of this kernel's series was tested (6.1.0-1)") &&
	   is_logged(", or load with trust=certified"), "an unknown series");
	ok(is_shown(MMN_KERNEL_UNTESTED, "tested", "no text", "untested") &&
	   is_logged("README.md lists\n"), "without a census nothing else helps");
	ok(is_shown(MMN_KERNEL_UNTESTED, "series", NULL, "untested"), "trust=series does not");
	ok(is_shown(MMN_KERNEL_SERIES, "tested", NULL, "untested") &&
	   is_logged("(6.1.0-1 #1 SMP), so " NONE "use the one of Debian 6.1") &&
	   is_logged(", or load with trust=certified\n"),
	   "another build of a tested series");
	ok(is_shown(MMN_KERNEL_SERIES, "tested", "no text", "untested") &&
	   is_logged(", or load with trust=series"), "without a census another remedy helps");
	ok(is_shown(MMN_KERNEL_OLDER, "tested", NULL, "untested") &&
	   is_logged("older than those tested, patch levels 3 to 9 of Debian 6.1") &&
	   is_shown(MMN_KERNEL_NEWER, "tested", NULL, "untested") &&
	   is_logged("newer than those tested, patch levels 3 to 9 of Debian 6.1"),
	   "an older and a newer update");
	ok(is_shown(MMN_KERNEL_NEWER, "series", NULL, "trusted") &&
	   is_logged("trust=series: verdicts are exact although this build") &&
	   is_shown(MMN_KERNEL_UNTESTED, "certified", NULL, "certified") &&
	   is_logged("trust=certified: verdicts are exact although this build"),
	   "the administrator's choice is logged");
	logged[0] = 0;
	ok(mmn_trust_init("all") == -EINVAL && is_logged("trust=all is not available"),
	   "another value of trust= is refused");
}

/* A build of the table is one of its own architecture only. */
static void test_architectures(void)
{
	ok(is_shown(MMN_KERNEL_TESTED, "tested", NULL, "tested"), "a build for x86-64");
	shim_other_arch = "CONFIG_X86_64";
	ok(is_shown(MMN_KERNEL_TESTED, "tested", NULL, "untested") &&
	   is_shown(MMN_KERNEL_AUDITED, "tested", NULL, "untested"),
	   "its name does not suffice on arm64");
	debian.release = "6.12.%+deb13&-arm64-16k";
	ok(is_shown(MMN_KERNEL_TESTED, "tested", NULL, "tested"), "a build for arm64");
	shim_other_arch = "CONFIG_ARM64";
	ok(is_shown(MMN_KERNEL_TESTED, "tested", NULL, "untested"), "nor the other way round");
}

int main(void)
{
	test_census();
	test_builds();
	test_frames();
	test_reasons();
	test_architectures();
	return tap_done();
}
