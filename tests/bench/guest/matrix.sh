#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: the same program under different companions.
set -eu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

debugfs=/sys/kernel/debug/mmnotify
trace=/sys/kernel/tracing

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
# Somebody else is registered, while we have no notifier. The hook is for who watches.
(exec 3< /dev/bench_mm && exec sleep 100000) &
other=$!
sleep 1
by_steps
before=$(starts)
some hooked
echo "SEEN hooked $(($(starts) - before))" | tee /tmp/seen
[ ! -e "${MMN_OUT:-/dev/null}" ] || cat /tmp/seen > "${MMN_OUT:-/dev/null}"
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
