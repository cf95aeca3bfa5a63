#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: the machine goes to sleep while events flow, and wakes up, by the
# kernel's own test of each step: all but the last one, in which the firmware, or an
# interrupt, would have to wake it. In QEMU neither does, without mmnotify either.
# Checks get their commands as words and names of functions.
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

# go STATE: how often the kernel says that it has slept must grow.
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
	check "$*" "$name: it sleeps and wakes up"
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
# s2idle takes no CPU away.
for step in freezer devices platform; do
	try "s2idle, test of $step" test_of $step freeze
done
unload_both
finish
