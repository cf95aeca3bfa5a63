#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: modules that announce invalidations, through a pointer and directly, and one that
# calls a function whose callers are audited. Only the events that may be wrong are not exact.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

others=munmap,madv_dontneed,fork,exit
all=$others,mprotect_none
census=$debugfs/census

changed() {
	grep -c 'changed by a module' $census
}

address() {
	awk -v n="$1" '$3 == n { print $1; exit }' /proc/kallsyms
}

inexact() {
	sed -n 's/^# inexact //p' $debugfs/counters
}

# events CAUSE, and hits SITE
events() {
	awk -v c="$1" '$2 == c { sum += $3 } END { print sum + 0 }' $debugfs/counters
}

hits() {
	awk -v s="$1" '$1 == s { sum += $3 } END { print sum + 0 }' $debugfs/sites
}

# plant MODULE [SYMBOL]: loads it, with an address for SYMBOL.
plant() {
	[ $# = 1 ] || /files/define "/modules/$1.ko" "/tmp/$1.ko" "$2" "$(address "$2")" || return
	[ $# != 1 ] || cp "/modules/$1.ko" /tmp
	insmod "/tmp/$1.ko"
}

# The hook resolves a symbol after its first event only.
announce() {
	for i in 1 2 3; do
		echo 1 > "/sys/module/$1/parameters/announce" || return
		sleep 0.3
	done
}

# announces MODULE WHAT
announces() {
	before=$(events unknown)
	check "announce $1" "$2: it announces invalidations"
	check "[ $(events unknown) -gt $before ] && [ $(inexact) = $(events unknown) ]" \
		"$2: $(events unknown) events are unknown, and $(inexact) are not exact"
	check "grep -q '^planted \[$1\] .*unknown' $debugfs/sites" "$2: debugfs sites has the function"
	check '[ $(changed) = 0 ]' "$2: no row is changed"
	right "$2: call sites of the kernel are exact" --only $all
}

# While a module calls change_protection().
during() {
	rows=$(changed)
	check '[ $rows = 5 ] && grep -q "^change_protection .*changed by a module" $census' \
		"$1: debugfs census has the rows of its class ($rows)"
	check 'grep -q "^planted \[mmn_plant_callee\].* unknown caller of change_protection$" $census' \
		"$1: and the function that calls"
	right "$1: other call sites" --only $others
	before=$(hits change_protection) inexact=$(inexact)
	MMN_TAP=/dev/null MMN_OUT=/dev/null /files/scenarios --quiet --only mprotect_none > /dev/null
	new=$(($(hits change_protection) - before))
	check '[ $new -gt 0 ] && [ $(inexact) -gt $inexact ] && [ $(($(inexact) - inexact)) -le $new ]' \
		"$1: $(($(inexact) - inexact)) of $new events of change_protection are not exact"
}

say 'TAP version 13'
load_both watch=1
check "soon 50 hook_says 'attached 1'" "the hook is attached"
right "without a plant" --only $all
mark
check "plant mmn_plant" "a module that calls through a pointer is loaded"
check '! news | grep -q "mmnotify: census"' "a call through a pointer is not seen"
announces mmn_plant "through a pointer"
check "rmmod mmn_plant" "it is unloaded"
mark
start=__mmu_notifier_invalidate_range_start
check "plant mmn_plant_start $start" "a module with a direct call is loaded"
check "news | grep -q 'mmnotify: census: planted \\[mmn_plant_start\\] calls $start()'" "the log has it"
check 'grep -q "^planted \[mmn_plant_start\].* unknown$" $census' "so has debugfs census"
announces mmn_plant_start "directly"
check "rmmod mmn_plant_start" "it is unloaded"
check '! grep -q mmn_plant $census' "debugfs census has no module any more"
mark
check "plant mmn_plant_callee change_protection" "a module that calls change_protection() is loaded"
check 'news | grep -q "mmnotify: census: planted \[mmn_plant_callee\] calls change_protection()"' \
	"the log has it"
during "after mmnotify"
check "rmmod mmn_plant_callee" "it is unloaded"
check '[ $(changed) = 0 ]' "no row is changed any more"
right "after the plant" --only $all
unload_both
check "plant mmn_plant_callee change_protection" "the module is loaded before mmnotify"
load_both watch=1
during "before mmnotify"
check "rmmod mmn_plant_callee" "it is unloaded"
right "after it" --only $all
unload_both
finish
