#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: an event whose callback does not return shows in debugfs inflight at once, also if
# it is the first one of its call site, and stays there whatever else happens until it ends.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

hold=/sys/module/mmn_stall/parameters/hold

# The line of the process, without the id and the time.
line() {
	awk -v pid="$pid" '$3 == pid { $1 = ""; $2 = ""; print }' $debugfs/inflight
}

# Milliseconds since the start of its event.
age() {
	awk -v pid="$pid" '$3 == pid { print $2 }' $debugfs/inflight
}

# hang OPERATION CAUSE: a fresh load, then the operation is the first event that is seen.
hang() {
	cause=$2
	check 'insmod /modules/mmnotify.ko' "$1: mmnotify loads"
	echo 1 > $parameters/watch
	DEVICE=/dev/mmn_stall /files/watched stuck wait $1 < /tmp/in > /tmp/pid &
	exec 3> /tmp/in
	soon 50 test -s /tmp/pid
	pid=$(cat /tmp/pid)
	check '[ -z "$(line)" ]' "$1: nothing is in flight before"
	echo 1 > $hold
	echo >&3
	check 'soon 10 eval "[ -n \"\$(line)\" ]"' "$1: it shows within a second" ||
		cat $debugfs/inflight $debugfs/hook
	check 'line | grep -q " $pid $pid [A-Z_]* $cause 0x[0-9a-f]* 0x[0-9a-f]* [a-z_]* stuck stuck - -\$"' \
		"$1: $(line)"
	first=$(age)
	# Others use the places again and again. None may exit: the release of an mm waits for all
	# callbacks, those of other mms as well.
	n=0
	while [ $n -lt 40 ]; do
		/files/watched other munmap=20 wait < /tmp/others > /tmp/other$n &
		n=$((n + 1))
	done
	exec 4> /tmp/others
	soon 300 eval '[ $(grep -c "munmap 20 " $debugfs/processes) -ge 40 ]'
	check '[ $(grep -c "munmap 20 .* other\$" $debugfs/processes) = 40 ]' \
		"$1: the events of 40 others are counted meanwhile"
	check '[ -n "$(line)" ] && [ $(age) -gt $first ] && [ $(age) -gt 100 ]' \
		"$1: it is still there $(age) ms after its start, and $first ms at first"
	echo 0 > $hold
	check 'soon 50 eval "[ -z \"\$(line)\" ]"' "$1: it is gone when it has ended"
	exec 3>&- 4>&-
	wait
	check '[ $(grep -c -v "^#" $debugfs/inflight) = 0 ]' "$1: nothing is in flight after"
	check 'rmmod mmnotify' "$1: it unloads"
	: > /tmp/pid
}

say 'TAP version 13'
mkfifo /tmp/in /tmp/others
check 'insmod /modules/mmn_stall.ko && insmod /modules/mmn_native.ko' "bare notifiers load"
hang munmap munmap
hang move move_pages
check 'rmmod mmn_native mmn_stall' "they unload"
finish
