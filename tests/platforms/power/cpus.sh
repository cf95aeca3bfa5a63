#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Usage: cpus.sh ROUNDS
# Runs in the VM: CPUs go offline and online under events; mmnotify is loaded, attached,
# detached and unloaded while a CPU is offline.
set -u
# shellcheck source-path=SCRIPTDIR/../../hooks source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=power.sh
. "${0%/*}/power.sh"

cpus=/sys/devices/system/cpu

cpu() {
	echo "$2" > "$cpus/cpu$1/online"
}

# The sum over all CPUs, including offline ones.
delivered() {
	awk '$1 == "mirror" { print $5 }' $debugfs/clients
}

say 'TAP version 13'
load_both hook=ftrace
check "cpu 1 0 && cpu 1 1" "a CPU goes offline and online"
brief_right "before"
meanwhile 60
i=0 moved=0 lost=0
while kill -0 $background 2> /dev/null && [ $i -lt "$1" ]; do
	i=$((i + 1))
	n=$((1 + i % 3))
	was=$(delivered)
	cpu $n 0 && moved=$((moved + 1))
	[ "$(delivered)" -ge "$was" ] || lost=$((lost + 1))
	sleep 0.2
	cpu $n 1
done
been_right "CPUs go and come"
check "[ $moved = $i ] && [ $i -gt 10 ]" "a CPU went offline and online $i times"
check "[ $lost = 0 ]" "counts of an offline CPU are not lost"
clean "CPUs go and come"
brief_right "after"

cpu 2 0
brief_right "with a CPU less"
unload_both
load_both hook=ftrace
brief_right "loaded with a CPU less"
cpu 2 1
brief_right "and with the CPU again"
cpu 1 0
unload_both
cpu 1 1
finish
