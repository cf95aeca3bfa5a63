#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: forget= removes rows of the table, as if the kernel had call sites that
# the table lacks.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# The call sites of all records that the scenarios wrote, without compiler suffixes.
sites_met() {
	sed -n 's/.*"site":"\([A-Za-z0-9_]*\).*/\1/p' /tmp/outs | sort -u
}

# The call sites that debugfs lists as unknown and that had hits.
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
	check "load forget=$list $* && insmod /modules/mirror.ko" "$world: mmnotify and mirror load"
	check "hook_says 'backend ${1#hook=}'" "$world: the hook is still used"
	all_right "$world" --inexact "$list"
	met=$(among "$(sites_met)" "$list")
	check '[ "$(echo "$met" | grep -c .)" -ge $least ]' \
		"$world: $(echo "$met" | grep -c .) of the missing sites had events"
	check '[ -z "$(sites_unknown | grep -v -x -F "$(echo "$list" | tr , "\n" | sed s/^all$//)")" ] || [ "$list" = all ]' \
		"$world: debugfs lists no other site as unknown"
	check '[ -z "$(echo "$met" | grep -v -x -F "$(sites_unknown)")" ]' \
		"$world: debugfs lists each of them as unknown, with its hits"
	news | sed -n 's/.*mmnotify: unknown call site \([A-Za-z0-9_]*\)[^:]*: .*please report.*/\1/p' |
		sort > /tmp/asked
	check '[ "$(cat /tmp/asked)" = "$(sites_unknown)" ]' \
		"$world: one line of the log requests a report of each"
	check '! grep -q "^UNMAP munmap" $debugfs/counters || [ "$list" != all ]' \
		"$world: the counters have no cause that needs the missing rows"
	unload_both
}

some=change_protection,do_wp_page,wp_page_copy,zap_page_range_single,zap_page_range
some=$some,zap_vma_range_batched,try_to_unmap_one,try_to_migrate_one,copy_page_range

say 'TAP version 13'
mark
check '! load forget=unmap_vmas,no_such_site' "forget= with a name that no row has: the load fails"
check 'grep -q "Invalid" /tmp/error' "forget= with a name that no row has: the errno is EINVAL"
# The VM's insmod tries two system calls, one after the other.
check '[ "$(news | grep -c "mmnotify: .*forget")" = 2 ] &&
	news | grep -q "forget=unmap_vmas,no_such_site: no_such_site is no known call site"' \
	"forget= with a name that no row has: each try logs the name"
world "ftrace, some rows missing" $some hook=ftrace
world "ftrace, all rows missing" all hook=ftrace
world "ftrace and a watcher, some rows missing" $some hook=ftrace watch=1
world "stack, some rows missing" $some hook=stack
world "stack, all rows missing" all hook=stack
world "ftrace, the self-test's row missing" unmap_vmas hook=ftrace
finish
