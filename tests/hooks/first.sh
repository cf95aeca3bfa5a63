#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: an observer and no client, and no address is cached yet. So the first
# events meet symbols that are not resolved yet. Their verdicts have to name the operation.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

events=$tracing/events/mmnotify

# seen CAUSE: exact events of the process with that cause.
seen() {
	grep "tgid=$pid .*cause=$1 " $tracing/trace | grep -c EXACT
}

traced() {
	load "hook=$1" && echo 0 > $tracing/trace || return
	echo 1 > $events/invalidate_start/enable
	[ "$2" = start ] || echo 1 > $events/invalidate_end/enable
	soon 50 hook_says 'attached 1' || return
	pid=$(/files/first)
}

say 'TAP version 13'
check 'insmod /modules/mmn_native.ko' "a bare notifier loads"
for hook in ftrace kprobe; do
	for of in start both; do
		what="$hook, traced $of"
		check "traced $hook $of" "$what: the process moves its pages"
		check '[ "$(seen rmap_migrate)$(seen rmap_unmap)" = 00 ]' \
			"$what: no exact verdict has only the group as its cause" ||
			grep "tgid=$pid" $tracing/trace > "$tap"
		check '[ "$(seen move_pages)" -ge 8 ] && [ "$(seen mbind)" -ge 8 ]' \
			"$what: they have their causes" || cat $debugfs/hook > "$tap"
		say "# $what: $(seen move_pages) move_pages, $(seen mbind) mbind"
		echo 0 > $events/enable
		check 'rmmod mmnotify' "$what: it unloads"
	done
done
finish
