#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: the same program in different configurations.
set -eu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

debugfs=/sys/kernel/debug/mmnotify
trace=/sys/kernel/tracing
watch=/sys/module/mmnotify/parameters/watch
timing=/sys/module/mmnotify/parameters/timing

attached() {
	grep -q "^attached $1" $debugfs/hook
}

by_steps() {
	grep -q "^clients steps" $debugfs/hook
}

# The state of the kernel's caches differs by process, so measure three processes.
some() {
	bench "$1"
	bench "$1"
	bench "$1"
}

# All forks of one process may cost 1 % more than those of another one, so use the
# smallest of three processes.
and_fork() {
	bench "$@"
	with=$1
	shift
	bench "$with" -o fork "$@"
	bench "$with" -o fork "$@"
}

quiet
settle

some base
insmod /modules/mmn_native.ko
insmod /modules/mmn_walker.ko
and_fork native /dev/bench_native
and_fork interval /dev/bench_interval
and_fork walk /dev/bench_walk
and_fork names /dev/bench_names

insmod /modules/mmnotify.ko
sed -n 's/^# cycles /CENSUS /p' $debugfs/census > /tmp/result
report
sleep 2
some loaded

insmod /modules/mmn_client.ko
# The hook is attached because another process has a client and watch=1 is set.
(exec 3< /dev/bench_mm && exec sleep 100000) &
other=$!
sleep 1
by_steps
echo 1 > $watch
attached 1
before=$(starts)
some hooked
echo "SEEN hooked $(($(starts) - before))" > /tmp/result
report
and_fork watched /dev/bench_native
[ "$(starts)" -gt "$before" ]
echo 1 > $timing
# The callback gets its probe after it was registered, when this process has ended: with SCHED_FIFO it
# leaves no time to a work item.
/files/bench -o munmap /dev/bench_native > /dev/null
sleep 3
and_fork timed /dev/bench_native
echo 0 > $timing
echo 1 > $trace/events/mmnotify/invalidate_end/enable
sleep 1
and_fork recorded /dev/bench_native
echo 0 > $trace/events/mmnotify/invalidate_end/enable
echo 0 > $watch
sleep 3
attached 0
and_fork foreign /dev/bench_native
and_fork foreign_interval /dev/bench_interval
and_fork tier1 -e /dev/bench_tier1
and_fork range -e /dev/bench_range
and_fork mm_start -e /dev/bench_mm_start
and_fork mm -e /dev/bench_mm
echo 1 > $trace/events/mmnotify/enable
sleep 1
and_fork traced -e /dev/bench_mm
echo 0 > $trace/events/mmnotify/enable
kill $other
