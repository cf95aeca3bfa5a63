#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: kernels whose call sites the table does not have, made by
# forgetting rows of it.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# The sites of all records that the scenarios wrote, without compiler suffixes.
sites_met() {
	sed -n 's/.*"site":"\([A-Za-z0-9_]*\).*/\1/p' /tmp/outs | sort -u
}

# Those that debugfs calls unknown and that had hits.
sites_unknown() {
	awk '$1 != "#" && $2 == "unknown" && $3 > 0 { sub(/\..*/, "", $1); print $1 }' $debugfs/sites | sort -u
}

among() {
	if [ "$2" = all ]; then
		echo "$1"
	else
		echo "$1" | grep -x -F "$(echo "$2" | tr , '\n')"
	fi
}

# world DESCRIPTION FORGOTTEN PARAMETER...
world() {
	world=$1 list=$2
	case $list in
	*,*|all) least=3 ;;
	*) least=1 ;;
	esac
	shift 2
	rm -f /tmp/outs
	mark
	check "load forget=$list $* && insmod /modules/mirror.ko" "$world: it loads"
	check "hook_says 'backend ${1#hook=}'" "$world: the hook is used all the same"
	all_right "$world" --inexact "$list"
	met=$(among "$(sites_met)" "$list")
	check '[ "$(echo "$met" | grep -c .)" -ge $least ]' \
		"$world: $(echo "$met" | grep -c .) of the sites were met"
	check '[ -z "$(sites_unknown | grep -v -x -F "$(echo "$list" | tr , "\n" | sed s/^all$//)")" ] || [ "$list" = all ]' \
		"$world: debugfs calls no other site unknown"
	check '[ -z "$(echo "$met" | grep -v -x -F "$(sites_unknown)")" ]' \
		"$world: debugfs calls each of them unknown, with its hits"
	news | sed -n 's/.*mmnotify: unknown call site \([A-Za-z0-9_]*\)[^:]*: .*please report.*/\1/p' |
		sort > /tmp/asked
	check '[ "$(cat /tmp/asked)" = "$(sites_unknown)" ]' \
		"$world: one line of the log asks for a report of each"
	check '! grep -q "^UNMAP munmap" $debugfs/counters || [ "$list" != all ]' \
		"$world: no cause is counted that cannot be known"
	unload_both
}

some=change_protection,do_wp_page,wp_page_copy,zap_page_range_single,zap_page_range
some=$some,zap_vma_range_batched,try_to_unmap_one,try_to_migrate_one,copy_page_range

say 'TAP version 13'
mark
check '! load forget=unmap_vmas,no_such_site' "a name that is in no row refuses the load"
check 'grep -q "Invalid" /tmp/error' "with EINVAL"
# The VM's insmod asks in two ways, one after the other.
check '[ "$(news | grep -c "mmnotify: .*forget")" = 2 ] &&
	news | grep -q "forget=unmap_vmas,no_such_site: no_such_site is no known call site"' \
	"and one line each time that names it"
world "ftrace, some rows missing" $some hook=ftrace
world "ftrace, all rows missing" all hook=ftrace
world "ftrace and a watcher, some rows missing" $some hook=ftrace watch=1
world "stack, some rows missing" $some hook=stack
world "stack, all rows missing" all hook=stack
world "ftrace, the self-test's row missing" unmap_vmas hook=ftrace
finish
