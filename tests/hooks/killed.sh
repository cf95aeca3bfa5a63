#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: killed.sh before|idle|used|leaving|going. The kernel gives ftrace up for
# good: before mmnotify is loaded, while it has no client, under one, under one that leaves
# at once, or in the second in which the hook is about to go.
# Checks get their commands as words and names of functions.
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
	check "insmod /modules/mmn_ftracekill.ko" "before: ftrace is given up"
	load_both hook=auto
	check "hook_says 'backend stack' && hook_says 'stuck 0'" "before: the stack stands in" ||
		cat $debugfs/hook
	all_right "before"
	unload_both
	check "told 0" "before: nothing is said of a hook that never was"
	;;
idle)
	load_both hook=ftrace
	check "rmmod mirror && sleep 3 && hook_says 'attached 0'" "idle: no client, no hook"
	check "insmod /modules/mmn_ftracekill.ko" "idle: ftrace is given up"
	check "insmod /modules/mirror.ko" "idle: a client comes all the same"
	check "hook_says 'attached 0' && hook_says 'attach_error -19' && hook_says 'stuck 0'" \
		"idle: without the hook" || cat $debugfs/hook
	all_right "idle"
	unload_both
	;;
used)
	load_both hook=ftrace
	all_right "used, before"
	check "insmod /modules/mmn_ftracekill.ko" "used: ftrace is given up"
	all_right "used, after"
	tries=0
	until told 1 || [ $tries -ge 40 ]; do
		sleep 1
		tries=$((tries + 1))
	done
	check "told 1" "used: one line tells so, unasked"
	check "hook_says 'attached 1' && hook_says 'stuck 1'" "used: the hook stays" ||
		cat $debugfs/hook
	check "rmmod mirror" "used: the client may go"
	check "! rmmod mmnotify 2> /dev/null" "used: mmnotify may not"
	sleep 3
	check "! rmmod mmnotify 2> /dev/null" "used: nor a while later"
	check "insmod /modules/mirror.ko" "used: another client"
	all_right "used, another client"
	check "rmmod mirror && told 1" "used: it was said once"
	;;
leaving)
	load_both hook=ftrace
	check "insmod /modules/mmn_ftracekill.ko" "leaving: ftrace is given up"
	check "rmmod mirror && told 1" "leaving: one line tells so as soon as the client goes"
	check "! rmmod mmnotify 2> /dev/null" "leaving: mmnotify may not"
	check "hook_says 'attached 1' && hook_says 'stuck 1'" "leaving: the hook stays" ||
		cat $debugfs/hook
	;;
going)
	check "load hook=ftrace && echo 1 > $watch && hook_says 'attached 1'" "going: a watcher has the hook"
	check "echo 0 > $watch && insmod /modules/mmn_ftracekill.ko" \
		"going: ftrace is given up while the hook is about to go"
	check "sleep 3 && told 1" "going: one line tells so"
	check "! rmmod mmnotify 2> /dev/null" "going: mmnotify may not go"
	check "hook_says 'attached 1' && hook_says 'stuck 1'" "going: the hook stays" ||
		cat $debugfs/hook
	;;
esac
finish
