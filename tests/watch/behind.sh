#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: the cause of the split of a huge page is thp_split. The trace also has the
# operation that asked for a part of it, at the start and at the end. Other events have none.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# behind OPERATION NAME: what split the page of that operation of watched.
behind() {
	wanted=$2
	echo 0 > $tracing/trace
	pid=$(/files/watched "$1" "$1=3")
	names=$(traced "tgid=$pid .* cause=thp_split " | field operation | sort -u | xargs)
	number=$(traced "tgid=$pid .* cause=thp_split " | wc -l)
	check '[ "$names" = "$wanted" ] && [ $number -ge 6 ]' \
		"$1: $number lines of splits are for: $names" ||
		traced "tgid=$pid " | head -n 5 | sed 's/^/# /' > "$tap"
	others=$(traced "tgid=$pid " | grep -v ' cause=thp_split ' | field operation | sort -u | xargs)
	check '[ "$others" = - ]' "$1: other events have no operation behind them: $others"
}

say 'TAP version 13'
echo 4000 > $tracing/buffer_size_kb
check 'insmod /modules/mmnotify.ko watch=1 && insmod /modules/mmn_native.ko' "they load"
echo 1 > $events/invalidate_end/enable
echo 1 > $events/invalidate_start/enable
behind split munmap
behind fixed mmap_fixed
behind advised madv_dontneed
behind protected mprotect
echo 0 > $events/enable
check 'rmmod mmn_native mmnotify' "they unload"
finish
