#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: each event tells whose mm it is, up to the last one: process, name and cgroup,
# although the process has left its mm when the events of exit come. The release of the mm is an
# event, too.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

pods=/tmp/pods

# in_pod NAME COMMAND...: runs the command in a cgroup of that name.
in_pod() {
	mkdir -p $pods/$1 || return
	sh -c 'echo $$ > '"$pods/$1"'/cgroup.procs && shift && exec "$@"' sh "$@"
}

# Lines of the process $pid, and those among them that are told to be of another one.
whose() {
	lines=$(traced "tgid=$pid .*$1" | wc -l)
	wrong=$(grep -E "^ *$2-$pid .*$1" $tracing/trace | grep -v -c " tgid=$pid .*comm=$2\$")
}

# finds LAST NAME OPERATION...: the process with that name, and its events; LAST is the name at
# the release: after execve() that of the time when the mm got its notifier.
finds() {
	last=$1
	shift
	echo 0 > $tracing/trace
	pid=$(in_pod "$1" /files/watched "$@")
	number=$(stat -c %i $pods/$1)
	# The old mm of a process that calls execve() ends, too.
	whose 'cause=exit ' $1
	[ "$last" != "$1" ] ||
		check '[ $lines -gt 0 ] && [ $wrong = 0 ]' "$what, $*: exit has its process and name" ||
		traced . | tail -n 5 | sed 's/^/# /' > "$tap"
	check '[ "$(traced " tgid=$pid .*event=RELEASE .*cgroup=$number comm=$last\$" | wc -l)" = 1 ]' \
		"$what, $*: its release is one line" ||
		traced "RELEASE" | sed 's/^/# /' > "$tap"
	check '[ "$(traced " tgid=$pid " | field cgroup | sort -u)" = "$number" ]' \
		"$what, $*: all have cgroup $number"
}

# Processes follow each other, so the address of an mm is used again.
many() {
	echo 0 > $tracing/trace
	for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
		/files/watched "turn$i" munmap > /dev/null &
		[ $((i % 4)) != 0 ] || wait
	done
	wait
	# The acting task is a thread of the process in all events of these.
	grep -E '^ *turn[0-9]+-' $tracing/trace | sed -E \
		's/^ *(turn[0-9]+)-([0-9]+) .* tgid=([0-9]+) .* comm=(.*)$/\1 \2 \4 \3/' > /tmp/many
	others=$(awk '$1 != $3 || $2 != $4' /tmp/many | wc -l)
	check '[ $(grep -c . /tmp/many) -ge 60 ] && [ $others = 0 ]' \
		"$what: of $(wc -l < /tmp/many) events of 20 processes $others are told to be another's" ||
		awk '$1 != $3 || $2 != $4 { print "# " $0 }' /tmp/many | head -n 5 > "$tap"
	released=$(traced 'event=RELEASE .*comm=turn[0-9]*$' | field tgid | sort -u | wc -l)
	check '[ $released = 20 ]' "$what: $released of 20 are released"
}

killed() {
	echo 0 > $tracing/trace
	mkfifo /tmp/in 2> /dev/null
	sleep 100 > /tmp/in &
	sleeper=$!
	/files/watched victim munmap wait < /tmp/in > /tmp/pid &
	victim=$!
	soon 50 test -s /tmp/pid
	pid=$(cat /tmp/pid)
	kill -9 $pid
	wait $victim 2> /dev/null
	kill $sleeper
	check '[ "$(traced " tgid=$pid .*event=RELEASE .*comm=victim\$" | wc -l)" = 1 ] &&
		[ "$(traced " tgid=$pid .*cause=exit .*comm=victim\$" | wc -l)" -gt 0 ]' \
		"$what: the exit of a process that was killed is its own"
	: > /tmp/pid
}

say 'TAP version 13'
mkdir -p $pods && mount -t cgroup2 none $pods
echo 4000 > $tracing/buffer_size_kb
for hook in auto kprobe; do
	what=$hook
	check "insmod /modules/mmnotify.ko hook=$hook && insmod /modules/mmn_native.ko" \
		"$what: mmnotify and a bare notifier load"
	# This one has its notifier before watching starts, and no event until it ends.
	mkfifo /tmp/early 2> /dev/null
	: > /tmp/early_pid
	/files/watched early wait < /tmp/early > /tmp/early_pid &
	early=$!
	exec 3> /tmp/early
	soon 50 test -s /tmp/early_pid
	echo 1 > $parameters/watch
	echo 1 > $events/invalidate_start/enable
	check 'soon 50 hooked 1' "$what: the hook is attached"
	pid=$(cat /tmp/early_pid)
	exec 3>&-
	wait $early
	check '[ "$(traced " tgid=$pid .*event=RELEASE .*comm=early\$" | wc -l)" = 1 ]' \
		"$what: a process that was there before is known"
	: > /tmp/early_pid
	finds pod-a pod-a munmap=3 fork mprotect
	finds watched pod-b exec
	finds pod-c pod-c
	killed
	many
	insmod /modules/mirror.ko
	echo 0 > $tracing/trace
	MMN_TAP=/dev/null /files/scenarios --quiet --only munmap,exit > /dev/null
	twice=$(traced 'event=RELEASE' | field tgid | sort | uniq -d | wc -l)
	check '[ "$(traced "event=RELEASE" | wc -l)" -gt 0 ] && [ $twice = 0 ]' \
		"$what: with a client, too, a release is one line"
	echo 0 > $events/enable
	check 'rmmod mirror mmn_native mmnotify' "$what: they unload"
done
finish
