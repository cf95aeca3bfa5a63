#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM with mmnotify and mirror loaded: causes that only the stack tells, again
# and again. The unwinder is asked the first time, then the steps that it taught do, and
# the unwinder's own opinion (verify=1) is always the same.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify
asking=move_pages,mbind,madv_pageout,process_vm_writev,cow_proc_mem,soft_offline
# These are rarer, and some go through modules.
more=writeback_msync,direct_write,uffd_wp,thp_split

total() {
	sed -n "s/^# $1 //p" $debugfs/counters
}

run() {
	MMN_TAP=/tmp/tap /files/scenarios --quiet --only "${1:-$asking}" > /tmp/sums 2>&1
}

say 'TAP version 13'
check "run && run" "the scenarios pass: they warm up" || sed 's/^/# /' /tmp/tap
check "[ $(total unwound) -gt 0 ]" "what nobody knows yet the unwinder tells"

# again SCENARIOS LEAST ONE_IN WHAT: twice more they walk, seldom by the unwinder.
again() {
	walks=$(total walks) unwound=$(total unwound)
	check "run $1 && run $1" "$4 pass again" || sed 's/^/# /' /tmp/tap
	walks=$(($(total walks) - walks)) unwound=$(($(total unwound) - unwound))
	say "# $walks walks, $unwound of them by the unwinder"
	check "[ $walks -ge $2 ]" "$4: they took walks of the stack"
	check "[ $((unwound * $3)) -le $walks ]" "$4: at most one in $3 by the unwinder"
}

again $asking 60 20 "they"
check "run $more && run $more" "others pass, some of them through modules" || sed 's/^/# /' /tmp/tap
again $more 10 10 "the others"

# The hook judges for a watcher, and steps from the place where it saw the call site.
echo 1 > /sys/module/mmnotify/parameters/watch
check "run && run" "with a watcher they pass" || sed 's/^/# /' /tmp/tap
again $asking 60 20 "with a watcher they"
echo 0 > /sys/module/mmnotify/parameters/watch

echo 1 > /sys/module/mmnotify/parameters/verify
check "run $asking,$more" "they and others pass under verify=1" || sed 's/^/# /' /tmp/tap
awk '/^# site/ { on = 1; next } /^#/ { on = 0 }
	on { agree += $2; other += $3 + $4 + $5 + $6 }
	END { print agree + 0, other + 0 }' $debugfs/verify > /tmp/verified
read -r agree other < /tmp/verified
check "[ $agree -ge 50 ] && [ $other = 0 ]" "the unwinder agrees on $agree events, and on $other not" ||
	sed 's/^/# /' $debugfs/verify

# Where the table has no call site, the stack cannot confirm: each event is a sample.
rmmod mirror
rmmod mmnotify
insmod /modules/mmnotify.ko forget=all verify=1
insmod /modules/mirror.ko
MMN_TAP=/tmp/tap /files/scenarios --quiet --only munmap --inexact all > /tmp/sums 2>&1
check "grep -q '^(unknown) 0 0 0 0 [1-9]' $debugfs/verify" \
	"without call sites verify=1 can neither agree nor differ" || sed 's/^/# /' $debugfs/verify
check "grep -q '^- unsure: (unknown) said UNMAP unknown, scenarios; mmn_verify_check .* unmap_vmas ' $debugfs/verify" \
	"and shows the verdict, the task and the whole stack" || sed 's/^/# /' $debugfs/verify
finish
