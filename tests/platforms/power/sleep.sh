#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: the machine sleeps and wakes up under events, by the kernel's own test of
# each step except the last one. There the firmware or an interrupt must wake the machine;
# QEMU does neither, also without mmnotify.
# Commands are passed to check() as text, and functions are called by name.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR/../../hooks source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=power.sh
. "${0%/*}/power.sh"

power=/sys/power

slept() {
	cat "$power/suspend_stats/success" 2> /dev/null ||
		sed -n 's/^success: //p' /sys/kernel/debug/suspend_stats
}

# go STATE: the kernel's count of completed sleeps must grow.
go() {
	was=$(slept)
	echo "$1" > "$power/state" && [ "$(slept)" -gt "$was" ]
}

# test_of STEP STATE
test_of() {
	echo "$1" > "$power/pm_test" && go "$2"
	status=$?
	echo none > "$power/pm_test"
	return "$status"
}

# try NAME COMMAND...
try() {
	name=$1
	shift
	meanwhile 10
	sleep 1
	check "$*" "$name: the machine sleeps and wakes up"
	been_right "$name"
	clean "$name"
	brief_right "$name, afterwards"
}

say 'TAP version 13'
load_both hook=ftrace
brief_right "before"
say "# $(cat $power/state): $(cat $power/mem_sleep); tests: $(cat $power/pm_test)"
for step in freezer devices platform processors core; do
	try "S3, test of $step" test_of $step mem
done
# s2idle takes no CPU offline.
for step in freezer devices platform; do
	try "s2idle, test of $step" test_of $step freeze
done
unload_both
finish
