#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: the ids of the tracepoints. Each end has the id of one start before it, of the
# same task and range, with the same verdict. Only RELEASE and a start that a notifier may refuse,
# as it is not blockable, have no end.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# Some of them nest events: a huge page is split while its range is unmapped.
some=munmap,mremap_move,madv_dontneed,fork,cow,file_truncate,exit,exec,thp_munmap_part,hugetlb_cow

# Compares the lines of the trace; each finding is a line of /tmp/findings.
pair() {
	grep -o -E '[0-9]+ +\[[0-9]+\].*: invalidate_.*' $tracing/trace | awk '
	function value(name) {
		return match($0, " " name "=[^ ]*") ? substr($0, RSTART, RLENGTH) : ""
	}
	{
		id = value("id"); number = substr(id, 5) + 0
		what = $1 value("tgid") value("range") value("native") value("event") \
			value("cause") value("effects") value("flags") value("site")
	}
	id == "" || !number { print "without an id: " $0 }
	# Numbers begin at 1 with each load. An address is far above.
	number > 4294967296 { print "the id is an address: " $0 }
	/ invalidate_start: / {
		if (id in start) print "twice: " $0
		start[id] = what
		starts++
		ends_not[id] = / event=RELEASE / || ! / flags=([A-Z|]*\|)*BLOCKABLE/
	}
	/ invalidate_end: / {
		if (!(id in start)) print "no start: " $0
		else if (start[id] != what) print "another event: " $0
		if (id in end) print "two ends: " $0
		end[id] = 1
		ends++
	}
	END {
		for (id in start)
			if (!(id in end) && !ends_not[id]) print "no end: " start[id]
		print starts + 0, ends + 0 > "/tmp/numbers"
	}' > /tmp/findings
	read -r starts ends < /tmp/numbers
}

say 'TAP version 13'
echo 20000 > $tracing/buffer_size_kb
for hook in auto ftrace kprobe; do
	check "insmod /modules/mmnotify.ko hook=$hook watch=1 && insmod /modules/mirror.ko" \
		"$hook: mmnotify and a client load"
	MMN_TAP=/dev/null /files/scenarios --quiet --only $some > /tmp/out
	echo 0 > $tracing/trace
	# The end first: a start must not be traced without it.
	echo 1 > $events/invalidate_end/enable
	echo 1 > $events/invalidate_start/enable
	check 'MMN_TAP=/tmp/tap /files/scenarios --quiet --only $some > /tmp/out' \
		"$hook: operations are performed" || cat /tmp/out
	echo 0 > $events/invalidate_start/enable
	echo 0 > $events/invalidate_end/enable
	pair
	check '[ "$starts" -ge 40 ] && [ "$ends" -ge 30 ]' "$hook: $starts starts and $ends ends"
	check '[ ! -s /tmp/findings ]' "$hook: each end has the id of its start" ||
		head -n 5 /tmp/findings | sed 's/^/# /' > "$tap"
	check 'rmmod mirror && rmmod mmnotify' "$hook: they unload"
done
finish
