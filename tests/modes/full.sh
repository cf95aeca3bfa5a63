#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: full.sh MODE. All plain scenarios with another hook than the
# best one, and the hook must really be that one.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Renumber a TAP stream into ours.
append() {
	while read -r line; do
		case $line in
		"ok "*|"not ok "*)
			nr=$((nr + 1))
			case $line in not*) failed=1 ;; esac
			say "$(echo "$line" | sed "s/ok [0-9]*/ok $nr/")"
			;;
		1..*) planned=${line#1..} ;;
		TAP*) ;;
		*) say "$line" ;;
		esac
	done < "$1"
}

mode=$1
planned=none
say 'TAP version 13'
load_both "hook=$mode"
check "hook_says 'backend $mode' && hook_says 'attached 1'" "it is the hook"
case $mode in
none) set -- --inexact all ;;
*) set -- ;;
esac
MMN_TAP=/tmp/tap /files/scenarios "$@"
before=$nr
append /tmp/tap
check "[ $((nr - before)) = $planned ]" "the scenarios end with their plan"

case $mode in
kprobe)
	check "[ $(counted starts) -gt 1000 ] && [ $(counted starts) = $(counted ends) ]" \
		"the probes saw every start and every end"
	check "[ $(counted no_record) = 0 ]" "and no event was without a record"
	;;
*)
	check "[ $(counted starts) = 0 ] && [ $(counted ends) = 0 ]" "no hook saw anything"
	check "[ $(counted no_record) -gt 1000 ]" "every callback judged for itself"
	;;
esac
check "hook_says 'records_live 0' && hook_says 'table_full 0'" "no record is left"
unload_both
finish
