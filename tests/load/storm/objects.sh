#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Usage: objects.sh PAIRS RANGES LIVES WIDE
# Runs in the VM: storms of objects in a loaded mmnotify. The program tests each storm; then
# memory and modules have to be as before, to one of 100 objects.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2317
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

# Objects that functions of mmnotify and of the driver have from kmalloc(), by the kernel's list of
# callers (slub_debug=U). A callback of RCU may still have to free some.
traces=/sys/kernel/debug/slab
own_objects() {
	cat "$traces"/kmalloc-*/alloc_traces |
		awk '/\[mmnotify\]|\[mmn_storm\]/ { s += $1 } END { print s + 0 }'
}

# Waits until what was freed is: two counts within a second are equal.
own_settled() {
	settle
	own=$(own_objects)
	sleep 1
	[ "$(own_objects)" = "$own" ]
}

own_gone() {
	own_left=$(($(own_objects) - own_before))
	[ "$own_left" -le "$1" ]
}

# What is left of the modules' own objects is exact, so one lost object in 100 is found. What other
# functions of the kernel allocate in their behalf counts only among all objects of kmalloc(). That
# number goes up and down by 1,000 on some kernels, but a leak is there in each run: the
# smallest growth of up to three runs counts.
run() {
	/files/storm "$1" 64 > /dev/null
	allowed=$(($3 / 100))
	[ $allowed -ge 1000 ] || allowed=1000
	if [ -d $traces ]; then
		soon 10 own_settled
		own_before=$own
	fi
	for turn in 1 2 3; do
		before "$1"
		storm "$1" "$2"
		after "$1"
		[ $grown_objects -ge $allowed ] || break
	done
	clean "$1"
	# Before v5.14 the list of callers is in sysfs, which shows only as many as fit into a page.
	if [ -d $traces ]; then
		check "soon 20 own_gone $(($3 / 100))" \
			"$1: less than one in 100 of the modules' own objects is left"
		say "# $1: $own_left of the modules' own objects are left"
	else
		skip "$1: the modules' own objects" "this kernel does not list all functions that allocate"
	fi
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
