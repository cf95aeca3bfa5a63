#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in a VM in which a nanosecond is an instruction: what a refresh of mmnotify top costs with 100
# processes of 30 causes and more, when nothing happens and while events happen all the time.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=tool.sh
. "${0%/*}/tool.sh"

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
modprobe -a zram 2> /dev/null && echo 64M > /sys/block/zram0/disksize && mkswap /dev/zram0 > /dev/null &&
	swapon /dev/zram0
# Callbacks are timed, too, so that each process and cause has a row of its driver.
echo 1 > $parameters/timing
refresh
none=$cost
exec 3<> /tmp/in
n=0
while [ $n -lt 100 ]; do
	/files/many p$n < /tmp/in > /tmp/done$n &
	n=$((n + 1))
done
soon 1200 eval '[ $(cat /tmp/done* | wc -l) = 100 ]'
rows=$(grep -c -v '^#' $debugfs/processes)
timed=$(grep -c ' mmn_native - ' $debugfs/drivers)
check '[ $(cat /tmp/done* | wc -l) = 100 ] && [ $rows -ge 3000 ]' "100 processes have $rows rows of causes, and $timed of drivers" ||
	awk '!/^#/ { n[$5]++ } END { for (c in n) print c, n[c] }' $debugfs/processes
refresh
idle=$cost
check '[ $idle -gt $none ]' "a refresh takes $idle thousand instructions when nothing happens, $none without processes"
/files/watched busy munmap=1000000 > /dev/null &
busy=$!
sleep 1
before=$(awk '$5 == "munmap" && /busy$/ { print $6 }' $debugfs/processes)
refresh
after=$(awk '$5 == "munmap" && /busy$/ { print $6 }' $debugfs/processes)
check '[ $((after - before)) -gt 10000 ] && [ $cost -lt $((idle * 11 / 10)) ]' \
	"and $cost thousand while $((after - before)) events happen in 100 refreshes"
kill $busy
exec 3>&-
finish
