#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM with mmnotify and mirror loaded: tests of the API from user space and from
# a module, as one TAP stream. Afterwards nothing may be left.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify

# append FILE WHAT: prints a TAP stream, renumbered; checks its plan.
append() {
	renumber "$1"
	[ "$planned" = "$seen" ] || check false "$2 runs to its plan"
}

# The programs of these tests have ranges.
with_ranges() {
	/files/api > /tmp/api
	append /tmp/api "the user program"

	echo 1 > /sys/module/mmnotify/parameters/debug
	insmod /modules/mmn_misuse.ko
	dmesg | sed -n 's/.*TAP: //p' > /tmp/misuse
	append /tmp/misuse "the module"
	rmmod mmn_misuse

	dmesg -c > /dev/null
	insmod /modules/mmn_refused.ko
	dmesg | sed -n 's/.*TAP: //p' > /tmp/refused
	append /tmp/refused "the module with a start that has no end"
	rmmod mmn_refused

	# Each requirement on the API by its number, with a driver made for this test.
	check "insmod /modules/mmn_devmem.ko" "the driver that migrates loads"
	dmesg -c > /dev/null
	insmod /modules/mmn_contract.ko
	dmesg | sed -n 's/.*TAP: //p' > /tmp/inside
	append /tmp/inside "the driver with objects of its own"
	check "! rmmod mmnotify 2> /dev/null" "req 26: mmnotify does not unload under its clients"
	check "grep -q '^mmnotify .* mmn_contract' /proc/modules || grep -q '^mmnotify [^ ]* [2-9] ' /proc/modules" \
		"req 26: clients hold a reference to mmnotify"
	check "soon 100 grep -q '^attached 0' $debugfs/hook" "the hook is detached without a user"
	/files/contract counted > /tmp/contract
	append /tmp/contract "the contract program (counted)"
	echo 1 > /sys/module/mmnotify/parameters/watch
	dmesg -c > /dev/null
	timeout 200 /files/contract > /tmp/contract
	append /tmp/contract "the contract program"
	check "dmesg | grep -q 'mmn_contract_start.* refused an invalidation that may block'" \
		"req 8: refusing a blockable event is logged with the function"
	check "grep -q '^contract mmn_contract 0 0 [1-9][0-9]* [1-9][0-9]* [1-9]' $debugfs/clients" \
		"req 27: callbacks are counted and timed by client, and no object is left"
	check "grep -q '^contract2 mmn_contract 0 0 [1-9]' $debugfs/clients" \
		"req 27: each client has counters of its own"
	echo 0 > /sys/module/mmnotify/parameters/watch
	check "rmmod mmn_contract" "req 26: a client without objects unloads"
}

say 'TAP version 13'
# Without ranges no client gets an event here, and no walk is needed.
clients=0
if has_ranges; then
	clients=1
	with_ranges
else
	skip "requirements on ranges and mm objects" "$without_ranges"
fi

# Records of refused starts (event.c) are freed when the hook has no user any more.
check "soon 100 grep -q '^records_live 0' $debugfs/hook" \
	"req 26: all records are freed after the last watcher"

# A process without mmnotify: a bare notifier on the shell's own mm. The shell then forks,
# writes and frees memory.
tracing=/sys/kernel/tracing
busy() {
	exec 3< /dev/bench_native
	read -r pid _ < /proc/self/stat
	echo "$pid" > /tmp/busy
	for _ in 1 2 3 4 5 6; do
		/bin/true
	done
	exec 3<&-
}
insmod /modules/mmn_native.ko
echo 1 > $tracing/events/mmnotify/enable
sleep 1
(busy)
check "grep -q 'invalidate_start:.* event=PROTECTION_PAGE cause=fork .*flags=.*EXACT' $tracing/trace" \
	"tracepoint: fork of a process without a client"
check "grep -q 'invalidate_start:.* cause=cow .*effects=.*PFN' $tracing/trace" \
	"tracepoint: copy-on-write of a process without a client"
check "grep -q 'invalidate_start: tgid=$(cat /tmp/busy) .* native=PROTECTION_PAGE .* cause=fork .* site=copy_page_range' $tracing/trace" \
	"tracepoint: process, native event and call site of a fork"
check "grep -q 'invalidate_end:.* cause=fork .*ns=[1-9]' $tracing/trace" \
	"tracepoint: the end of an event has a duration"
check "grep -q '^PROTECTION_PAGE fork [1-9]' $debugfs/counters" \
	"counters: the fork is counted"
counters_add_up() {
	awk '$1 != "#" { sum += $4 } $2 == "walks" { walks = $3 } $2 == "delivered" { delivered = $3 }
		END { exit !(walks == sum && (walks && delivered || !clients)) }' \
		clients="$clients" "$debugfs/counters"
}
check counters_add_up "counters: the rows add up to the sums of walks and deliveries"
# Prints the lengths of the events of cow, as shell arithmetic: each is one page.
lengths() {
	# shellcheck disable=SC2086
	sed -n "s/.*invalidate_$1:.* range=\[\(0x[0-9a-f]*\),\(0x[0-9a-f]*\)) .* cause=cow .*/\$((\2 - \1))/p" \
		$tracing/trace
}
one_page() {
	eval "set -- $(lengths "$1" | sort -u)"
	[ "$*" = 4096 ]
}
check "one_page start && one_page end" "tracepoint: start and end have the range of the event"
# The trace has names of causes, but a filter takes their number: fork is 19.
echo > $tracing/trace
echo 'cause == 19' > $tracing/events/mmnotify/filter
(busy)
check "grep -q ' cause=fork ' $tracing/trace && ! grep ' cause=' $tracing/trace | grep -qv ' cause=fork '" \
	"tracepoint: a filter selects a cause by its number"
echo 0 > $tracing/events/mmnotify/filter
rmmod mmn_native

check "grep -Eq '^mirror mirror (0 0|- -) ' $debugfs/clients" "no object is left"
check "grep -q '^records_live 0' $debugfs/hook" "no record is left"
check "grep -q '^table_full 0' $debugfs/hook" "the table was never full"
check "[ \$(stat -c %a $debugfs/hook) = 400 ]" "debugfs files have mode 400"
check "rmmod mirror" "the client unloads"
check "rmmod mmnotify" "mmnotify unloads, with its tracepoints enabled"
check "! insmod /modules/mmnotify.ko hook=magic 2> /dev/null" \
	"hook=magic: the load fails"
check "dmesg | grep -q 'hook=magic is not available'" "hook=magic: the log has the reason"
check "! insmod /modules/mmnotify.ko trust=magic 2> /dev/null" \
	"trust=magic: the load fails"
check "dmesg | grep -q 'trust=magic is not available: use tested, series or certified'" \
	"trust=magic: the log has the values"
check "insmod /modules/mmnotify.ko hook=none" "hook=none: mmnotify loads"
check "grep -q '^backend none' $debugfs/hook" "hook=none: debugfs names no hook"
if has_ranges; then
	insmod /modules/mmn_contract.ko
	/files/contract inexact > /tmp/contract
	append /tmp/contract "the contract program without a hook"
	rmmod mmn_contract
fi
check "rmmod mmnotify" "and unloads"
finish
