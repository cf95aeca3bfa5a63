#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: kvm.sh alone|watched
# Runs in the VM: the scenarios whose process is a virtual machine's, without mmnotify or
# beside mmnotify that watches, and without the mirror. Each tests what the guest can read
# and write after the operation, and has to pass both times.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016
set -u
# shellcheck source-path=SCRIPTDIR source=../tap/tap.sh
. "${0%/*}/tap.sh"

mode=$1
debugfs=/sys/kernel/debug/mmnotify

causes="munmap madv_dontneed mprotect fork cow move_pages madv_pageout truncate mremap_move exit"

guests() {
	MMN_TAP=/tmp/tap /files/scenarios --quiet --alone --machine kvm
	renumber /tmp/tap "$mode, round $round: "
	check '[ "$seen" = "$planned" ]' "$mode, round $round: the scenarios end with their plan"
}

by_cause() {
	grep -q -E "^[A-Z_]+ $1 [1-9]" "$debugfs/counters"
}

# A watcher looks up the names of call sites and frames while events go on: what is met
# for the first time may end unjudged. So it may take some rounds until each cause is there.
enough() {
	[ "$round" -lt 10 ] || return 0
	[ "$mode" = watched ] || return $((round < 2))
	for cause in $causes; do
		by_cause "$cause" || return
	done
}

say 'TAP version 13'
if [ "$mode" = alone ]; then
	check '! grep -q ^mmnotify /proc/modules' "$mode: there is no mmnotify"
else
	echo 1 > /sys/module/mmnotify/parameters/watch
fi
round=0
until enough; do
	round=$((round + 1))
	guests
done
if [ "$mode" = watched ]; then
	for cause in $causes; do
		check 'by_cause "$cause"' "$mode: mmnotify shows KVM's invalidations by $cause"
	done
	check 'awk "!/^[#-]/ { bad += \$3 + \$4 + \$5; n += \$2 } END { exit bad || n < 50 }" \
		$debugfs/verify' "$mode: the stack agrees with every verdict" ||
		sed 's/^/# /' "$debugfs/verify" > "$tap"
	sed 's/^[# ]*/# counters: /' "$debugfs/counters" > "$tap"
fi
rmmod mmn_native
check 'modprobe -r kvm_amd' "$mode: KVM unloads"
[ "$mode" = alone ] || check 'rmmod mmnotify' "$mode: and mmnotify"
finish
