#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: generic netlink has what debugfs shows, watches as long as a socket asks for it,
# tells what happens, and refuses those without a capability.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

nl=/files/genl

# of_debugfs FILE: its lines without comments, and those of hook that netlink has as well.
of_debugfs() {
	grep -v -E '^(#|kernel |watched )' $debugfs/$1 | sort
}

# same FILE: netlink and debugfs have the same lines, and there are some.
same() {
	of_debugfs $1 > /tmp/debugfs
	$nl show $1 | grep -v '^#' | sort > /tmp/netlink
	check '[ -s /tmp/netlink ] && cmp -s /tmp/debugfs /tmp/netlink' \
		"$1: $(wc -l < /tmp/netlink) rows, as in debugfs" ||
		diff /tmp/debugfs /tmp/netlink | head -n 5 | sed 's/^/# /' > "$tap"
}

# info NAME: its value.
info() {
	$nl show info | sed -n "s/^$1=//p"
}

# holder COMMAND...: a program that waits for a line from descriptor 4. Sets $holder.
holder() {
	: > /tmp/held
	$nl "$@" < /tmp/hold > /tmp/held 3>&- &
	holder=$!
	exec 4> /tmp/hold
	soon 50 test -s /tmp/held
}

release() {
	exec 4>&-
	wait $holder
}

say 'TAP version 13'
mkfifo /tmp/in /tmp/hold
check 'insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko && insmod /modules/mmn_stall.ko' \
	"they load"
check '[ "$(info version)" = "$(cat /sys/module/mmnotify/version)" ] && [ "$(info kernel)" = "$(uname -r)" ]' \
	"info has the versions: $(info version), $(info trust)"
check '[ "$(info trust)" = "$(sed -n "s/^kernel //p" $debugfs/hook)" ]' "and what verdicts rest on"
check '! grep -q "family-mmnotify" /modules/mmnotify.ko' "a request cannot load the module"

# Watching by a socket.
check '[ "$(info watching)" = 0 ] && hooked 0' "nothing is watched at first"
holder watch
check '[ "$(cat /tmp/held)" = "watching 0" ] && hooked 1' "a socket watches: the hook is attached"
check '[ "$(info watching) $(info subscribers) $(cat $parameters/watch)" = "1 1 N" ]' \
	"info says so, and the parameter is as it was"
uptime=$(cut -d . -f 1 /proc/uptime)
check '[ $(($(info since) + 2)) -ge $uptime ] && [ $(info since) -le $uptime ]' \
	"since $(info since) s, at $uptime s"
insmod /modules/mirror.ko
MMN_TAP=/dev/null /files/scenarios --quiet --only munmap,mprotect,fork,exit > /dev/null
/files/watched "a name" munmap=7 dontneed=3 mprotect=2 fork wait < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 50 test -s /tmp/pid
pid=$(cat /tmp/pid)
soon 50 grep -q "^$pid .* mprotect 2 " $debugfs/processes
check '$nl show processes | grep -q "^$pid [0-9]* [0-9]* - munmap 7 28 [0-9]* a.040name\$"' \
	"a process has its counts and its name"
for file in counters processes clients drivers sites census hook; do
	same $file
done
check '$nl show exact | grep -q "^unmap_vmas 1 -\$"' "a row that the census confirms is exact" ||
	$nl show exact | grep unmap_vmas
kill -9 $holder
wait $holder 2> /dev/null
check '[ "$(info watching) $(info subscribers)" = "0 0" ]' "nothing is watched when the program is killed"
check 'soon 50 hooked 0' "and the hook is detached"
exec 4>&-

# Timing by a socket.
holder time
check '[ "$(cat /tmp/held)" = "timing 0" ] && [ "$(info watching) $(info timing)" = "1 1" ]' \
	"a socket asks for the time of callbacks"
/files/watched timed munmap=6 dontneed=4 > /dev/null
check 'grep -q " - munmap 6 .* timed\$" $debugfs/drivers' "callbacks are timed"
same drivers
kill -9 $holder
wait $holder 2> /dev/null
exec 4>&-
check '[ "$(info watching) $(info timing) $(info subscribers)" = "0 0 0" ]' \
	"nothing is timed when the program is killed"

holder watch
first=$holder
$nl unwatch < /tmp/in > /tmp/second 3>&- 4>&- &
soon 50 test -s /tmp/second
check '[ "$(cat /tmp/second)" = "ended 0" ] && [ "$(info watching) $(info subscribers)" = "1 1" ]' \
	"a socket that ends watching does so for itself"
echo 1 > $parameters/watch
kill -9 $first
wait $first 2> /dev/null
exec 4>&-
check '[ "$(info watching) $(info subscribers)" = "1 0" ]' "watch=1 goes on"
echo 0 > $parameters/watch
check '[ "$(info watching)" = 0 ]' "and ends"
exec 3>&-
wait

# Access.
# answers [AS]: all answers that there are to requests.
answers() {
	$nl "$@" errors | awk '{ print $2 }' | sort -u | xargs
}
check '[ "$(answers)" = 0 ]' "root may all" || $nl errors
check '[ "$(answers perfmon)" = 0 ]' "a user with CAP_PERFMON may all" || $nl perfmon errors
check '[ "$(answers user)" = 1 ]' "a user may nothing" || $nl user errors
check '[ "$(answers dropped)" = 1 ]' "nor on a socket that root opened"
check '[ "$(answers userns)" = 1 ]' "nor may root of a user namespace"
check '[ "$($nl netns errors)" = "no family 2" ]' "another network namespace has no family"
check '[ "$(info watching)" = 0 ]' "and none of them left watching on"

# Malformed messages.
: > /tmp/bad
seed=1
while [ $seed -le 8 ]; do
	$nl bad 2500 $seed >> /tmp/bad
	seed=$((seed + 1))
done
check '[ "$(grep -c done /tmp/bad)" = 8 ]' "20,000 messages with random attributes are answered"
check '! dmesg | grep -q -E "BUG|Oops|WARNING|KASAN"' "and the kernel is well"
check '[ "$(info watching)" = 0 ]' "none left watching on"

: > /tmp/pid
# Long dumps, while processes come and go. Those that live are in each of them.
holder watch
/files/watched lives munmap=5 dontneed=2 wait < /tmp/in > /tmp/pid 4>&- &
exec 3> /tmp/in
soon 50 eval '[ "$($nl show processes | grep -c " lives\$")" = 2 ]'
(
	n=0
	while [ $n -lt 900 ]; do
		/files/watched many munmap dontneed mprotect > /dev/null
		n=$((n + 1))
	done
) &
churn=$!
dumps=0 short=0 most=0 intr=0
while kill -0 $churn 2> /dev/null; do
	$nl show processes > /tmp/dump
	[ "$(grep -c " munmap 5 20 .* lives\$" /tmp/dump)" -ge 1 ] || short=$((short + 1))
	reads=$(sed -n 's/^# reads //p' /tmp/dump)
	[ $reads -le $most ] || most=$reads
	grep -q '^# flagged 0' /tmp/dump || intr=$((intr + 1))
	dumps=$((dumps + 1))
done
wait $churn
check '[ $dumps -gt 3 ] && [ $most -gt 3 ] && [ $short = 0 ]' \
	"$dumps dumps of up to $most buffers, $intr flagged, $short lack the process that lives"
same processes
exec 3>&-
release

# What happens.
: > /tmp/pid
$nl monitor > /tmp/messages &
monitor=$!
$nl user monitor > /tmp/refused 2> /tmp/errors &
refused=$!
soon 50 grep -q "ready 0" /tmp/messages
soon 50 test -s /tmp/refused -o -s /tmp/errors
rmmod mirror
insmod /modules/mirror.ko
check 'soon 20 grep -q "^came mirror mirror" /tmp/messages && grep -q "^went mirror mirror" /tmp/messages' \
	"a client that goes and comes is told" || cat /tmp/messages
DEVICE=/dev/mmn_stall /files/watched stuck wait munmap < /tmp/in > /tmp/pid &
watched=$!
exec 3> /tmp/in
soon 50 test -s /tmp/pid
pid=$(cat /tmp/pid)
echo 1 > /sys/module/mmn_stall/parameters/hold
echo >&3
soon 40 grep -q "^stuck" /tmp/messages
check 'grep -q "^stuck [0-9]* 1[0-9][0-9][0-9] $pid $pid UNMAP munmap 0x[0-9a-f]* 0x[0-9a-f]* [a-z_]* stuck stuck - -\$" /tmp/messages' \
	"an event that is in flight for a second is told: $(grep '^stuck' /tmp/messages)"
of_debugfs inflight | awk '{ $2 = ""; print }' > /tmp/debugfs
$nl show inflight | grep -v '^#' | awk '{ $2 = ""; print }' > /tmp/netlink
check '[ -s /tmp/netlink ] && cmp -s /tmp/debugfs /tmp/netlink' \
	"inflight: as in debugfs, but for the time"
sleep 1.5
echo 0 > /sys/module/mmn_stall/parameters/hold
exec 3>&-
wait $watched
check '[ "$(grep -c "^stuck" /tmp/messages)" = 1 ]' "once"
# Where messages cannot be filtered, it cannot join.
check '[ "$(cat /tmp/refused)" = "ready 1" ] || grep -q "group: Operation not permitted" /tmp/errors' \
	"a socket of a user gets no message" || cat /tmp/refused
kill $monitor $refused
wait 2> /dev/null

# Unloading.
holder hold
check '! rmmod mirror mmn_native mmn_stall mmnotify 2> /dev/null && [ -d /sys/module/mmnotify ]' \
	"a dump that is open holds the module"
release
holder watch
check 'rmmod mmnotify' "a socket that watches does not"
release
insmod /modules/mmnotify.ko forget=unmap_vmas
insmod /modules/mmn_native.ko
: > /tmp/messages
$nl monitor > /tmp/messages &
monitor=$!
soon 50 grep -q "ready 0" /tmp/messages
/files/watched any munmap=3 > /dev/null
check 'soon 40 grep -q "^inexact unmap_vmas 0 the function has no row" /tmp/messages' \
	"a call site that is not exact is told: $(grep "^inexact unmap_vmas" /tmp/messages)" ||
	cat /tmp/messages
kill $monitor
wait 2> /dev/null
check 'rmmod mmn_native mmnotify' "they unload"
finish
