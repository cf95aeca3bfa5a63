#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in a VM in which a nanosecond is an instruction: what a refresh of mmnotify top costs with 100
# processes, when nothing happens and while events happen all the time.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

tool=/files/mmnotify
debugfs=/sys/kernel/debug/mmnotify

# used TIMES: CPU time of so many refreshes, in ms, that of the kernel in its behalf included.
used() {
	command time -f "%U %S" $tool top --batch -n $1 -i 1ms 2> /tmp/time > /dev/null
	awk '{ print int(($1 + $2) * 1000) }' /tmp/time
}

# refresh: sets $cost to the instructions of one refresh, in thousands.
refresh() {
	one=$(used 1)
	many=$(used 101)
	cost=$(((many - one) * 10))
}

say 'TAP version 13'
mkfifo /tmp/in
check 'insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko' "they load"
echo 1 > /sys/module/mmnotify/parameters/watch
refresh
none=$cost
exec 3<> /tmp/in
n=0
while [ $n -lt 100 ]; do
	/files/watched p$n munmap dontneed mprotect fork move bind split wait < /tmp/in > /tmp/pid$n &
	n=$((n + 1))
done
soon 600 eval '[ "$(grep -c "thp_split" $debugfs/processes)" -ge 100 ]'
rows=$(grep -c -v '^#' $debugfs/processes)
check '[ $rows -ge 600 ]' "100 processes have $rows rows of causes"
refresh
idle=$cost
check '[ $idle -gt 0 ]' "a refresh takes $idle thousand instructions when nothing happens, $none without processes"
say "# computed from these: $((none + (idle - none) * 3000 / rows)) thousand for 100 processes x 30 causes"
/files/watched busy munmap=1000000 > /dev/null &
busy=$!
sleep 1
before=$(awk '$5 == "munmap" && /busy$/ { print $6 }' $debugfs/processes)
refresh
after=$(awk '$5 == "munmap" && /busy$/ { print $6 }' $debugfs/processes)
check '[ $cost -lt $((idle * 5 / 4)) ]' \
	"and $cost thousand while $((after - before)) events happen"
kill $busy
exec 3>&-
finish
