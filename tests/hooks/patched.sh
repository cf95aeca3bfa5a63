#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: a live patch of a function that announces invalidations. Its rows are not
# exact while the patch is loaded, and no other row is affected.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

others=munmap,mprotect_none,madv_dontneed,exit
some=$others,fork
enabled=/sys/kernel/livepatch/mmn_patch_fork/enabled

patched() {
	grep -c 'changed by a module' $debugfs/census
}

start_patch() {
	insmod /modules/mmn_patch_fork.ko && soon 200 [ "$(cat $enabled)" = 1 ]
}

stop_patch() {
	echo 0 > $enabled && soon 600 [ ! -e $enabled ] && rmmod mmn_patch_fork
}

forks() {
	awk '$1 == "PROTECTION_PAGE" && $2 == "fork" { sum = $3 } END { print sum + 0 }' \
		$debugfs/counters
}

inexact() {
	sed -n 's/^# inexact //p' $debugfs/counters
}

# While the patch is loaded: each fork is inexact, and nothing else.
during() {
	before=$(forks)
	right "$1: other call sites" --only $others
	MMN_TAP=/dev/null MMN_OUT=/dev/null /files/scenarios --quiet --only fork > /dev/null
	check "[ $(($(forks) - before)) -gt 0 ] && [ \$(inexact) = $(($(forks) - before)) ]" \
		"$1: $(inexact) verdicts are inexact, those of $(($(forks) - before)) forks"
}

say 'TAP version 13'
load_both ""
right "without a live patch" --only $some
check '[ $(patched) = 0 ]' "no row rests on a live patch"
mark
check start_patch "a live patch of copy_page_range is enabled after mmnotify"
check '[ $(patched) = 2 ] && grep -q "^copy_page_range .*changed by a module" $debugfs/census' \
	"debugfs census has the two rows that rest on it"
check 'news | grep -q "mmnotify: live patch mmn_patch_fork: 2 rows"' "and so has the log"
during "with the live patch"
check '[ $(cat /sys/module/mmn_patch_fork/parameters/calls) -gt 0 ]' "the patch was called"
check stop_patch "the live patch is disabled and unloaded"
check '[ $(patched) = 0 ]' "no row rests on a live patch any more"
right "after the live patch" --only $some
unload_both ""
check start_patch "a live patch of copy_page_range is enabled before mmnotify"
load_both ""
during "with the live patch from before"
check stop_patch "the live patch of before is disabled and unloaded"
right "after it" --only $some
unload_both ""
finish
