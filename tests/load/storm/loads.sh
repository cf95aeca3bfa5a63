#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Usage: loads.sh ROUNDS
# Runs in the VM with slub_debug=U, where nothing else happens: loads and unloads, with an
# ftrace hook that attaches and with one that does not. The kernel counts what kmalloc()
# gave out by function; a function whose count grows with each load has lost something.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

rounds=${1:-20}
ftrace=/proc/sys/kernel/ftrace_enabled
traces=/sys/kernel/debug/slab

# A function of a module that is gone has no name.
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

# The functions that have given out more than in /tmp/counts, one for each round.
compare() {
	counts | awk -v rounds="$rounds" 'FILENAME == "/tmp/counts" { n[$1] = $2; next }
		$2 - n[$1] >= rounds { print $1 }' /tmp/counts - > /tmp/grown
}

# grown COMMAND...: which are in /tmp/grown then. What kfree_rcu() frees goes seconds later.
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

# What is made once and stays is made before it is counted.
quietly() {
	check "loads 3" "$1: it loads and unloads"
	check "grown loads $rounds" "$1: and $rounds times more"
	check "[ ! -s /tmp/grown ]" "$1: no load leaves an allocation" || sed 's/^/# /' /tmp/grown > "$tap"
}

say 'TAP version 13'
# Before v5.14 it is in sysfs, and only as much as fits into a page.
if [ ! -d $traces ]; then
	check "loads $rounds" "it loads and unloads"
	skip "no load leaves an allocation" "this kernel does not list all functions that allocate"
	finish
fi
# To look makes something, too.
counts > /dev/null
quietly "the hook attaches"
if echo 0 2> /dev/null > $ftrace; then
	quietly "it does not"
	echo 1 > $ftrace
else
	skip "it does not" "ftrace_enabled cannot be cleared on this kernel"
fi
check "grown plant && grep -q gone /tmp/grown" "one that each load leaves would be seen"
finish
