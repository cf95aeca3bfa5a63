#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: what docs/admin.md does without the tool, by tracefs alone.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

end=/sys/kernel/tracing/events/mmnotify/invalidate_end
trace=/sys/kernel/tracing/trace

# acts OPERATION...: a process with a bare notifier does this.
acts() {
	echo 0 > $trace
	pid=$(/files/watched someone "$@")
}

say 'TAP version 13'
insmod /modules/mmnotify.ko
insmod /modules/mmn_native.ko
insmod /modules/mmn_stall.ko
echo 1 > /sys/module/mmnotify/parameters/watch

echo 'hist:keys=tgid,cause:vals=hitcount,duration_ns' > $end/trigger
acts munmap=7 fork=2
check 'grep -q "tgid: *$pid, .*hitcount: *7 " $end/hist' 'a histogram counts by process and cause' ||
	sed 's/^/# /' $end/hist > "$tap"
echo '!hist:keys=tgid,cause:vals=hitcount,duration_ns' > $end/trigger

echo 1 > $end/enable
echo 'duration_ns > 10000000' > $end/filter
acts munmap=3
check '! grep -q "cause=munmap" $trace' 'a filter by duration leaves short events out'
echo 50 > /sys/module/mmn_stall/parameters/delay_ms
DEVICE=/dev/mmn_stall acts munmap=3
check '[ $(grep -c "cause=munmap" $trace) = 3 ]' 'and shows long ones'

echo 0 > $end/filter
echo 'stacktrace if duration_ns > 10000000' > $end/trigger
DEVICE=/dev/mmn_stall acts munmap
check 'grep -A 30 "<stack trace>" $trace | grep -q "unmap_vmas"' 'a trigger adds the stack' ||
	tail -n 30 $trace | sed 's/^/# /' > "$tap"
echo '!stacktrace' > $end/trigger
echo 0 > /sys/module/mmn_stall/parameters/delay_ms

echo 'start < 0x1000 && end > 0x0' > $end/filter
acts munmap=3
check '! grep -q "cause=munmap" $trace' 'a filter by range leaves other addresses out'
finish
