#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: what the kernel counts is what a recording has and what it reports as lost; other
# programs read the file; the report has the same sums.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=tool.sh
. "${0%/*}/tool.sh"

# said WORD: the number before the word in the line "FILE: N records, M lost, SIZE".
said() {
	sed -n "s/.* \([0-9,]*\) $1,.*/\1/p" /tmp/said | tr -d ,
}

# records ARG...: a recording; the kernel counts meanwhile. Sets $new to what it counted.
records() {
	before=$(counted)
	$tool record -o /tmp/t.dat "$@" > /tmp/said 2> /tmp/err
	status=$?
	new=$(($(counted) - before))
}

say 'TAP version 13'
insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko
# RELEASE is counted with watch=1 only if it stays on: it is left out on both sides.
echo 1 > $parameters/watch
records -- /files/watched '<b>a name' munmap=500 dontneed=500 fork
check '[ $status = 0 ] && [ $(said records) = $new ] && [ $(said lost) = 0 ]' \
	"each of $new events has a record" || cat /tmp/said /tmp/err
/files/trace-cmd report -i /tmp/t.dat > /tmp/text 2> /dev/null
check '[ $(grep -c invalidate_end: /tmp/text) = $new ]' "trace-cmd reads all of them"
check 'grep -q "cause=munmap .*site=unmap_vmas .*comm=<b>a name" /tmp/text' "with names of functions"
$tool report /tmp/t.dat > /tmp/report
check 'grep -q "munmap hit <b>a name .*50[0-9] events, 2,0[0-9]* pages" /tmp/report' \
	"the report has the sums" || cat /tmp/report
$tool report /tmp/t.dat --json | grep -o '"events":[0-9]*' | head -n 1 > /tmp/sum
check '[ "$(cat /tmp/sum)" = "\"events\":$new" ]' "so it has as JSON"
$tool report /tmp/t.dat --html /tmp/page.html 2> /dev/null
check 'grep -q "</html>" /tmp/page.html && ! grep -q "<b>a name" /tmp/page.html &&
	grep -q "&#60;b&#62;a name" /tmp/page.html' "a page, in which a name is no markup"
$tool report -c fork /tmp/t.dat --json > /tmp/json
check 'grep -q "\"name\":\"fork\"" /tmp/json && ! grep -q "\"name\":\"munmap\"" /tmp/json' \
	"a report of one cause"

# Drivers: which processes have them, and what their callbacks took.
insmod /modules/mmn_stall.ko
mkfifo /tmp/in
# A driver is timed from the beginning if a process has it when timing begins.
DEVICE="/dev/mmn_stall /dev/bench_native" /files/watched keeper wait < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 300 test -s /tmp/pid
echo 20 > /sys/module/mmn_stall/parameters/delay_ms
records --drivers -- sh -c '/files/watched quick munmap=30 > /dev/null
	DEVICE=/dev/mmn_stall /files/watched slow munmap=5 dontneed=3 > /dev/null'
echo 0 > /sys/module/mmn_stall/parameters/delay_ms
/files/trace-cmd report -i /tmp/t.dat > /tmp/text 2> /dev/null
check '[ $(said records) = $new ] && [ $(grep -c invalidate_end: /tmp/text) = $new ] &&
	grep -q "print: .*mmnotify driver: .* mmn_stall_start mmn_stall - munmap 5 " /tmp/text' \
	"--drivers: what is written about them is no event, and trace-cmd shows it" || cat /tmp/said
$tool report /tmp/t.dat > /tmp/report
check 'grep -A 9 "^DRIVER, WITH" /tmp/report | grep -q "mmn_stall: mmn_stall_start  *1[0-9] " &&
	grep -A 9 "^CALLBACKS OF" /tmp/report | grep -q "mmn_stall, munmap  *5 .* 1[0-9][0-9] ms"' \
	"the report by driver" || cat /tmp/report
$tool report /tmp/t.dat --driver mmn_stall > /tmp/report
check 'grep -q "[0-9] slow " /tmp/report && ! grep -q "[0-9] quick " /tmp/report' \
	"the report of one driver" || cat /tmp/report
$tool report /tmp/t.dat --json > /tmp/json
check 'grep -q "{\"name\":\"mmn_stall, munmap\",\"events\":5," /tmp/json &&
	grep -q "{\"name\":\"mmn_native, munmap\",\"events\":30," /tmp/json' "and as JSON" || cat /tmp/json
pid=$(grep -o "[0-9]* slow " /tmp/report | head -n 1 | cut -d " " -f 1)
$tool explain -i /tmp/t.dat $pid > /tmp/report
check 'grep -q "^Drivers of slow ($pid)" /tmp/report && grep -q "mmn_stall_start  *munmap .* 5 calls" /tmp/report' \
	"a recording explains with the drivers" || cat /tmp/report
exec 3>&-
wait
records -- sh -c 'DEVICE=/dev/mmn_stall /files/watched untimed munmap=5 wait < /dev/null > /dev/null; sleep 0.5'
$tool report /tmp/t.dat > /tmp/report
check '! grep -q "^CALLBACKS OF" /tmp/report' "without --drivers nothing is timed"

records --buffer 4 -- /files/watched small munmap=20000 dontneed=2000
check '[ $(said lost) -gt 0 ] && [ $(($(said records) + $(said lost))) = $new ]' \
	"a small buffer: $(said records) records and $(said lost) lost are $new events" ||
	cat /tmp/said /tmp/err
check 'grep -q "give --buffer more than 4 KB" /tmp/err' "it says what to do"

records -c munmap -- /files/watched filtered munmap=50 dontneed=50
check '[ $(said records) -ge 50 ] && [ $(said records) -lt 60 ]' "a filter: $(said records) of $new"

records --hangs -- /files/watched starts munmap=10
check '[ $(said records) -gt $((2 * new)) ] && [ $(said lost) = 0 ]' \
	"with starts: $(said records) records of $new events and a RELEASE"

before=$(counted)
$tool record -o /tmp/t.dat > /tmp/said 2>&1 &
recorder=$!
soon 300 eval '[ -n "$(ls $instances)" ] && [ -s /tmp/t.dat -o -e /tmp/t.dat ]'
sleep 1
/files/watched interrupted munmap=3000 > /dev/null
kill -INT $recorder
wait $recorder
status=$?
check "[ \$status = 0 ] && [ \$(said records) = \$((\$(counted) - before)) ]" \
	"SIGINT loses nothing: $(said records) records"  || cat /tmp/said
check '[ -z "$(ls $instances)" ]' "the instance is gone"
$tool record -o /tmp/t.dat -- sh -c 'exit 7' > /dev/null
status=$?
check '[ $status = 7 ]' "the status is that of the command"
$tool record -o /nonexistent/t.dat -- true > /tmp/said 2>&1
status=$?
check '[ $status = 1 ] && grep -q "name another file by -o" /tmp/said && [ -z "$(ls $instances)" ]' \
	"a file that cannot be made"
$tool report /etc/passwd > /tmp/said 2>&1
status=$?
check '[ $status = 1 ] && grep -q "is no trace.dat" /tmp/said' "a file that is no recording"
check 'rmmod mmn_stall mmn_native mmnotify' "they unload"
finish
