#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: the same program under different companions. Prints
# "RESULT CONFIG OPERATION MIN MEDIAN" lines.
set -eu

bench() {
	config=$1
	shift
	/files/bench "$@" | sed "s/^/RESULT $config /" > /tmp/result
	cat /tmp/result
	[ ! -e "${MMN_OUT:-/dev/null}" ] || cat /tmp/result > "${MMN_OUT:-/dev/null}"
}

# The clock source settles after boot; until then numbers wander.
sleep 4

bench base
insmod /modules/mmn_native.ko
bench native /dev/mmn_native

insmod /modules/mmnotify.ko
sleep 2
bench loaded

insmod /modules/mmn_client.ko
# Somebody else is registered: the hook is attached while we have no notifier.
(exec 3< /dev/mmn_client && exec sleep 1000) &
other=$!
sleep 1
grep -q '^attached 1' /sys/kernel/debug/mmnotify/hook
bench hooked
bench native_hooked /dev/mmn_native
bench client /dev/mmn_client
kill $other
