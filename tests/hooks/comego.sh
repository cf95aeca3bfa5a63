#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM, in the suite's root: comego.sh HOOK TURNS. While events flow, each of
# the others comes and goes, TURNS times (a live patch, which takes seconds to, a tenth
# of that); perf does on mmnotify's own tracepoints, too.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# shellcheck source-path=SCRIPTDIR source=kinds.sh
. "${0%/*}/kinds.sh"

hook=$1 turns=$2

# come_and_go NAME: what went wrong is in /tmp/bad.
come_and_go() {
	for turn in $(seq $2); do
		start_$1 || echo "turn $turn: it does not start"
		stop_$1 || echo "turn $turn: it does not stop"
	done > /tmp/bad 2>&1
	touch /tmp/done
}

# Scenarios without a pause until the turns are over.
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
	check "[ $wrong = 0 ] && [ $runs -gt 0 ]" "$name: verdicts are right, in $runs runs meanwhile" ||
		failures /tmp/tap
	check "[ ! -s /tmp/bad ]" "$name: it came and went $times times" ||
		sed 's/^/# /' /tmp/bad | head > "$tap"
}

# What it does to those that ask the stack is for others.sh to say.
each() {
	for name in function graph kprobe kretprobe ops_plain ops_regs ops_ipmodify fprobe livepatch; do
		case $(uname -r)-$hook-$name in
		# Exact while it is away, and ends are even while it is there.
		*-kprobe-livepatch|*-auto-livepatch|5.10.*-kprobe-kretprobe|5.10.*-auto-kretprobe)
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

# perf holds a reference while it has mmnotify's tracepoints open.
own_events() {
	for turn in 1 2 3; do
		check "perf_on 'mmnotify:*'" "own tracepoints: perf is on, turn $turn"
		right "own tracepoints, turn $turn" --only $few
		check "! rmmod mirror mmnotify 2> /dev/null && insmod /modules/mirror.ko" \
			"own tracepoints: mmnotify does not go meanwhile"
		check saw_perf "own tracepoints: perf saw them"
	done
}

few=munmap,mremap_dontunmap,madv_dontneed,mprotect_none,fork,cow,file_truncate,exit

say 'TAP version 13'
echo 64 > $tracing/buffer_size_kb
load_both "hook=$hook"
[ $hook = auto ] || check "hook_says 'backend $hook'" "it is the hook"
each
own_events
if [ $hook = ftrace ]; then
	check "[ $(counted no_record) = 0 ] && [ $(counted starts) -gt 1000 ]" \
		"the hook has missed nothing of $(counted starts) events" || cat $debugfs/hook
fi
check "hook_says 'records_live 0' && hook_says 'table_full 0'" "no record is left" ||
	cat $debugfs/hook
unload_both
finish
