#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM with mmnotify and the sample devices loaded: what the devices
# translate stays what the CPU says, in both modes; a driver that is made to
# ignore effects is found out; then nothing may be left. "samples.sh svm": only
# that device.
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

clients=/sys/kernel/debug/mmnotify/clients

# run ARG...: the program's results, renumbered into ours.
run() {
	/files/samples "$@" > /tmp/samples
	renumber /tmp/samples
	check "[ '$planned' = $seen ]" "samples $*: it ends with its plan"
}

say 'TAP version 13'
[ $# -gt 0 ] || set -- svm userptr odp
for device; do
	run "$device"
	check "! dmesg | grep -q 'mmn_$device: stale'" "$device: no stale translation in the log"
	# No writing, dirty; then another page, no reading, not mapped.
	drop=/sys/module/mmn_$device/parameters/drop_effect
	echo 20 > "$drop"
	run broken "$device" write
	echo 31 > "$drop"
	run broken "$device" page
	echo 0 > "$drop"
	check "dmesg | grep -q 'mmn_$device: stale .*the device has pfn'" "$device: and says which page"
	check "dmesg | grep -q 'mmn_$device:   .* CLEAR madv_dontneed pfn'" "$device: and after which verdict"
	# userptr is a tier 1 driver: no object is counted.
	check "grep -Eq '^mmn_$device mmn_$device (0 0|- -) ' $clients" "$device: no object is left"
	check "rmmod mmn_$device" "$device: it unloads"
done
check "grep -q '^records_live 0' /sys/kernel/debug/mmnotify/hook" "no record is left"
finish
