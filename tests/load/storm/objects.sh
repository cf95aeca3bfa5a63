#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: objects.sh PAIRS RANGES LIVES
# Runs in the VM: storms of objects in a loaded mmnotify. Beside what the program
# says each of them has to leave everything as it was; what is allocated is counted, so
# that one object lost in ten is seen.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

stays=storm
group=/sys/fs/cgroup/storm

# In a cgroup, so that memory is short there and nowhere else.
storm() {
	(
		sh -c "echo \$PPID" > $group/cgroup.procs
		exec /files/storm "$@"
	) > /tmp/out
	renumber /tmp/out
	check "[ '$planned' = '$seen' ]" "storm $*: it ends with its plan"
}

# Refused starts leave a record, one for each place of a stack; and the client stays, so events may be in flight.
clean() {
	check "nothing_left" "$1: no object is left and the table was never full" ||
		say "# $left"
	records=$(sed -n 's/^records_live //p' $debugfs/hook)
	check "[ $records -lt 128 ]" "$1: few records are left"
	say "# $1: $records records are left"
	after "$1"
	allowed_objects=$(($2 / 100)) allowed_kb=2048
	[ $allowed_objects -ge 500 ] || allowed_objects=500
	check "[ $grown_objects -lt $allowed_objects ]" \
		"$1: less than $allowed_objects allocations more than before"
	check "[ $grown_kb -lt $allowed_kb ]" "$1: less than $allowed_kb kB more than before"
	check "same_modules $1" "$1: the same modules are in use"
}

# run NAME NUMBER OBJECTS: of so many objects it would be seen if one in ten left
# something. What is made once and stays is made before it is counted.
run() {
	/files/storm "$1" 64 > /dev/null
	before "$1"
	storm "$1" "$2"
	clean "$1" "$3"
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

# As much as just goes unseen, and a bit.
before planted
insmod /modules/mmn_planted.ko bug=slab "kb=$(($1 / 10 / 16 + 14))"
rmmod mmn_planted
after planted
check "[ $grown_objects -ge $(($1 / 10)) ]" "one allocation lost in ten pairs would be seen"
echo 0 > /sys/module/mmnotify/parameters/watch
check "rmmod mmn_storm" "the driver unloads"
stays=''
check "nothing_left" "when nobody watches any more, no record is left either"
check "rmmod mmnotify" "mmnotify unloads"
finish
