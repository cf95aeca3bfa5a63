#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: mmnotify top, as text and on a terminal: processes, drivers with the time of their
# callbacks, one process by operation, thread and range; sorting, a filter, colour, another size.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2059,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=tool.sh
. "${0%/*}/tool.sh"

export TERM=linux TERMINFO=/files/terminfo

# row PATTERN: the first row of /tmp/out that matches.
row() {
	grep -E -m 1 "$1" /tmp/out
}

# number PATTERN: the line of /tmp/out that matches first.
number() {
	grep -n -E -m 1 "$1" /tmp/out | cut -d : -f 1
}

# sorted COLUMN: two processes, of which one has more events, the other one more pages.
sorted() {
	soon 100 hooked 0
	$tool top --batch --by processes -n 1 -i 6s --sort $1 > /tmp/out &
	soon 100 hooked 1
	sleep 1
	/files/watched many munmap=400 > /dev/null
	/files/watched wide split=40 > /dev/null
	wait $!
}

# terminal KEYS ARG...: top on a terminal of 30 lines and 120 columns, into /tmp/out.
terminal() {
	keys=$(printf "$1")
	shift
	/files/screen 30x120 "$keys" $tool top -i 200ms "$@" > /tmp/out
	status=$?
}

say 'TAP version 13'
check 'insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko' "they load"
$tool top --batch -n 1 -i 200ms > /tmp/out
check 'grep -q "^mmnotify top: 0.0 events/s" /tmp/out' "nothing happens" || cat /tmp/out
(while [ ! -e /tmp/end ]; do /files/watched busy munmap=40 mprotect=10; done) > /dev/null &
$tool top --batch -n 2 -i 2s > /tmp/out
touch /tmp/end
wait $!
check 'row " busy .* munmap 7[0-9]%" > /dev/null' "processes: $(row " busy ")" || cat /tmp/out
t='[0-9.]+ [mun]?s'
check 'row " busy +[0-9.]+ +[0-9.]+ +$t +$t +$t +$t +0 +munmap 7" > /dev/null' \
	"with rates and time of callbacks" || cat /tmp/out
check 'row " busy +[0-9.]+ +0.0 +$t +$t +$t +$t +- +munmap, mmn_native\$" > /dev/null' \
	"drivers: $(row "mmn_native")" || cat /tmp/out
sorted events
check '[ $(number " many ") -lt $(number " wide ") ]' "--sort events" || cat /tmp/out
sorted pages
check '[ $(number " wide ") -lt $(number " many ") ]' "--sort pages" || cat /tmp/out

/files/watched active munmap=100000000 > /tmp/pid &
active=$!
soon 50 test -s /tmp/pid
$tool top --batch --by operations --pid $active -n 2 -i 1s > /tmp/out
check 'row "^active \($active\), from its( last)? [1-9][0-9,]*( last)? events" > /dev/null &&
	row "$active active .* munmap\$" > /dev/null' "operations: $(row " active .* munmap")" || cat /tmp/out
$tool top --batch --by threads --pid $active -n 2 -i 1s > /tmp/out
check 'row "$active active .* $active active\$" > /dev/null' "threads" || cat /tmp/out
$tool top --batch --by ranges --pid $active -n 2 -i 1s > /tmp/out
check 'row "$active active .* 0x7[0-9a-f]*-0x7[0-9a-f]*00000( |\$)" > /dev/null' \
	"ranges: $(row " active .*0x")" || cat /tmp/out
check '[ -z "$(ls $instances)" ]' "no trace instance is left"
$tool top --batch --by ranges -n 1 > /tmp/out 2>&1
check 'grep -q "by ranges needs --pid" /tmp/out' "ranges are of one process"
$tool top --by nonsense > /tmp/out 2>&1
check 'grep -q "there is no page .nonsense" /tmp/out' "an unknown page"

if [ -e $TERMINFO/l/linux ]; then
	mkfifo /tmp/in
	exec 3<> /tmp/in
	/files/watched lives munmap wait < /tmp/in > /dev/null &
	lives=$!
	terminal '@events/s@ss/li@: li@\rxxR@quit@q'
	check '[ $status = 0 ] && grep -q "events/s" /tmp/out && grep -q "filter: li" /tmp/out' \
		"on a terminal it ends with q, and filters" || tail -c 600 /tmp/out
	check 'grep -q "sort (time)" /tmp/out' "it sorts by the next column" || tail -c 600 /tmp/out
	check 'grep -q "$(printf "\033\\[10;1H")" /tmp/out' "its last line is the last of a smaller terminal" ||
		tail -c 600 /tmp/out
	check 'grep -q "$(printf "\033\\[3[0-7]m")" /tmp/out' "there is colour" || tail -c 600 /tmp/out
	terminal '@NIL@d@, mmn_native@dq'
	check 'grep -q "CAUSE, DRIVER" /tmp/out && grep -q ", mmn_native" /tmp/out' "d shows drivers" ||
		tail -c 900 /tmp/out
	terminal '@munmap@\r@CAUSE, DRIVER@\t@OPERATION@\t@THRE@\t@RANGE, MEMORY@x@0x7@q'
	check 'grep -q "CAUSE, DRIVER" /tmp/out' "Enter shows the causes of a process" || tail -c 900 /tmp/out
	check 'grep -q "OPERATION" /tmp/out && grep -q "from its" /tmp/out' "Tab its operations" ||
		tail -c 900 /tmp/out
	check 'grep -q "THRE" /tmp/out && grep -q "RANGE, MEMORY" /tmp/out && grep -q "0x7" /tmp/out' "then threads and ranges" ||
		tail -c 900 /tmp/out
	check 'soon 50 eval "[ -z \"\$(ls $instances)\" ]"' "and q leaves no trace instance"
	kill $lives
else
	skip "top on a terminal" "the description of the terminal is not here"
fi
kill $active
$tool top < /dev/null > /tmp/out 2>&1
check 'grep -q "needs a terminal: mmnotify top --batch" /tmp/out' "without a terminal it says what to do"
TERM=none /files/screen 30x120 '@known@q' $tool top > /tmp/out
check 'grep -q "is not known here: mmnotify top --batch" /tmp/out' "an unknown terminal says what to do"
wait
check 'rmmod mmn_native mmnotify' "they unload"
finish
