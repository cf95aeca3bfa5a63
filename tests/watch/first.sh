#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: first.sh [LOADS]
#
# Runs in the VM: no event is lost, late or vague once watch=1 is written, although none was seen
# before. The reference is a bare notifier: each range that it is told lies inside of a start of
# the same task that was traced before it. The second run of the same operations finds everything
# known, and the first one must have the same events, causes, effects and flags.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

loads=${1:-3}
# The first events are those that only the stack explains.
operations='move=3 bind=3 split=2 munmap=5 dontneed=5 mprotect=5 fork=3 move=2'

# verdicts FILE: for each range that the notifier was told, the verdict of the start that has it;
# "lost" if there is none.
verdicts() {
	awk -v name="first-$pid" '
	function value(name) {
		return match($0, " " name "=[^ ]*") ? substr($0, RSTART, RLENGTH) : ""
	}
	function number(hex) {
		hex = substr(hex, 3)
		return substr("0000000000000000", length(hex) + 1) hex
	}
	$1 != name { next }
	/ invalidate_start: / {
		match($0, /range=\[0x[0-9a-f]*,0x[0-9a-f]*/)
		split(substr($0, RSTART + 7, RLENGTH - 7), range, ",")
		verdict = value("native") value("event") value("cause") value("effects") \
			value("flags")
	}
	/ told: / {
		if (verdict == "" || number(substr(value("start"), 8)) < number(range[1]) ||
		    number(substr(value("end"), 6)) > number(range[2]))
			verdict = "lost" value("start") value("end")
		print verdict
		verdict = ""
	}' $tracing/trace > $1
}

perform() {
	echo 0 > $tracing/trace
	pid=$(DEVICE=/dev/mmn_told /files/watched first $operations)
	verdicts $1
}

# one NR: a fresh load.
one() {
	insmod /modules/mmnotify.ko || return
	begun=$(cut -d ' ' -f 1 /proc/uptime)
	echo 1 > $parameters/watch
	say "# load $1: watch=1 was written from $begun to $(cut -d ' ' -f 1 /proc/uptime) s"
	echo 1 > $events/invalidate_start/enable
	perform /tmp/cold
	# Until distances between frames are measured, too.
	perform /tmp/warm
	perform /tmp/warm
	check '! grep lost /tmp/cold && [ $(wc -l < /tmp/cold) -ge 100 ]' \
		"load $1: the first $(wc -l < /tmp/cold) events are traced at their start" ||
		grep lost /tmp/cold | head -n 5 | sed 's/^/# /' > "$tap"
	# How often a page is copied after fork() depends on whether the child still has it.
	sort -u /tmp/cold > /tmp/cold_kinds
	sort -u /tmp/warm > /tmp/warm_kinds
	check 'cmp -s /tmp/cold_kinds /tmp/warm_kinds' \
		"load $1: each has a verdict that it has later, and the other way round" ||
		diff /tmp/cold_kinds /tmp/warm_kinds | head -n 8 | sed 's/^/# /' > "$tap"
	echo 0 > $events/enable
	rmmod mmnotify
}

say 'TAP version 13'
echo 0 > /proc/sys/kernel/numa_balancing
echo 20000 > $tracing/buffer_size_kb
check 'insmod /modules/mmn_told.ko' "a bare notifier loads"
check 'echo "p:told mmn_told start=%di:x64 end=%si:x64" > $tracing/kprobe_events' \
	"what it is told is traced"
echo 1 > $tracing/events/kprobes/told/enable
i=0
while [ $i -lt $loads ]; do
	i=$((i + 1))
	one $i
done
check 'grep -q cause=move_pages /tmp/cold && grep -q cause=mbind /tmp/cold &&
	grep -q cause=thp_split /tmp/cold' "causes that the stack decides are among them"
echo 0 > $tracing/events/kprobes/told/enable
echo > $tracing/kprobe_events
check 'rmmod mmn_told' "the notifier unloads"
finish
