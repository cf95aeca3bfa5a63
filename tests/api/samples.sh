#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM with mmnotify loaded, and maybe the sample devices: the devices' translations
# match the CPU's, in both modes; the check finds a driver that ignores effects; nothing
# is left afterwards. "samples.sh svm": only that device.
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

clients=/sys/kernel/debug/mmnotify/clients

# run ARG...: prints the program's results, renumbered.
run() {
	/files/samples "$@" > /tmp/samples
	renumber /tmp/samples
	check "[ '$planned' = $seen ]" "samples $*: it runs to its plan"
}

say 'TAP version 13'
need_ranges "the sample devices"
[ $# -gt 0 ] || set -- svm userptr odp
# The program of one device also looks for the others.
for device in svm userptr odp; do
	[ -d "/sys/module/mmn_$device" ] || insmod "/modules/mmn_$device.ko"
done
for device; do
	run "$device"
	check "! dmesg | grep -q 'mmn_$device: stale'" "$device: no stale translation in the log"
	# Bits of no writing and dirty; then of another page, no reading and not mapped.
	drop=/sys/module/mmn_$device/parameters/drop_effect
	echo 20 > "$drop"
	run broken "$device" write
	echo 31 > "$drop"
	run broken "$device" page
	echo 0 > "$drop"
	check "dmesg | grep -q 'mmn_$device: stale .*the device has pfn'" \
		"$device: a stale translation is logged with its page"
	check "dmesg | grep -q 'mmn_$device:   .* CLEAR madv_dontneed pfn'" \
		"$device: a stale translation is logged with the last verdict"
	# userptr is a tier 1 driver, so no object is counted.
	check "grep -Eq '^mmn_$device mmn_$device (0 0|- -) ' $clients" "$device: no object is left"
	check "rmmod mmn_$device" "$device: the module unloads"
done
check "grep -q '^records_live 0' /sys/kernel/debug/mmnotify/hook" "no record is left"
finish
