#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: mmnotify trace prints each event, the first one as well, with its process, cause and
# kind of memory; filters, and the end by each signal.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=tool.sh
. "${0%/*}/tool.sh"

# lines PATTERN: how many lines of the trace match.
lines() {
	grep -c -E "$1" /tmp/out
}

# traces ARG...: begins a trace into /tmp/out, and waits until it is ready.
traces() {
	: > /tmp/out
	$tool trace "$@" > /tmp/out 2> /tmp/err &
	tracer=$!
	ready /tmp/out
}

# ends SIGNAL: the trace ends by it, and leaves nothing behind.
ends() {
	kill -$1 $tracer
	wait $tracer
	status=$?
	check "[ \$status = 0 ] && soon 300 gone" "SIG$1: it ends with 0, and nothing is left" ||
		cat /tmp/err
}

say 'TAP version 13'
mkfifo /tmp/in
$tool trace > /tmp/out 2>&1
status=$?
check '[ $status = 1 ] && not_loaded /tmp/out && [ $(wc -l < /tmp/out) = 1 ]' \
	"without the module one line says what to do"
insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko
echo 'nobody:x:65534:65534::/:/bin/sh' > /etc/passwd
su -s /bin/sh nobody -c "$tool trace" > /tmp/out 2>&1
status=$?
check '[ $status = 1 ] && grep -q "only root" /tmp/out && [ $(wc -l < /tmp/out) = 1 ]' \
	"an unprivileged user gets one line why"
$tool trace --nonsense > /tmp/out 2>&1
status=$?
check '[ $status = 2 ] && grep -q "see mmnotify help trace" /tmp/out' "a wrong option names the help"

before=$(counted)
traces
/files/watched "a name" munmap=30 dontneed=20 split=1 fork move=1 > /tmp/pid
soon 300 eval '[ $(lines " exit ") -ge 2 ]'
ends INT
check '[ $(($(counted) - before)) = $(($(lines "^ *[0-9]+\.") - $(lines RELEASE))) ]' \
	"each of $(($(counted) - before)) events has a line"
check '[ $(lines "a name +itself +UNMAP +munmap +gone pfn -w -r dirty +4 .* unmap_vmas") -ge 30 ]' \
	"an event in words" || head /tmp/out
check '[ $(lines "PROTECTION_PAGE +fork +-w ") -ge 1 ] && [ $(lines "thp_split .* 512 ") = 1 ]' \
	"the effects, and the pages"

# What is unmapped is known from a copy of the maps before.
: > /tmp/pid
/files/watched stays wait munmap=3 dontneed=2 wait < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 300 test -s /tmp/pid
pid=$(cat /tmp/pid)
traces -p $pid -c munmap --stack
echo >&3
soon 300 eval '[ $(lines " munmap ") = 3 ]'
check '[ $(lines " munmap ") = 3 ] && [ $(lines "^ *[0-9]+\.") = 3 ]' "a process and a cause" ||
	cat /tmp/out
check 'grep -q "kernel  __x64_sys_munmap" /tmp/out && ! grep -q "kernel  trace_event" /tmp/out' \
	"the stack begins at the announcement" || cat /tmp/out
ends TERM
exec 3>&-
wait

: > /tmp/pid
/files/watched other wait fork munmap=1 wait < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 300 test -s /tmp/pid
traces -p "$(cat /tmp/pid)" -e no_write
ends HUP
traces -p "$(cat /tmp/pid)" -c fork
echo >&3
soon 300 eval '[ $(lines " fork ") -ge 3 ]'
check '[ $(lines "stack$") -ge 1 ] && [ $(lines "heap$") -ge 1 ] && [ $(lines "/files/watched$") -ge 1 ]' \
	"heap, stack and file of the memory" || cat /tmp/out
kill -9 $tracer
wait $tracer 2> /dev/null
check '[ -n "$(ls $instances)" ]' "a killed trace leaves its instance"
traces -s 1
wait $tracer
check '[ -z "$(ls $instances)" ] && grep -q "removed mmnotify-" /tmp/err' \
	"the next one removes it" || cat /tmp/err
exec 3>&-
wait

# Two at a time: neither ends the other's watching.
traces
one=$tracer
$tool trace > /tmp/out2 2>&1 &
two=$!
ready /tmp/out2
kill -INT $one
wait $one
/files/watched last munmap=5 > /tmp/pid
soon 300 grep -q RELEASE /tmp/out2
check '[ $(grep -c " munmap " /tmp/out2) -ge 5 ]' "one that ends does not end the other"
kill -INT $two
wait $two
check 'soon 300 gone' "nothing is left"

# Each filter leaves the rest out. The second driver waits in its callbacks.
insmod /modules/mmn_stall.ko
: > /tmp/pid
# A driver is timed from the beginning if a process has it when timing begins.
DEVICE="/dev/mmn_stall /dev/bench_native" /files/watched keeper wait < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 300 test -s /tmp/pid
echo 50 > /sys/module/mmn_stall/parameters/delay_ms
traces --longer 30ms
DEVICE=/dev/mmn_stall /files/watched slow munmap=3 > /dev/null
/files/watched quick munmap=30 > /dev/null
soon 50 eval '[ $(lines " slow .* munmap ") = 3 ]'
ends INT
check '[ $(lines " slow .* munmap ") = 3 ] && [ $(lines " quick .* munmap ") -lt 5 ]' "--longer" || cat /tmp/out
traces --driver mmn_stall --drivers
DEVICE=/dev/mmn_stall /files/watched slow munmap=3 > /dev/null
/files/watched quick munmap=30 > /dev/null
soon 50 eval '[ $(lines " slow .* munmap ") = 3 ]'
ends INT
check '[ $(lines " slow .* munmap .* mmn_stall\$") = 3 ] && [ $(lines " quick ") = 0 ]' \
	"--driver: the processes that have it" || cat /tmp/out
check '[ $(lines "^  mmn_stall_start  *munmap  *3 calls, .* the longest") = 1 ]' \
	"--drivers: what its callbacks took" || cat /tmp/out
$tool trace --driver mmn_stall --drivers --json > /tmp/out 2> /tmp/err &
tracer=$!
soon 300 eval '[ "$(cat $parameters/timing)" = Y ]'
sleep 0.5
DEVICE=/dev/mmn_stall /files/watched slow munmap=3 > /dev/null
ends INT
check '[ $(lines "\"comm\":\"slow\".*\"cause\":\"munmap\".*\"drivers\":\"mmn_stall\"}\$") = 3 ] &&
	[ $(lines "^.\"what\":\"callbacks\".*\"driver\":\"mmn_stall_start\".*\"cause\":\"munmap\",\"calls\":3,") = 1 ]' \
	"both as JSON" || cat /tmp/out
echo 0 > /sys/module/mmn_stall/parameters/delay_ms
traces -e gone -r 0x1000+128T
/files/watched effects munmap=3 mprotect=4 > /dev/null
soon 50 eval '[ $(lines " effects .* munmap ") = 3 ]'
ends INT
check '[ $(lines " effects .* munmap ") = 3 ] && [ $(lines " mprotect ") = 0 ]' \
	"--effects, and --range with all addresses" || cat /tmp/out
traces -r 0x0-0x1000
/files/watched effects munmap=3 > /dev/null
sleep 0.5
ends INT
check '[ $(lines " munmap ") = 0 ]' "--range without any of them" || cat /tmp/out
exec 3>&-
wait
check 'soon 300 gone && [ "$(cat $parameters/timing)" = N ]' "nothing is left, and nothing is timed"
check 'rmmod mmn_stall mmn_native mmnotify' "they unload"
finish
