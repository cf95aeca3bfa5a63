#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: killed.sh before|idle|used|leaving|going. The kernel shuts ftrace down for
# good by ftrace_kill(): before mmnotify loads (before), without a client (idle), with one
# (used), with one that unloads at once (leaving). With "going" it does so in the second
# before the hook is detached.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

watch=/sys/module/mmnotify/parameters/watch
stays='the kernel has shut down ftrace'

told() {
	[ "$(news | grep -c "mmnotify: $stays")" = "$1" ]
}

say 'TAP version 13'
mark
case $1 in
before)
	check "insmod /modules/mmn_ftracekill.ko" "before: ftrace is shut down"
	load_both hook=auto
	check "hook_says 'backend stack' && hook_says 'stuck 0'" "before: clients use the stack" ||
		cat $debugfs/hook
	all_right "before"
	unload_both
	check "told 0" "before: the log has no line about a hook"
	;;
idle)
	load_both hook=ftrace
	check "rmmod mirror && sleep 3 && hook_says 'attached 0'" \
		"idle: without a client the hook is detached"
	check "insmod /modules/mmn_ftracekill.ko" "idle: ftrace is shut down"
	check "insmod /modules/mirror.ko" "idle: a client loads"
	check "hook_says 'attached 0' && hook_says 'attach_error -19' && hook_says 'stuck 0'" \
		"idle: the client runs without the hook" || cat $debugfs/hook
	all_right "idle"
	unload_both
	;;
used)
	load_both hook=ftrace
	all_right "used, before"
	check "insmod /modules/mmn_ftracekill.ko" "used: ftrace is shut down"
	all_right "used, after"
	tries=0
	until told 1 || [ $tries -ge 40 ]; do
		sleep 1
		tries=$((tries + 1))
	done
	check "told 1" "used: one line of the log reports it without any access"
	check "hook_says 'attached 1' && hook_says 'stuck 1'" "used: the hook stays attached" ||
		cat $debugfs/hook
	check "rmmod mirror" "used: the client unloads"
	check "! rmmod mmnotify 2> /dev/null" "used: mmnotify cannot unload"
	sleep 3
	check "! rmmod mmnotify 2> /dev/null" "used: mmnotify cannot unload 3 s later either"
	check "insmod /modules/mirror.ko" "used: another client loads"
	all_right "used, another client"
	check "rmmod mirror && told 1" "used: there is still one line of the log"
	;;
leaving)
	load_both hook=ftrace
	check "insmod /modules/mmn_ftracekill.ko" "leaving: ftrace is shut down"
	check "rmmod mirror && told 1" \
		"leaving: one line of the log reports it when the client unloads"
	check "! rmmod mmnotify 2> /dev/null" "leaving: mmnotify cannot unload"
	check "hook_says 'attached 1' && hook_says 'stuck 1'" "leaving: the hook stays attached" ||
		cat $debugfs/hook
	;;
going)
	check "load hook=ftrace && echo 1 > $watch && hook_says 'attached 1'" \
		"going: watch=1 attaches the hook"
	check "echo 0 > $watch && insmod /modules/mmn_ftracekill.ko" \
		"going: ftrace is shut down just before the hook is detached"
	check "sleep 3 && told 1" "going: one line of the log reports it"
	check "! rmmod mmnotify 2> /dev/null" "going: mmnotify cannot unload"
	check "hook_says 'attached 1' && hook_says 'stuck 1'" "going: the hook stays attached" ||
		cat $debugfs/hook
	;;
esac
finish
