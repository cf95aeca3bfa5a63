#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM with mmnotify and mirror loaded: causes that only the stack reveals, several
# times. The first time the unwinder walks the stack; later walks step over the frames
# that it recorded. With verify=1 the unwinder has to agree with all of them.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify
asking=move_pages,mbind,madv_pageout,process_vm_writev,cow_proc_mem,soft_offline
# These are rarer, and some of them go through modules.
more=writeback_msync,direct_write,uffd_wp,thp_split

total() {
	sed -n "s/^# $1 //p" $debugfs/counters
}

run() {
	MMN_TAP=/tmp/tap /files/scenarios --quiet --only "${1:-$asking}" > /tmp/sums 2>&1
}

say 'TAP version 13'
check "run && run" "the scenarios pass twice, which fills the frame table" || sed 's/^/# /' /tmp/tap
check "[ $(total unwound) -gt 0 ]" "the unwinder walks the stack if the frame table has no entry"

# again SCENARIOS LEAST ONE_IN WHAT: runs them twice more; few walks may use the unwinder.
again() {
	walks=$(total walks) unwound=$(total unwound)
	check "run $1 && run $1" "$4: they pass again" || sed 's/^/# /' /tmp/tap
	walks=$(($(total walks) - walks)) unwound=$(($(total unwound) - unwound))
	say "# $walks walks, $unwound of them by the unwinder"
	check "[ $walks -ge $2 ]" "$4: they walk the stack at least $2 times"
	check "[ $((unwound * $3)) -le $walks ]" "$4: at most one in $3 walks uses the unwinder"
}

again $asking 60 20 "the scenarios"
check "run $more && run $more" "the rarer scenarios pass" || sed 's/^/# /' /tmp/tap
again $more 10 10 "the rarer scenarios"

# With a watcher the hook classifies, and steps from the frame where it saw the call site.
echo 1 > /sys/module/mmnotify/parameters/watch
check "run && run" "with a watcher the scenarios pass" || sed 's/^/# /' /tmp/tap
again $asking 60 20 "with a watcher"
echo 0 > /sys/module/mmnotify/parameters/watch

# Functions of a driver without frame pointers. The hook would record their events.
check "soon 100 grep -q '^attached 0' $debugfs/hook" "the hook is detached without a watcher"
dmesg -c > /dev/null
insmod /modules/mmn_frameless.ko
dmesg | sed -n 's/.*TAP: //p' > /tmp/frameless
renumber /tmp/frameless
check '[ "$planned" = "$seen" ]' "the driver without frame pointers runs to its plan"
rmmod mmn_frameless

echo 1 > /sys/module/mmnotify/parameters/verify
check "run $asking,$more" "all these scenarios pass with verify=1" || sed 's/^/# /' /tmp/tap
awk '/^# site/ { on = 1; next } /^#/ { on = 0 }
	on { agree += $2; other += $3 + $4 + $5 + $6 }
	END { print agree + 0, other + 0 }' $debugfs/verify > /tmp/verified
read -r agree other < /tmp/verified
check "[ $agree -ge 50 ] && [ $other = 0 ]" "verify=1 agrees on $agree events and disagrees on $other" ||
	sed 's/^/# /' $debugfs/verify

# Without rows for call sites verify=1 cannot compare: each event is recorded as a sample.
rmmod mirror
rmmod mmnotify
insmod /modules/mmnotify.ko forget=all verify=1
insmod /modules/mirror.ko
MMN_TAP=/tmp/tap /files/scenarios --quiet --only munmap --inexact all > /tmp/sums 2>&1
check "grep -q '^(unknown) 0 0 0 0 [1-9]' $debugfs/verify" \
	"without rows verify=1 counts each event as unsure" || sed 's/^/# /' $debugfs/verify
check "grep -q '^- unsure: (unknown): UNMAP unknown, task scenarios, stack: .*mmn_verify_check .* unmap_vmas ' $debugfs/verify" \
	"without rows verify=1 shows verdict, task and stack" || sed 's/^/# /' $debugfs/verify

# Prints the features that are proved otherwise than the table has them for this kernel.
odd_features() {
	/files/scenarios --features | awk -F'\t' -v kernel="$MMN_KERNEL" '
		(index("," $3 ",", "," kernel ",") > 0) != ($2 == "yes") { print; odd = 1 }
		END { exit NR < 40 || odd }' > /tmp/odd
}

case $MMN_KERNEL in
5.10|6.1|6.12|7.2|7.3)
	check odd_features "each feature of this stock kernel is as the table has it" ||
		sed 's/^/# /' /tmp/odd
	;;
esac
finish
