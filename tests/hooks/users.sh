#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: several users attach the hook concurrently; it is detached after the last.
# check evaluates its first argument, which shellcheck does not follow.
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
check "load hook=ftrace" "mmnotify loads with hook=ftrace"
check "soon 50 idle" "without users the hook is not attached"

# Attaching takes long enough for other users to find it in progress.
for turn in 1 2 3; do
	for driver in $drivers; do
		insmod "/modules/$driver.ko" &
	done
	wait
	check "busy" "$turn: four clients that load at once share the hook" || cat "$debugfs/hook"
	# shellcheck disable=SC2086
	check "rmmod $drivers" "$turn: the four clients unload"
	check "hook_says 'attached 1' && soon 50 idle" \
		"$turn: the hook is detached a moment later" ||
		cat $debugfs/hook
done
check "rmmod mmnotify" "mmnotify unloads"
finish
