#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: guest.sh [SEED [CALLS]]
# Runs in the VM: random calls to the test devices.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

seed=${1:-1} calls=${2:-4000}
debugfs=/sys/kernel/debug/mmnotify

# inputs USER: prints the results of the program, run as USER, renumbered.
inputs() {
	/files/ioctls $seed $calls $1 > /tmp/inputs
	renumber /tmp/inputs "${1:-root}: "
	check "[ '$seen' = '$planned' ]" "${1:-root}: seed $seed, $calls calls run to their plan"
}

none_now() {
	awk '$2 ~ /^(mirror|mmn_)/ && $3 + $4 { bad = 1 } END { exit bad }' $debugfs/clients &&
		grep -q '^records_live 0' $debugfs/hook
}

# Closed files may be released a moment later.
nothing_left() {
	soon 100 none_now
}

check_inputs() {
	insmod /modules/mmnotify.ko
	for module in mirror mmn_svm mmn_userptr mmn_odp mmn_contract; do
		insmod /modules/$module.ko || check false "$module loads"
	done
	dmesg -c > /dev/null
	inputs ''
	inputs nobody
	check "! dmesg | grep 'stale'" "no device has a stale translation"
	check nothing_left "no object and no record is left" ||
		sed 's/^/# /' $debugfs/clients $debugfs/hook > "$tap"
	check "rmmod mmn_contract mmn_odp mmn_userptr mmn_svm mirror" "the devices unload"
	check "rmmod mmnotify" "mmnotify unloads"
}

say 'TAP version 13'
need_ranges "random calls of the test devices"
check_inputs
finish
