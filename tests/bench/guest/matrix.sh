#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: the same program under different companions.
set -eu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

debugfs=/sys/kernel/debug/mmnotify
trace=/sys/kernel/tracing
watch=/sys/module/mmnotify/parameters/watch

attached() {
	grep -q "^attached $1" $debugfs/hook
}

by_steps() {
	grep -q "^clients steps" $debugfs/hook
}

# What is in the kernel's caches differs by process: to compare, more than one is asked.
some() {
	bench "$1"
	bench "$1"
	bench "$1"
}

quiet
settle

some base
insmod /modules/mmn_native.ko
insmod /modules/mmn_walker.ko
bench native /dev/bench_native
bench interval /dev/bench_interval
bench walk /dev/bench_walk
bench names /dev/bench_names

insmod /modules/mmnotify.ko
sleep 2
some loaded

insmod /modules/mmn_client.ko
# Somebody else is registered, and somebody watches, so the hook is attached.
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
bench watched /dev/bench_native
[ "$(starts)" -gt "$before" ]
echo 0 > $watch
sleep 3
attached 0
bench foreign /dev/bench_native
bench foreign_interval /dev/bench_interval
bench tier1 -e /dev/bench_tier1
bench range -e /dev/bench_range
bench mm_start -e /dev/bench_mm_start
bench mm -e /dev/bench_mm
echo 1 > $trace/events/mmnotify/enable
sleep 1
bench traced -e /dev/bench_mm
echo 0 > $trace/events/mmnotify/enable
kill $other
