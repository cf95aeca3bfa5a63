#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: load and unload N times while the scenarios run. Every second
# round without a client, with the administrator watching. Processes that still
# hold the device at the end of a round are killed where they stand, so exits
# with live objects race the unload.
set -u

rounds=${1:-200}
debugfs=/sys/kernel/debug/mmnotify
tap=${MMN_TAP:-/dev/stdout}

start_load() {
	env -u MMN_TAP -u MMN_OUT /files/scenarios --loop 100000 --quiet \
		> /tmp/scenarios.log 2>&1 &
}

unload() {
	tries=0
	until rmmod "$1" 2> /dev/null; do
		killall -q -9 scenarios
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.05
	done
}

leftovers() {
	grep -q '^records_live 0' $debugfs/hook || grep ^records_live $debugfs/hook
	grep -q '^table_full 0' $debugfs/hook || grep ^table_full $debugfs/hook
	sed 1d $debugfs/clients
}

# An event may be in flight at any moment; nothing may stay.
nothing_left() {
	tries=0
	while left=$(leftovers) && [ -n "$left" ]; do
		tries=$((tries + 1))
		[ $tries -lt 50 ] || return 1
		sleep 0.1
	done
}

kernel_memory() {
	awk '/^Slab:|^VmallocUsed:|^Percpu:/ { s += $2 } END { print s }' /proc/meminfo
}

stop() {
	killall -q -9 scenarios
	echo 1..1 > "$tap"
	if [ -z "$1" ]; then
		echo "ok 1 - $rounds loads and unloads under load" > "$tap"
		exit 0
	fi
	echo "not ok 1 - load and unload under load, round $i: $1" > "$tap"
	exit 1
}

client_round() {
	insmod /modules/mirror.ko || stop "mirror does not load"
	start_load
	sleep 0.4
	killall -q -9 scenarios
	unload mirror || stop "mirror does not unload"
}

# A notifier that has nothing to do with us, so that events are in flight at
# every attach and detach.
insmod /modules/mmn_native.ko
(
	exec 3< /dev/mmn_native
	while :; do
		/bin/true
	done
) &

i=0
before=$(kernel_memory)
while [ $i -lt "$rounds" ]; do
	i=$((i + 1))
	insmod /modules/mmnotify.ko watch=$((i % 2)) || stop "mmnotify does not load"
	if [ $((i % 2)) = 0 ]; then
		client_round
	fi
	echo 0 > /sys/module/mmnotify/parameters/watch
	nothing_left || stop "$left"
	unload mmnotify || stop "mmnotify does not unload"
done
echo "# kernel memory $before kB before, $(kernel_memory) kB after" > "$tap"
stop ""
