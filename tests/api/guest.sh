#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM with mmnotify and mirror loaded: the API's answers, from user
# space and from a module, as one TAP stream; then nothing may be left.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify

# Renumber a TAP stream into ours; its plan is checked here.
append() {
	renumber "$1"
	[ "$planned" = "$seen" ] || check false "$2 ends with its plan"
}

say 'TAP version 13'
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

# A driver made to order: each requirement on the API by its number.
check "insmod /modules/mmn_devmem.ko" "a driver that migrates"
dmesg -c > /dev/null
insmod /modules/mmn_contract.ko
dmesg | sed -n 's/.*TAP: //p' > /tmp/inside
append /tmp/inside "the module that keeps the contracts"
check "! rmmod mmnotify 2> /dev/null" "req 26: mmnotify does not unload under its clients"
check "grep -q '^mmnotify .* mmn_contract' /proc/modules || grep -q '^mmnotify [^ ]* [2-9] ' /proc/modules" \
	"req 26: their symbols count as a use"
check "soon 100 grep -q '^attached 0' $debugfs/hook" "nothing needs the hook"
/files/contract counted > /tmp/contract
append /tmp/contract "the program that counts events"
echo 1 > /sys/module/mmnotify/parameters/watch
dmesg -c > /dev/null
timeout 200 /files/contract > /tmp/contract
append /tmp/contract "the program that tests contracts"
check "dmesg | grep -q 'mmn_contract_start.* refused an invalidation that may block'" \
	"req 8: a wrong refusal is logged, with its function"
check "grep -q '^contract mmn_contract 0 0 [1-9][0-9]* [1-9][0-9]* [1-9]' $debugfs/clients" \
	"req 27: callbacks are counted and timed by client, and no object is left"
check "grep -q '^contract2 mmn_contract 0 0 [1-9]' $debugfs/clients" \
	"req 27: each client has its own"
echo 0 > /sys/module/mmnotify/parameters/watch
check "rmmod mmn_contract" "req 26: a client with nothing left unloads"

# What refused starts left (record.c) goes when nobody needs the hook any more.
check "soon 100 grep -q '^records_live 0' $debugfs/hook" "req 26: with the last watcher all records go"

# Somebody who never heard of mmnotify: a bare notifier on the shell's own mm,
# which forks, writes and frees.
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
	"a tracepoint names the fork of a process that is no client"
check "grep -q 'invalidate_start:.* cause=cow .*effects=.*PFN' $tracing/trace" \
	"and its copy-on-write"
check "grep -q 'invalidate_start: tgid=$(cat /tmp/busy) .* native=PROTECTION_PAGE .* cause=fork .* site=copy_page_range' $tracing/trace" \
	"of which process, what the kernel says of it, and where it comes from"
check "grep -q 'invalidate_end:.* cause=fork .*ns=[1-9]' $tracing/trace" \
	"the end of an event has a duration"
check "grep -q '^PROTECTION_PAGE fork [1-9]' $debugfs/counters" \
	"and the counters have it"
counters_add_up() {
	awk '$1 != "#" { sum += $4 } $2 == "walks" { walks = $3 } $2 == "delivered" { delivered = $3 }
		END { exit !(walks && walks == sum && delivered) }' "$debugfs/counters"
}
check counters_add_up "with their sums: the walks, and what was delivered"
# The lengths of what was copied, as sums for the shell: each is one page.
lengths() {
	# shellcheck disable=SC2086
	sed -n "s/.*invalidate_$1:.* range=\[\(0x[0-9a-f]*\),\(0x[0-9a-f]*\)) .* cause=cow .*/\$((\2 - \1))/p" \
		$tracing/trace
}
one_page() {
	eval "set -- $(lengths "$1" | sort -u)"
	[ "$*" = 4096 ]
}
check "one_page start && one_page end" "a tracepoint has the range of the event, at its start and end"
# The number of a cause is in no line of the trace, but a filter takes it: fork is 19.
echo > $tracing/trace
echo 'cause == 19' > $tracing/events/mmnotify/filter
(busy)
check "grep -q ' cause=fork ' $tracing/trace && ! grep ' cause=' $tracing/trace | grep -qv ' cause=fork '" \
	"a filter finds a cause by its number"
echo 0 > $tracing/events/mmnotify/filter
rmmod mmn_native

check "grep -q '^mirror mirror 0 0 ' $debugfs/clients" "no object is left"
check "grep -q '^records_live 0' $debugfs/hook" "no record is left"
check "grep -q '^table_full 0' $debugfs/hook" "the table was never full"
check "[ \$(stat -c %a $debugfs/hook) = 400 ]" "debugfs is for root, to read"
check "rmmod mirror" "the client unloads"
check "rmmod mmnotify" "mmnotify unloads, with its tracepoints enabled"
check "! insmod /modules/mmnotify.ko hook=magic 2> /dev/null" \
	"a wrong parameter refuses the load"
check "dmesg | grep -q 'hook=magic is not available'" "and says what to do"
check "insmod /modules/mmnotify.ko hook=none" "it loads without a hook"
check "grep -q '^backend none' $debugfs/hook" "and says so"
insmod /modules/mmn_contract.ko
/files/contract inexact > /tmp/contract
append /tmp/contract "the program without a hook"
rmmod mmn_contract
check "rmmod mmnotify" "and unloads"
finish
