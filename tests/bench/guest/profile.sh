#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: profile.sh CONFIG OPERATION SAMPLES. One operation with the device
# of CONFIG, for QEMU's log of code that runs in modules, and the addresses of their functions.
# watched, timed and recorded have a bare notifier, as in matrix.sh.
set -eu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# The number of events: from the clients, or without one from the hook if it is attached.
events() {
	awk '!/^#/ { s += $3 } END { print s + 0 }' /sys/kernel/debug/mmnotify/counters
}

device=$1
observe() {
	device=native
	echo 1 > "$1"
	sleep 1
}

insmod /modules/mmn_native.ko
insmod /modules/mmnotify.ko
insmod /modules/mmn_client.ko
echo 0 > /proc/sys/kernel/kptr_restrict
case $1 in
watched|timed|recorded) observe /sys/module/mmnotify/parameters/watch ;;
esac
case $1 in
timed) observe /sys/module/mmnotify/parameters/timing ;;
recorded) observe /sys/kernel/tracing/events/mmnotify/invalidate_end/enable ;;
esac
sleep 2
before=$(events)
bench "$1" -n "$3" -o "$2" "/dev/bench_$device"
echo "EVENTS $(($(events) - before))" > "$MMN_OUT"
grep -E ' [tT] .*\[(mmnotify|mmn_native|mmn_client|__builtin__ftrace)\]' /proc/kallsyms |
	sed 's/^/SYMBOL /' > "$MMN_OUT"
