#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: kvm.sh alone|watched
# Runs in the VM: the scenarios whose process runs a virtual machine, without mmnotify or
# with mmnotify watching, and without the mirror. Each tests the data that the guest reads
# and writes after the operation, and must pass in both modes.
# Commands are passed to check() as text, and functions are called by name.
# shellcheck disable=SC2016
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=watched.sh
. "${0%/*}/watched.sh"

mode=$1

causes="munmap madv_dontneed mprotect fork cow move_pages madv_pageout truncate mremap_move exit"

guests() {
	MMN_TAP=/tmp/tap /files/scenarios --quiet --alone --machine kvm
	renumber /tmp/tap "$mode, round $round: "
	check '[ "$seen" = "$planned" ]' "$mode, round $round: the scenarios run all tests of their plan"
}

by_cause() {
	grep -q -E "^[A-Z_]+ $1 [1-9]" "$debugfs/counters"
}

say 'TAP version 13'
if [ "$mode" = alone ]; then
	check '! grep -q ^mmnotify /proc/modules' "$mode: mmnotify is not loaded"
else
	echo 1 > /sys/module/mmnotify/parameters/watch
fi
round=0
until enough 2; do
	round=$((round + 1))
	guests
done
[ "$mode" = alone ] || saw KVM 50
rmmod mmn_native
check 'modprobe -r kvm_amd' "$mode: KVM unloads"
[ "$mode" = alone ] || check 'rmmod mmnotify' "$mode: and mmnotify"
finish
