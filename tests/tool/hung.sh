#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: a callback that does not return, as seen without the module, without watching, and
# by a module that watches; what doctor says; and why the memory of a process was hit.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=tool.sh
. "${0%/*}/tool.sh"

hold=/sys/module/mmn_stall/parameters/hold

# shows PATTERN WHAT: the last output has it.
shows() {
	check "grep -q -E \"$1\" /tmp/out" "$2" || cat /tmp/out
}

# hangs: the process begins an operation that does not end.
hangs() {
	echo 1 > $hold
	echo >&3
	sleep 1
}

say 'TAP version 13'
mkfifo /tmp/in
check 'insmod /modules/mmn_stall.ko' "a driver whose callback waits"
: > /tmp/pid
DEVICE=/dev/mmn_stall /files/watched stuck wait munmap wait munmap wait munmap < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 300 test -s /tmp/pid
pid=$(cat /tmp/pid)
$tool hung > /tmp/out 2>&1
status=$?
check '[ $status = 0 ] && grep -q "No task waits" /tmp/out' "nothing hangs"
hangs
$tool hung > /tmp/out 2>&1
status=$?
check '[ $status = 3 ]' "without the module: a task hangs"
shows "^stuck \($pid\)" "its name"
shows "waits in the callback mmn_stall_start.*\[mmn_stall\] \(start\)" "the callback"
shows "unmap_vmas" "the stack"
shows "load it when nothing hangs" "and what to do to see more"
echo 0 > $hold
sleep 1
# A load waits for callbacks that run, since the self-test has a notifier of its own.
insmod /modules/mmnotify.ko
hangs
$tool hung > /tmp/out 2>&1
status=$?
check '[ $status = 3 ] && grep -q "waits in the callback mmn_stall_start" /tmp/out' "without watching, too"
shows "Nothing is watched" "it says so"
echo 0 > $hold
echo 1 > $parameters/watch
sleep 1
hangs
$tool hung -l 100ms > /tmp/out 2>&1
status=$?
check '[ $status = 3 ]' "watched: a task hangs"
shows "^stuck \($pid\): munmap of 0x[0-9a-f]*-0x[0-9a-f]* \(16 KB\), for " "operation, range and time"
shows "waits in the callback mmn_stall_start" "the callback"
echo 0 > $hold
exec 3>&-
wait
$tool hung > /tmp/out 2>&1
status=$?
check '[ $status = 0 ]' "it has ended"
echo 0 > $parameters/watch

# explain
insmod /modules/mmn_native.ko
: > /tmp/pid
/files/watched "an app" wait munmap=20 dontneed=5 split=1 wait < /tmp/in > /tmp/pid &
exec 3> /tmp/in
soon 300 test -s /tmp/pid
pid=$(cat /tmp/pid)
$tool explain -s 600 $pid > /tmp/out 2> /tmp/err &
tool_pid=$!
soon 300 eval '[ -n "$(ls $instances)" ] && grep -q "watched 1" $debugfs/hook'
sleep 5
echo >&3
sleep 2
kill -INT $tool_pid
wait $tool_pid
status=$?
check '[ $status = 0 ]' "explain: SIGINT ends watching, not the answer"
shows "^an app \($pid\): [0-9]* events in " "how many events"
shows "munmap hit an app \($pid\): 2[0-9] events, [0-9]* pages" "by which operation"
shows "MADV_DONTNEED" "what happened"
shows "What to do: Align buffers of devices" "and what to do"
shows "^Counted since second" "the counters"
exec 3>&-
wait
$tool explain -s 1 1 > /tmp/out 2> /dev/null
shows "no event in .*" "a process without an event"
shows "No driver has a notifier in it" "and why"
check 'soon 300 gone' "nothing is left"

# doctor
$tool doctor > /tmp/out
status=$?
shows "^ok +module +loaded" "doctor: the module"
shows "^ok +hook +(ftrace|kprobe)" "the hook"
shows "^ok +exact +yes" "exact"
shows "^ok +verdicts|^note +verdicts" "the verdicts"
shows "^ok +drivers +can be listed and timed; nothing times them now" "and the drivers"
check '[ $status = 0 ]' "it works here"
rmmod mmn_native mmnotify
insmod /modules/mmnotify.ko hook=none
$tool doctor > /tmp/out
status=$?
check '[ $status = 1 ] && grep -q "^BAD *hook *none" /tmp/out && grep -q "load it with hook=auto" /tmp/out' \
	"doctor: without a hook it says what to do" || cat /tmp/out
for command in "stat -n 1" "top --batch -n 1" "trace -s 1" "explain -s 1 1"; do
	$tool $command > /tmp/out 2>&1
	status=$?
	check '[ $status = 1 ] && [ $(wc -l < /tmp/out) = 1 ] && grep -q "the hook is .none.: see mmnotify doctor" /tmp/out' \
		"$command says so, too" || cat /tmp/out
done
rmmod mmnotify
# Some kernels refuse, since ftrace is in use for good.
if echo 0 > /proc/sys/kernel/ftrace_enabled 2> /dev/null; then
	insmod /modules/mmnotify.ko
	$tool doctor > /tmp/out
	shows "^note +ftrace +switched off" "doctor: ftrace is off"
	echo 1 > /proc/sys/kernel/ftrace_enabled
	rmmod mmnotify
fi
$tool doctor > /tmp/out
status=$?
check '[ $status = 1 ] && grep -q "^BAD *module" /tmp/out' "doctor: it is not loaded"
check 'rmmod mmn_stall' "the driver unloads"
finish
