#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: the format of the tracepoints. A string is followed by zeros up to the end of its
# field, so that a histogram has one line for one name and no record has bytes of an earlier one.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2046,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Names of several lengths follow each other.
operations='munmap=5 dontneed=5 mprotect=5 fork=5 munmap=5 mprotect=5 dontneed=5'

# histogram KEYS: sets $lines to the number of its lines.
lines=0
histogram() {
	trigger=hist:keys=$1:vals=hitcount
	echo "$trigger" > $events/invalidate_start/trigger || return
	/files/watched process $operations > /dev/null
	grep '^{ ' $events/invalidate_start/hist
	lines=$(grep -c '^{ ' $events/invalidate_start/hist)
	echo "!$trigger" > $events/invalidate_start/trigger
}

# of_format NAME: offset and size of a field of the tracepoint.
of_format() {
	sed -n "s/.* $1\(\[[0-9]*\]\)*;.*offset:\([0-9]*\);.*size:\([0-9]*\);.*/\2 \3/p" \
		$events/invalidate_start/format
}

# raw NAME: prints the number of records, and of those with stale bytes in field NAME.
raw() {
	/files/raw "$(cat $events/invalidate_start/id)" $(of_format $1) \
		$tracing/per_cpu/cpu*/trace_pipe_raw
}

say 'TAP version 13'
check 'insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko' "mmnotify and a bare notifier load"
echo 1 > $parameters/watch
# A small buffer, so that records overwrite earlier ones.
echo 8 > $tracing/buffer_size_kb
echo 1 > $events/invalidate_start/enable
check 'soon 50 hooked 1' "the hook is attached"
# The names of the call sites are known now.
/files/watched process $operations > /dev/null
if [ -f $events/invalidate_start/hist ]; then
	check 'histogram cause,event' "a histogram is made"
	wanted=$lines
	check '[ "$wanted" -ge 5 ]' "it has $wanted causes"
	check 'histogram cause_name,event' "a histogram with names as keys is made"
	check '[ "$lines" = "$wanted" ]' "each name has one line: $lines of $wanted"
else
	skip "histograms" "this kernel has no CONFIG_HIST_TRIGGERS"
fi
for _ in 1 2 3 4 5; do
	/files/watched process $operations > /dev/null
done
echo 0 > $events/invalidate_start/enable
check '[ "$(of_format cause_name)" = "56 28" ]' "the field cause_name has kept its place"
raw cause_name > /tmp/raw
read -r records stale < /tmp/raw
check '[ "$records" -ge 20 ] && [ "$stale" = 0 ]' \
	"$records records, of which $stale have bytes behind cause_name"
check 'rmmod mmn_native && rmmod mmnotify' "they unload"
finish
