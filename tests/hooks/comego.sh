#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM, in the suite's root: comego.sh HOOK TURNS. While events occur, each other
# user of the hooked functions attaches and detaches TURNS times (a live patch, which
# takes seconds, a tenth of that). perf does so on mmnotify's own tracepoints, too.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# shellcheck source-path=SCRIPTDIR source=kinds.sh
. "${0%/*}/kinds.sh"

hook=$1 turns=$2

# come_and_go NAME TURNS: errors go to /tmp/bad.
come_and_go() {
	for turn in $(seq $2); do
		start_$1 || echo "turn $turn: cannot start"
		stop_$1 || echo "turn $turn: cannot stop"
	done > /tmp/bad 2>&1
	touch /tmp/done
}

# Runs scenarios without a pause until the turns are over.
flow() {
	wrong=0 runs=0
	until [ -e /tmp/done ]; do
		MMN_TAP=/tmp/tap /files/scenarios --quiet "$@" > /tmp/sums || wrong=$((wrong + 1))
		[ $wrong = 0 ] || break
		runs=$((runs + 1))
	done
}

comes_and_goes() {
	rm -f /tmp/done
	times=$turns
	[ $1 != livepatch ] || times=$(((turns + 9) / 10))
	come_and_go $1 $times &
	job=$!
	shift
	flow "$@"
	wait $job
	check "[ $wrong = 0 ] && [ $runs -gt 0 ]" \
		"$name attaches and detaches: verdicts are right in $runs runs" ||
		failures /tmp/tap
	check "[ ! -s /tmp/bad ]" "$name attaches and detaches $times times" ||
		sed 's/^/# /' /tmp/bad | head > "$tap"
}

# Verdicts that need the stack are tested by others.sh.
each() {
	for name in function graph kprobe kretprobe ops_plain ops_regs ops_ipmodify fprobe livepatch; do
		case $trampoline-$hook-$name in
		# Exact while it is detached; starts and ends match while it is attached.
		*-kprobe-livepatch|*-auto-livepatch|stops-kprobe-kretprobe|stops-auto-kretprobe)
			comes_and_goes $name --only $few --inexact some
			;;
		*)
			if [ $name = fprobe ] && ! has_fprobe; then
				skip $name "this kernel has no fprobe events"
			else
				comes_and_goes $name --only $few
			fi
			;;
		esac
	done
}

# perf holds a reference to mmnotify while it has its tracepoints open.
own_events() {
	if ! command -v perf > /dev/null; then
		skip "perf on mmnotify's tracepoints" "the suite's root has perf, and this VM runs without"
		return
	fi
	for turn in 1 2 3; do
		check "perf_on 'mmnotify:*'" "perf opens mmnotify's tracepoints, turn $turn"
		right "perf on mmnotify's tracepoints, turn $turn" --only $few
		check "! rmmod mirror mmnotify 2> /dev/null && insmod /modules/mirror.ko" \
			"perf on mmnotify's tracepoints: mmnotify does not unload"
		check saw_perf "perf on mmnotify's tracepoints: perf got samples"
	done
}

few=munmap,mremap_dontunmap,madv_dontneed,mprotect_none,fork,cow,file_truncate,exit

say 'TAP version 13'
echo 64 > $tracing/buffer_size_kb
load_both "hook=$hook"
[ $hook = auto ] || check "hook_says 'backend $hook'" "hook=$hook: debugfs names this hook"
each
own_events
if [ $hook = ftrace ]; then
	check "[ $(counted no_record) = 0 ] && [ $(counted starts) -gt 1000 ]" \
		"hook=$hook: each of $(counted starts) events has a record" || cat $debugfs/hook
fi
check "hook_says 'records_live 0' && hook_says 'table_full 0'" "no record is left" ||
	cat $debugfs/hook
unload_both
finish
