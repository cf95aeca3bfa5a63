#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Usage: loads.sh ROUNDS
# Runs in the VM with slub_debug=U, with no other load: loads and unloads mmnotify, with an
# ftrace hook that attaches and with one that does not. The kernel counts the objects of
# kmalloc() by function; a function with a count that grows with each load leaks.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

rounds=${1:-20}
ftrace=/proc/sys/kernel/ftrace_enabled
traces=/sys/kernel/debug/slab

# Functions of unloaded modules have no name: they are summed up as "gone".
counts() {
	cat $traces/kmalloc-*/alloc_traces | awk '
		$1 !~ /^[0-9]+$/ { next }
		$2 ~ /^0x/ { n["gone"] += $1 }
		$2 ~ /\+0x/ { sub(/\+.*/, "", $2); n[$2] += $1 }
		END { for (f in n) print f, n[f] }'
}

# loads COUNT
loads() {
	i=0
	while [ "$i" -lt "$1" ]; do
		i=$((i + 1))
		insmod /modules/mmnotify.ko hook=ftrace && rmmod mmnotify || return 1
	done
}

plant() {
	insmod /modules/mmn_planted.ko bug=slab kb=$((rounds / 16 + 1)) && rmmod mmn_planted
}

# Writes the functions with at least one more object per round than in /tmp/counts.
compare() {
	counts | awk -v rounds="$rounds" 'FILENAME == "/tmp/counts" { n[$1] = $2; next }
		$2 - n[$1] >= rounds { print $1 }' /tmp/counts - > /tmp/grown
}

# grown COMMAND...: lists such functions in /tmp/grown. kfree_rcu() takes some seconds to free.
grown() {
	settle
	counts > /tmp/counts
	"$@" && [ -s /tmp/counts ] || return 1
	settle
	for pause in 4 4 4 0; do
		compare
		[ -s /tmp/grown ] || break
		sleep "$pause"
	done
}

# The first loads allocate what the kernel keeps for good.
quietly() {
	check "loads 3" "$1: mmnotify loads and unloads"
	check "grown loads $rounds" "$1: mmnotify loads and unloads $rounds times more"
	check "[ ! -s /tmp/grown ]" "$1: no load leaves an allocation" || sed 's/^/# /' /tmp/grown > "$tap"
}

say 'TAP version 13'
# Before v5.14 the counts are in sysfs, which shows only as many as fit into a page.
if [ ! -d $traces ]; then
	check "loads $rounds" "mmnotify loads and unloads $rounds times"
	skip "no load leaves an allocation" "this kernel does not list all functions that allocate"
	finish
fi
# Reading the counts allocates, too.
counts > /dev/null
quietly "the ftrace hook attaches"
if echo 0 2> /dev/null > $ftrace; then
	quietly "the ftrace hook does not attach"
	echo 1 > $ftrace
else
	skip "the ftrace hook does not attach" "ftrace_enabled cannot be cleared on this kernel"
fi
check "grown plant && grep -q gone /tmp/grown" "a planted leak of one allocation per load is found"
finish
