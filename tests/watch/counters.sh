#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: debugfs processes counts events, pages and time by process and cause. The trace
# has the same sums. A process stays listed after its end, and after watching has ended.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# counted: cause, events, pages and ns of the process, sorted.
counted() {
	awk -v pid="$pid" '$1 == pid && $5 != "exit" { print $5, $6, $7, $8 }' \
		$debugfs/processes | sort
}

# The same, of the ends in the trace. awk of busybox has no hexadecimal numbers.
summed() {
	traced "invalidate_end: tgid=$pid " | sed -E \
		's/.*range=\[(0x[0-9a-f]*),(0x[0-9a-f]*)\).* cause=([^ ]*) .*ns=([0-9]*).*/\1 \2 \3 \4/' |
		while read -r start end cause ns; do
			[ $cause = exit ] || echo $cause $(((end - start) / 4096)) $ns
		done | awk '{ n[$1]++; pages[$1] += $2; ns[$1] += $3 }
			END { for (c in n) printf "%s %d %d %.0f\n", c, n[c], pages[c], ns[c] }' | sort
}

# counts: is the process still counted?
counts() {
	awk -v pid="$pid" '$1 == pid { print $4 == "-" ? "yes" : "no" }' $debugfs/processes |
		sort -u | xargs
}

say 'TAP version 13'
mkfifo /tmp/in
echo 4000 > $tracing/buffer_size_kb
check 'insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko' "they load"
check '[ "$(head -n 1 $debugfs/processes)" = "# tgid cgroup since until cause events pages ns comm" ]' \
	"without an observer there are only headings"
echo 1 > $parameters/watch
echo 1 > $events/invalidate_end/enable
/files/watched "a name" munmap=7 dontneed=3 mprotect=2 wait fork < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 50 test -s /tmp/pid
pid=$(cat /tmp/pid)
soon 50 grep -q "^$pid .* mprotect 2 " $debugfs/processes
check 'counted | grep -q "^munmap 7 28 " && counted | grep -q "^madv_dontneed 3 12 "' \
	"events and pages are counted by cause" || cat $debugfs/processes
check '[ "$(counts)" = yes ] && grep -q "^$pid .* a\\\\040name$" $debugfs/processes' \
	"the process lives, and has its name"
echo >&3
exec 3>&-
wait
check '[ -n "$(counted)" ] && [ "$(counted)" = "$(summed)" ]' \
	"the trace has the same events, pages and ns" ||
	{ counted; summed; } | sed 's/^/# /' > "$tap"
check '[ "$(counts)" = no ] && grep -q "^$pid .* exit " $debugfs/processes' \
	"it stays listed after its end"
before=$(counted)
echo 0 > $events/enable
echo 0 > $parameters/watch
check '[ "$(counted)" = "$before" ]' "and after watching has ended"

# Counting begins with watching.
/files/watched stays wait munmap=2 wait < /tmp/in > /tmp/pid2 &
exec 3> /tmp/in
soon 50 test -s /tmp/pid2
pid=$(cat /tmp/pid2)
echo 1 > $parameters/watch
uptime=$(cut -d . -f 1 /proc/uptime)
echo >&3
check 'soon 50 grep -q "^$pid [0-9]* [0-9]* - munmap 2 8 " $debugfs/processes' \
	"a process from before is counted from then on" || cat $debugfs/processes
since=$(awk -v pid="$pid" '$1 == pid { print $3; exit }' $debugfs/processes)
check '[ "$since" -ge $((uptime - 1)) ] && [ "$since" -le $((uptime + 1)) ]' \
	"since $since s, when watching began at $uptime s"
# More processes than are kept after their end. The addresses of their mms are used again.
n=0
while [ $n -lt 700 ]; do
	/files/watched many > /dev/null
	n=$((n + 1))
done
number=$(awk '!/^#/ { print $1 }' $debugfs/processes | sort -u | wc -l)
check '[ $number -le 1536 ] && [ $number -gt 500 ]' "the list is bounded: $number of 700 processes"
check 'grep -q "^$pid [0-9]* [0-9]* - munmap 2 " $debugfs/processes' "a process that lives keeps its entry"
check 'grep -q "^# without_entry 0\$" $debugfs/processes' "each event had an entry"
exec 3>&-
wait
check 'rmmod mmn_native mmnotify' "they unload"
finish
