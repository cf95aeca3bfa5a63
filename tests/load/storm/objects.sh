#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Usage: objects.sh PAIRS RANGES LIVES WIDE
# Runs in the VM: storms of objects in a loaded mmnotify. The program tests each storm; then
# memory and modules have to be as before. Allocations are counted exactly enough to find
# a leak in one of ten objects.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

stays=storm
group=/sys/fs/cgroup/storm

tells() {
	renumber /tmp/out
	check "[ '$planned' = '$seen' ]" "storm $*: it runs to its plan"
}

# Runs the program in a cgroup of its own: memory is short only there.
storm() {
	(
		sh -c "echo \$PPID" > $group/cgroup.procs
		exec /files/storm "$@"
	) > /tmp/out
	tells "$@"
}

# Each task knows the causes of its events. It does not expect those of reclaim and of NUMA
# balancing, so memory is not short, and that is off.
wide() {
	[ ! -e /proc/sys/kernel/numa_balancing ] || echo 0 > /proc/sys/kernel/numa_balancing
	insmod /modules/mmn_wide.ko
	/files/storm wide "$1" > /tmp/out
	tells wide "$1"
	check "rmmod mmn_wide" "wide: its driver unloads"
}

# Refused starts leave a record per address on a stack. The client stays, so events may be
# in flight.
clean() {
	check "nothing_left" "$1: no object is left and the table was never full" ||
		say "# $left"
	records=$(sed -n 's/^records_live //p' $debugfs/hook)
	check "[ $records -lt 128 ]" "$1: few records are left"
	say "# $1: $records records are left"
	check "[ $grown_objects -lt $allowed ]" \
		"$1: less than $allowed allocations more than before, in one of $turn runs"
	check "[ $grown_kb -lt 2048 ]" "$1: less than 2048 kB more than before"
	check "same_modules $1" "$1: the same modules are in use"
}

# run NAME NUMBER OBJECTS: with so many objects a leak in one of ten is found. The first run
# allocates what the kernel keeps for good. What the rest of the kernel allocates goes up and down
# by more than the limit on some kernels, but a leak is there in each run. So the smallest growth of
# up to three runs counts.
run() {
	/files/storm "$1" 64 > /dev/null
	allowed=$(($3 / 100))
	[ $allowed -ge 500 ] || allowed=500
	for turn in 1 2 3; do
		before "$1"
		storm "$1" "$2"
		after "$1"
		[ $grown_objects -ge $allowed ] || break
	done
	clean "$1"
}

say 'TAP version 13'
modprobe zram && echo 512M > /sys/block/zram0/disksize &&
	mkswap /dev/zram0 > /dev/null && swapon /dev/zram0
echo +memory > /sys/fs/cgroup/cgroup.subtree_control
mkdir $group
echo 64M > $group/memory.max
echo 0 > $group/memory.swap.max
insmod /modules/mmnotify.ko watch=1
insmod /modules/mmn_storm.ko
run pairs "$1" "$1"
run ranges "$2" "$2"
run lives "$3" "$(($3 * 100))"
wide "$4"

# Plants a leak that is just large enough to be found.
before planted
insmod /modules/mmn_planted.ko bug=slab "kb=$(($1 / 10 / 16 + 14))"
rmmod mmn_planted
after planted
check "[ $grown_objects -ge $(($1 / 10)) ]" "a planted leak of one allocation in ten pairs is found"
echo 0 > /sys/module/mmnotify/parameters/watch
check "rmmod mmn_storm" "the driver unloads"
stays=''
check "nothing_left" "without watch=1 and clients no record is left"
check "rmmod mmnotify" "mmnotify unloads"
finish
