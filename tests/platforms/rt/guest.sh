#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: guest.sh [SECONDS]
# Runs in the VM of a PREEMPT_RT kernel: what may not sleep is called where nothing
# may. A lock that sleeps does so only while somebody else has it: so processes with
# a realtime priority ask with interrupts off, and preempt others that ask as usual.
# "scheduling while atomic" then fails the run. With forget=all each event counts an
# unknown name, under a lock.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

seconds=${1:-20}
stop=/tmp/stop

asked() {
	cat /sys/module/mmn_atomic/parameters/asked
}

# busy DEVICE COMMAND...: a shell that forks has its pages write-protected, copies and
# frees them.
busy() {
	exec 3< "/dev/$1"
	shift
	while [ ! -e $stop ]; do
		(:)
		"$@"
	done
}

# world DESCRIPTION PARAMETER...
world() {
	world=$1
	shift
	rm -f $stop
	check "insmod /modules/mmnotify.ko $* && insmod /modules/mmn_atomic.ko" \
		"$world: it loads"
	for _ in 1 2; do
		busy mmn_relaxed : &
		busy mmn_atomic usleep 500 &
	done
	sleep "$seconds"
	touch $stop
	wait
	check '[ "$(asked)" -gt 500 ]' "$world: asked with interrupts off: $(asked) times"
	check 'grep -q "^records_live 0" /sys/kernel/debug/mmnotify/hook' "$world: no record is left"
	check 'rmmod mmn_atomic && rmmod mmnotify' "$world: both unload"
}

say 'TAP version 13'
check '[ "$(cat /sys/kernel/realtime 2> /dev/null)" = 1 ] || grep -q PREEMPT_RT /proc/version' \
	"this kernel is PREEMPT_RT"
world "known sites"
world "unknown sites" forget=all
world "a hook" hook=ftrace
world "each event walks the stack" hook=stack verify=1
finish
