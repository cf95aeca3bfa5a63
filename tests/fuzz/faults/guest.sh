#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: guest.sh [HOOK...]
# Runs in the VM: makes each allocation fail once: when mmnotify loads with each HOOK (by default
# all of them), when a driver that registers loads, and in a driver's calls. Then each step that
# may fail. A load with watch=1 makes all allocations of one without it, and more.
# "SITE" lines go to $MMN_OUT.
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

# run ARG...: prints the program's results, renumbered.
run() {
	/files/faults "$@" > /tmp/faults
	grep '^SITE ' /tmp/faults > "${MMN_OUT:-/dev/null}"
	renumber /tmp/faults
	check "[ '$planned' = '$seen' ]" "faults $*: it runs to its plan"
}

say 'TAP version 13'
insmod /modules/mmn_faults.ko || exit 1
[ $# -gt 0 ] || set -- auto ftrace kprobe stack
for hook; do
	run load /modules/mmnotify.ko "hook=$hook watch=1"
	run steps load /modules/mmnotify.ko "hook=$hook"
done
# The drivers of these tests have ranges.
need_ranges "failing allocations in the calls of a driver"
insmod /modules/mmnotify.ko hook=ftrace
run load /modules/mmn_svm.ko
insmod /modules/mmn_contract.ko
dmesg -c > /dev/null
run calls
run steps calls
hook=/sys/kernel/debug/mmnotify/hook
check "grep -q '^records_live 0' $hook && grep -q '^table_full 0' $hook" "no record is left"
check "rmmod mmn_contract" "the driver unloads"
check "rmmod mmnotify" "mmnotify unloads"
finish
