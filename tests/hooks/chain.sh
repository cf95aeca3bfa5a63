#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: which hook mmnotify chooses, what it logs about the choice, and whether
# verdicts stay right when the hook is disabled. From 7.x on kernel.ftrace_enabled
# cannot be cleared any more; kprobes can be disarmed on every kernel.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

ftrace=/proc/sys/kernel/ftrace_enabled
kprobes=/sys/kernel/debug/kprobes/enabled

# said COUNT TEXT: since the mark mmnotify logged COUNT lines, one of them TEXT. The line of
# trust=certified, with which the harness loads on a kernel that was not tested, does not count.
said() {
	news | grep 'mmnotify: ' | grep -v 'taint\|: trust=certified: ' > /tmp/said
	[ "$(wc -l < /tmp/said)" = "$1" ] && grep -q "mmnotify: $2" /tmp/said
}

# said_at_load MORE TEXT: the same for a load, which logs two lines, the census and the version
# with the hook, and MORE lines besides.
said_at_load() {
	said $(($1 + 2)) "$2" && grep -q "mmnotify: census: " /tmp/said
}

# flicker WHAT FILE: disables and enables it in turn while clients run.
flicker() {
	what=$1 file=$2
	MMN_TAP=/tmp/tap /files/scenarios --quiet --loop 12 > /tmp/sums &
	job=$!
	turns=0
	while kill -0 $job 2> /dev/null; do
		echo $((turns % 2)) > "$file"
		turns=$((turns + 1))
		sleep 0.2
	done
	wait $job
	status=$?
	echo 1 > "$file"
	check "[ $status = 0 ] && [ $turns -gt 9 ]" \
		"$what $turns times, $(sed 's/^# //' /tmp/sums)" || failures /tmp/tap
}

say 'TAP version 13'
mark
check '! load hook=bad' "hook=bad: the load fails"
check 'grep -q "Invalid" /tmp/error' "hook=bad: the errno is EINVAL"
# The VM's insmod tries two system calls, one after the other.
check 'said 2 "hook=bad is not available: use auto, ftrace, kprobe, stack or none"' \
	"hook=bad: each try logs one line with the valid values"

mark
check 'load' "no parameter: mmnotify loads"
check 'said_at_load 0 "version .* hook ftrace,"' "no parameter: the log has the hook ftrace and no complaint"
check 'hook_says "clients steps"' "no parameter: clients step through the stack without the hook"
insmod /modules/mirror.ko
check 'sleep 3; hook_says "attached 0" && hook_says "users 0"' \
	"no parameter: with a client the hook is not attached"
all_right "no parameter"
check '[ $(counted starts) -lt 100 ] && [ $(counted no_record) -lt 100 ]' \
	"no parameter: steps find the call site of nearly all events" ||
	cat $debugfs/hook
echo 1 > /sys/module/mmnotify/parameters/watch
check 'hook_says "attached 1" && hook_says "users 1"' "watch=1: the hook is attached"
all_right "watch=1"
echo 0 > /sys/module/mmnotify/parameters/watch
unload_both

mark
check 'load hook=ftrace' "hook=ftrace: mmnotify loads"
check 'said_at_load 0 "version .* hook ftrace,"' "hook=ftrace: the log has the hook and no complaint"
check 'hook_says "clients hook"' "hook=ftrace: clients use the hook"
check 'hook_says "backend ftrace" && hook_says "attach_error 0"' \
	"hook=ftrace: debugfs names the hook"
check 'sleep 3; hook_says "attached 0" && hook_says "users 0"' \
	"hook=ftrace: without users the hook is not attached"
insmod /modules/mirror.ko
check 'hook_says "attached 1" && hook_says "users 1"' \
	"hook=ftrace: with a client the hook is attached"

# Clearing ftrace_enabled must fail while a client uses the hook.
check '! echo 0 > $ftrace 2> /dev/null && [ "$(cat $ftrace)" = 1 ]' \
	"hook=ftrace: ftrace_enabled cannot be cleared under a client"
rmmod mirror
check 'sleep 3; hook_says "attached 0"' "hook=ftrace: the hook is detached after the last client"

if echo 0 > $ftrace 2> /dev/null; then
	mark
	# shellcheck disable=SC2034
	starts=$(counted starts)
	insmod /modules/mirror.ko
	check 'hook_says "attached 0" && hook_says "attach_error -16"' \
		"ftrace_enabled=0: the hook cannot be attached, debugfs has the errno"
	check 'said 1 "cannot attach the ftrace hook (-16): callbacks walk the stack"' \
		"ftrace_enabled=0: one line of the log has the errno"
	all_right "ftrace_enabled=0 after load"
	check '[ $(counted starts) = $starts ]' "ftrace_enabled=0: the hook saw no event"
	echo 1 > $ftrace
	rmmod mirror
	insmod /modules/mirror.ko
	check 'hook_says "attached 1" && hook_says "attach_error 0"' \
		"ftrace_enabled=1: the next client gets the hook again"
	unload_both

	echo 0 > $ftrace
	mark
	check 'load hook=ftrace' "ftrace_enabled=0: mmnotify loads"
	check 'said_at_load 2 "version .* hook stack,"' \
		"ftrace_enabled=0: the log has the hook stack, and two reasons"
	check 'said_at_load 2 "hook ftrace is not used: it could not be attached; next is kprobe$"' \
		"ftrace_enabled=0: the log has why ftrace is not used"
	check 'said_at_load 2 "hook kprobe is not used: it did not see .* next is stack$"' \
		"ftrace_enabled=0: the log has why kprobes, which use ftrace, are not used"
	check 'hook_says "backend stack"' "ftrace_enabled=0: debugfs names the hook stack"
	insmod /modules/mirror.ko
	all_right "ftrace_enabled=0 before load"
	echo 1 > $ftrace
	all_right "ftrace_enabled=1 again after load"
	unload_both

	load_both hook=kprobe
	flicker "hook=kprobe: ftrace_enabled changes" $ftrace
	unload_both
else
	say "# ftrace_enabled cannot be cleared on this kernel"
	check 'rmmod mmnotify' "hook=ftrace: mmnotify unloads"
fi

echo 0 > $kprobes
mark
check 'load hook=kprobe' "kprobes disarmed: mmnotify loads with hook=kprobe"
check 'said_at_load 1 "hook kprobe is not used: it did not see .* next is stack$"' \
	"kprobes disarmed: one line of the log has why kprobes are not used"
check 'hook_says "backend stack" && said_at_load 1 "version .* hook stack,"' \
	"kprobes disarmed: debugfs and the log name the hook stack"
check 'rmmod mmnotify && echo 1 > $kprobes' "kprobes disarmed: mmnotify unloads"
load_both hook=kprobe
check 'hook_says "backend kprobe"' "kprobes armed: they are the hook"
flicker "kprobes armed: disarmed and armed again" $kprobes
check '[ $(counted starts) -gt 100 ] && [ $(counted no_record) -gt 100 ]' \
	"kprobes armed and disarmed: both kinds of events occurred"
check '/files/missed 100 > /tmp/missed' \
	"the end of a missed start uses no record of another event" ||
	tail -n 5 /tmp/missed > "$tap"
say "$(tail -n 1 /tmp/missed)"
echo 0 > $kprobes
all_right "kprobes disarmed after load"
echo 1 > $kprobes
all_right "kprobes armed again"
unload_both

mark
check 'load hook=none' "hook=none: mmnotify loads"
check 'said_at_load 1 "no hook: no verdict is exact but that of a release$"' \
	"hook=none: the log has what is lost without a hook"
check 'hook_says "backend none" && hook_says "stack_walks no"' \
	"hook=none: debugfs has no hook and no walks of the stack"
check '! echo 1 > /sys/module/mmnotify/parameters/timing &&
	[ "$(cat /sys/module/mmnotify/parameters/timing)" = N ]' \
	"hook=none: callbacks cannot be timed"
check 'dmesg | grep -q "callbacks are not timed: no hook is attached"' "hook=none: the log says why"
check 'rmmod mmnotify' "hook=none: mmnotify unloads"
finish
