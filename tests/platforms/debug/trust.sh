#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Runs in the VM of a kernel that was built from a tree, and is of a tested series: no verdict is
# exact, unless mmnotify is loaded with trust=series or trust=certified.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../hooks/lib.sh
. "${0%/*}/lib.sh"

some=munmap,madv_dontneed,mprotect_none,fork,cow,exit

# load_as PARAMETERS KERNEL: both modules, and what the log and debugfs have of the kernel.
# Without the insmod of tap.sh, which adds trust=certified.
load_as() {
	mark
	# shellcheck disable=SC2086
	check "command insmod /modules/mmnotify.ko $1 && insmod /modules/mirror.ko" \
		"it loads with ${1:-no parameters}"
	check "hook_says 'kernel $2'" "debugfs hook has this kernel as $2"
	check "news | grep -q 'mmnotify: version .* $2 kernel'" "and so has the log"
}

# counted_all EXPRESSION: of the events of some operations, without the release of an mm.
counted_all() {
	MMN_TAP=/tmp/tap MMN_OUT=/tmp/out /files/scenarios --quiet --only $some --patience 4 > /tmp/sums
	awk '/^# inexact / { inexact = $3 }
		!/^#/ && $1 != "RELEASE" { all += $3 }
		END { print "# " inexact " of " all; exit !(all > 10 && ('"$1"')) }' \
		$debugfs/counters > "$tap"
}

untested() {
	load_as "$1" untested
	check "news | grep -q 'mmnotify: this build of the kernel was not tested (.*trust=certified'" \
		"the log has the reason and the remedy"
	check "counted_all 'inexact == all'" "no verdict but the release is exact"
	unload_both
}

say 'TAP version 13'
untested ""
untested trust=tested
tainted=$(cat /proc/sys/kernel/tainted)
# claims TRUST KERNEL
claims() {
	load_as "trust=$1" "$2"
	check "news | grep -q 'mmnotify: trust=$1: verdicts are exact although'" "the log has the risk"
	check "[ \$(cat /proc/sys/kernel/tainted) = $tainted ]" "the parameter does not taint the kernel"
	check "counted_all 'inexact == 0'" "verdicts are exact"
	right "and right" --only $some --patience 4
	unload_both
}

claims series trusted
claims certified certified
finish
