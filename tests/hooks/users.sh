#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: the hook has users that come at once, and goes with the last of them.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2034,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

drivers='mirror mmn_svm mmn_userptr mmn_odp'

idle() {
	hook_says 'attached 0' && hook_says 'users 0'
}

busy() {
	hook_says 'attached 1' && hook_says 'users 4' && hook_says 'attach_error 0' &&
		hook_says 'stuck 0'
}

say 'TAP version 13'
check "load hook=ftrace" "it loads with hook=ftrace"
check "soon 50 idle" "without users it is not attached"

# Attaching takes long enough for others to find it under way.
for turn in 1 2 3; do
	for driver in $drivers; do
		insmod "/modules/$driver.ko" &
	done
	wait
	check "busy" "$turn: four clients that come at once share the hook" || cat "$debugfs/hook"
	# shellcheck disable=SC2086
	check "rmmod $drivers" "$turn: they go"
	check "hook_says 'attached 1' && soon 50 idle" "$turn: and so does the hook, a moment later" ||
		cat $debugfs/hook
done
check "rmmod mmnotify" "it unloads"
finish
