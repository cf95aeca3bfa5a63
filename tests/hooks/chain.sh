#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: which hook is chosen, what is said about it, and whether
# verdicts stay right when it is silenced. From 7.x on kernel.ftrace_enabled
# cannot be cleared any more; kprobes can be disarmed on every kernel.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

ftrace=/proc/sys/kernel/ftrace_enabled
kprobes=/sys/kernel/debug/kprobes/enabled

# said COUNT TEXT: since the mark, mmnotify said it so often, and nothing else
# but its name and hook when it loads.
said() {
	news | grep 'mmnotify: ' | grep -v taint > /tmp/said
	[ "$(wc -l < /tmp/said)" = "$1" ] && grep -q "mmnotify: $2" /tmp/said
}

# What is silenced comes back and goes again while clients run.
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
		"$what: $turns turns, $(sed 's/^# //' /tmp/sums)" || failures /tmp/tap
}

say 'TAP version 13'
mark
check '! load hook=bad' "hook=bad refuses the load"
check 'grep -q "Invalid" /tmp/error' "with EINVAL"
# The VM's insmod asks in two ways, one after the other.
check 'said 2 "hook=bad is not available: use auto, ftrace, kprobe, stack or none"' \
	"and one line each time that says what to do"

mark
check 'load' "it loads"
check 'said 1 "version .* hook ftrace$"' "one line tells the hook"
check 'hook_says "clients steps"' "clients need none"
insmod /modules/mirror.ko
check 'sleep 3; hook_says "attached 0" && hook_says "users 0"' "nor have one"
all_right "by steps"
check '[ $(counted starts) -lt 100 ] && [ $(counted no_record) -lt 100 ]' "nearly all by steps" ||
	cat $debugfs/hook
echo 1 > /sys/module/mmnotify/parameters/watch
check 'hook_says "attached 1" && hook_says "users 1"' "who watches has one"
all_right "by steps, and watched"
echo 0 > /sys/module/mmnotify/parameters/watch
unload_both

mark
check 'load hook=ftrace' "it loads with hook=ftrace"
check 'said 1 "version .* hook ftrace$"' "one line tells the hook"
check 'hook_says "clients hook"' "clients need it"
check 'hook_says "backend ftrace" && hook_says "attach_error 0"' "debugfs says the same"
check 'sleep 3; hook_says "attached 0" && hook_says "users 0"' "without users it is not attached"
insmod /modules/mirror.ko
check 'hook_says "attached 1" && hook_says "users 1"' "with a client it is"

# The hook of a client cannot be taken away by the switch.
check '! echo 0 > $ftrace 2> /dev/null && [ "$(cat $ftrace)" = 1 ]' \
	"ftrace_enabled cannot be cleared under a client"
rmmod mirror
check 'sleep 3; hook_says "attached 0"' "the last client is gone, and so is the hook"

if echo 0 > $ftrace 2> /dev/null; then
	mark
	# shellcheck disable=SC2034
	starts=$(counted starts)
	insmod /modules/mirror.ko
	check 'hook_says "attached 0" && hook_says "attach_error -16"' \
		"ftrace_enabled=0: the hook cannot be attached, and debugfs says so"
	check 'said 1 "cannot attach the ftrace hook (-16): callbacks walk the stack"' "so does one line"
	all_right "ftrace_enabled=0 after load"
	check '[ $(counted starts) = $starts ]' "that was without a hook"
	echo 1 > $ftrace
	rmmod mirror
	insmod /modules/mirror.ko
	check 'hook_says "attached 1" && hook_says "attach_error 0"' \
		"ftrace_enabled=1: the next client has the hook again"
	unload_both

	echo 0 > $ftrace
	mark
	check 'load hook=ftrace' "it loads with ftrace_enabled=0"
	check 'said 3 "version .* hook stack$"' "three lines tell its way down"
	check 'said 3 "hook ftrace is not used: it could not be attached; next is kprobe$"' \
		"ftrace could not be attached"
	check 'said 3 "hook kprobe is not used: it did not see .* next is stack$"' \
		"kprobes stand on ftrace, and saw nothing"
	check 'hook_says "backend stack"' "debugfs says the same"
	insmod /modules/mirror.ko
	all_right "ftrace_enabled=0 before load"
	echo 1 > $ftrace
	all_right "and set again after load"
	unload_both

	load_both hook=kprobe
	flicker "ftrace_enabled comes and goes under kprobes" $ftrace
	unload_both
else
	say "# ftrace_enabled cannot be cleared on this kernel"
	check 'rmmod mmnotify' "it unloads"
fi

echo 0 > $kprobes
mark
check 'load hook=kprobe' "it loads with kprobes disarmed"
check 'said 2 "hook kprobe is not used: it did not see .* next is stack$"' \
	"one line tells why not by kprobes"
check 'hook_says "backend stack" && said 2 "version .* hook stack$"' "and the hook"
check 'rmmod mmnotify && echo 1 > $kprobes' "it unloads"
load_both hook=kprobe
check 'hook_says "backend kprobe"' "kprobes armed: they are used"
flicker "kprobes come and go" $kprobes
check '[ $(counted starts) -gt 100 ] && [ $(counted no_record) -gt 100 ]' \
	"events came with the hook and without"
check '/files/missed 100 > /tmp/missed' "a start that was missed has no record of another event at its end" ||
	tail -n 5 /tmp/missed > "$tap"
say "$(tail -n 1 /tmp/missed)"
echo 0 > $kprobes
all_right "kprobes disarmed after load"
echo 1 > $kprobes
all_right "kprobes armed again"
unload_both

mark
check 'load hook=none' "it loads without a hook"
check 'said 2 "no hook: causes are not known and no verdict is exact$"' "and says what that means"
check 'hook_says "backend none" && hook_says "stack_walks no"' "debugfs says the same"
check 'rmmod mmnotify' "and unloads"
finish
