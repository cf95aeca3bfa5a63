#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: mmnotify stat and export show what debugfs counted, for each option; nothing stays on
# when they end.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=tool.sh
. "${0%/*}/tool.sh"

# column NUMBER PATTERN FILE: that word of the first line that matches.
column() {
	awk -v n="$1" -v p="$2" '$0 ~ p { print $n; exit }' $3
}

# refused FILE: the one line for a user who may not see other processes.
refused() {
	[ "$(wc -l < $1)" = 1 ] && grep -q "^mmnotify: only root, or a program with CAP_PERFMON" $1
}

say 'TAP version 13'
mkfifo /tmp/in
$tool stat --total > /tmp/out 2>&1
status=$?
check '[ $status = 1 ] && not_loaded /tmp/out && grep -q "mmnotify doctor" /tmp/out' \
	"without the module: $(cat /tmp/out)"
# May a user see it at all? Whether the module is loaded comes second.
chmod -R go+rX /files
/files/genl user exec $tool stat --total > /tmp/out 2>&1
check 'refused /tmp/out' "and a user gets one line why" || cat /tmp/out
check 'insmod /modules/mmnotify.ko && insmod /modules/mmn_native.ko' "they load"
# The calls of a driver are timed from a moment after its first registration on.
echo 1 > $parameters/timing
/files/watched first munmap > /dev/null
sleep 0.5
$tool stat -- /files/watched ours munmap=7 dontneed=3 > /tmp/out
echo 0 > $parameters/timing
check '[ "$(column 4 " munmap " /tmp/out)" = 7 ] && [ "$(column 4 madv_dontneed /tmp/out)" = 3 ]' \
	"stat around a command: its events" || cat /tmp/out
check '[ "$(column 6 " munmap " /tmp/out)" = 28 ] && grep -q " ours " /tmp/out' "its pages and its name"
check 'grep -q "^munmap  *The program unmapped memory" /tmp/out' \
	"what the cause is" || cat /tmp/out
check 'column 9 " munmap " /tmp/out | grep -q [0-9]' "and the time of its callbacks" || cat /tmp/out
check 'soon 50 hooked 0 && grep -q "^watched 0" $debugfs/hook' "nothing stays on"
$tool stat -- /bin/sh -c 'sleep 0.3 | /files/watched inner munmap=4 wait > /dev/null; exit 3' > /tmp/out
status=$?
check '[ $status = 3 ] && grep -q " inner .* munmap  *4 " /tmp/out' \
	"a program that the command starts counts, and the exit status is the command's" || cat /tmp/out

echo 1 > $parameters/watch
/files/watched lives munmap=5 dontneed=2 wait < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 50 test -s /tmp/pid
pid=$(cat /tmp/pid)
soon 50 grep -q "^$pid .* madv_dontneed 2 " $debugfs/processes
$tool stat --total --pid $pid > /tmp/out
check '[ "$(column 4 " munmap " /tmp/out)" = 5 ] && ! grep -q -E "ours|inner" /tmp/out' \
	"--total --pid: $(grep munmap /tmp/out)"
$tool stat --total > /tmp/out
check '[ $(grep -c " munmap " /tmp/out) -gt 1 ] && [ $(grep -c "^munmap " /tmp/out) = 1 ]' \
	"each cause is explained once" || cat /tmp/out
$tool stat --total --csv > /tmp/out
check 'grep "\"lives\",[0-9]*,munmap,5,20," /tmp/out | grep -q "^[0-9]*,[0-9.]*,$pid," &&
	head -n 1 /tmp/out | grep -q ^now_ns,seconds,tgid,comm' "--csv: $(grep "lives.*munmap" /tmp/out)"
$tool stat --total --json > /tmp/out
check 'grep -q "\"tgid\":$pid,\"comm\":\"lives\",[^}]*\"cause\":\"munmap\",\"events\":5,\"pages\":20," /tmp/out' "--json"
# A cgroup by its folder, by its number, and with the folders below.
mkdir -p /tmp/groups && mount -t cgroup2 none /tmp/groups && mkdir -p /tmp/groups/outer/inner /tmp/groups/out
(echo 0 > /tmp/groups/outer/inner/cgroup.procs && exec /files/watched grouped munmap=6) > /dev/null
outer=$(stat -c %i /tmp/groups/outer)
$tool stat --total --cgroup /tmp/groups/outer > /tmp/out
check '[ "$(column 4 " munmap " /tmp/out)" = 6 ] && ! grep -q -E "lives|ours" /tmp/out' \
	"--cgroup FOLDER: the processes below it" || cat /tmp/out
check 'grep -q " grouped .* munmap .* /outer/inner\$" /tmp/out' "with the folder of each" || cat /tmp/out
$tool stat --total -g $outer > /tmp/out
check 'grep -q " grouped .* munmap .* 6 " /tmp/out' "--cgroup NUMBER"
$tool stat --total -g /tmp/groups/out > /tmp/out
check '! grep -q " munmap " /tmp/out' "not those of a folder whose name begins alike"
$tool stat --total -g /tmp/nothing > /tmp/out 2>&1
check 'grep -q "^mmnotify: --cgroup: /tmp/nothing: No such file" /tmp/out' "a folder that is not there"
$tool stat -i 300ms -n 2 --pid $pid > /tmp/out
check '[ "$(grep -c "^0 events in 0\\.[3-9]" /tmp/out)" = 2 ]' "-i: nothing happens in two intervals" ||
	cat /tmp/out
$tool export --processes 2000 > /tmp/out
check 'grep -q "^mmnotify_process_events_total{pid=\"$pid\",comm=\"lives\",cgroup=\"[0-9]*\",cause=\"munmap\"} 5\$" /tmp/out &&
	[ "$(tail -n 1 /tmp/out)" = "# EOF" ]' "export: $(grep "lives.*munmap" /tmp/out | head -n 1)" || tail -n 5 /tmp/out
$tool export --textfile /tmp/m.prom
check '[ -s /tmp/m.prom ] && [ "$(stat -c %a /tmp/m.prom)" = 644 ] && [ "$(ls /tmp/m.prom* | wc -l)" = 1 ] && ! grep -q "# EOF" /tmp/m.prom' \
	"export --textfile: one file"
/files/genl user exec $tool stat --total > /tmp/out 2>&1
check 'refused /tmp/out' "with the module, too, a user gets one line why" || cat /tmp/out
echo 0 > $parameters/watch
exec 3>&-
wait
check 'rmmod mmn_native mmnotify' "they unload"
finish
