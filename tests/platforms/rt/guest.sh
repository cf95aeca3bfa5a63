#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: guest.sh [SECONDS]
# Runs in the VM of a PREEMPT_RT kernel: functions that must not sleep are called in atomic
# context. A sleeping lock only sleeps under contention. So realtime processes classify with
# interrupts off, and preempt other processes that classify in process context. A message
# "scheduling while atomic" fails the run. With forget=all each event counts an unknown name,
# under a lock.
# Commands are passed to check() as text, and functions are called by name.
# shellcheck disable=SC2016,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

seconds=${1:-20}
stop=/tmp/stop

asked() {
	cat /sys/module/mmn_atomic/parameters/asked
}

# busy DEVICE COMMAND...: forks in a loop, so that pages are write-protected, copied and freed.
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
		"$world: mmnotify and mmn_atomic load"
	for _ in 1 2; do
		busy mmn_relaxed : &
		busy mmn_atomic usleep 500 &
	done
	sleep "$seconds"
	touch $stop
	wait
	check '[ "$(asked)" -gt 500 ]' "$world: $(asked) verdicts with interrupts off"
	check 'grep -q "^records_live 0" /sys/kernel/debug/mmnotify/hook' "$world: no record is left"
	check 'rmmod mmn_atomic && rmmod mmnotify' "$world: mmnotify and mmn_atomic unload"
}

say 'TAP version 13'
check '[ "$(cat /sys/kernel/realtime 2> /dev/null)" = 1 ] || grep -q PREEMPT_RT /proc/version' \
	"the kernel is PREEMPT_RT"
world "known sites"
world "unknown sites" forget=all
world "a hook" hook=ftrace
world "each event walks the stack" hook=stack verify=1
finish
