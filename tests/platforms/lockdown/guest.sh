#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: guest.sh LEVEL
# Runs in the VM of a locked down kernel (integrity or confidentiality): which modules
# load, which hook is used, which files are closed, and that verdicts are right.
# Commands are passed to check() as text, and functions are called by name.
# shellcheck disable=SC2016,SC2317
set -u
# shellcheck source-path=SCRIPTDIR/../../hooks source=lib.sh
. "${0%/*}/lib.sh"

level=$1
events=$tracing/events/mmnotify
some=munmap,mmap_fixed,mremap_move,mremap_dontunmap,madv_dontneed,mprotect_none,mprotect_read
some=$some,fork,cow,file_truncate,file_punch,exit,exec,move_pages,writeback_msync,process_mrelease

say_news() {
	news | sed 's/^/# /' > "$tap"
}

# refused FILE WORDS: true if the module is refused and the kernel log has the words.
# Retries, because these messages are limited to ten in five seconds, and many come at boot.
refused() {
	for _ in 1 2 3; do
		mark
		! insmod "$1" 2> /tmp/error || return 1
		! news | grep -q -E "$2" || return 0
		sleep 3
	done
	say_news
	return 1
}

# hook NAME: runs the tests with this hook; mmnotify must log no additional message.
hook() {
	mark
	check "insmod /modules/mmnotify.ko hook=$1 && insmod /modules/mirror.ko" \
		"hook=$1: mmnotify signed with an enrolled key loads" || say_news
	check "grep -q '^backend $1\$' $debugfs/hook" "hook=$1: this hook is used"
	check '! news | grep -E "mmnotify: .*(not used|no hook|no verdict)"' \
		"hook=$1: mmnotify logs no complaint" || say_news
	right "hook=$1: verdicts are right" --only "$some"
	unload_both
}

has_counted() {
	grep -q '^[A-Z_]* [a-z_]* [1-9]' "$debugfs/counters"
}

busy() {
	[ -e /dev/bench_native ] || return
	exec 3< /dev/bench_native
	for _ in 1 2 3; do
		/bin/true
	done
	exec 3<&-
}

check_watch() {
	check "insmod /modules/mmnotify.ko watch=1 && insmod /modules/mmn_native.ko" "watch=1"
	busy
	check has_counted "watch=1: the counters in debugfs can be read and count events"
	for file in "$debugfs"/*; do
		check "cat $file > /dev/null" "watch=1: $file can be read"
	done
	check "echo 0 > /sys/module/mmnotify/parameters/watch" "watch=1: the parameter can be written"
}

# The tracepoints, for root.
check_tracing() {
	if [ "$level" = integrity ]; then
		check "echo 1 > $events/enable" "integrity: the tracepoints can be enabled"
		sleep 1
		busy
		check "grep -q 'invalidate_start: tgid' $tracing/trace" "integrity: the tracepoints have events"
		check "echo 0 > $events/enable" "integrity: the tracepoints can be disabled"
	else
		check "! (echo 1 > $events/enable) 2> /dev/null" "confidentiality: the tracepoints cannot be enabled"
	fi
	check "rmmod mmn_native && rmmod mmnotify" "mmnotify and mmn_native unload"
}

mount -t securityfs securityfs /sys/kernel/security 2> /dev/null
say 'TAP version 13'
dmesg | grep -E 'secureboot|integrity: |Loaded X.509|MODSIGN|MokList|UEFI' | sed 's/^/# /' > "$tap"
check "grep -q '\[$level\]' /sys/kernel/security/lockdown" "the kernel is locked down: $level"
check "refused /files/unsigned.ko 'unsigned module (loading is restricted|is rejected)'" \
	"mmnotify without a signature is refused, with a reason in the log"
check "refused /files/other.ko '(unavailable key is rejected|unsigned module loading is restricted)'" \
	"mmnotify signed with a key that is not enrolled is refused"
check "! insmod /files/changed.ko 2> /tmp/error && grep -q 'Key was rejected' /tmp/error" \
	"mmnotify changed after it was signed is refused" || sed 's/^/# /' /tmp/error > "$tap"
for name in ftrace kprobe stack; do
	hook $name
done
mark
check "insmod /modules/mmnotify.ko && rmmod mmnotify" "mmnotify loads without the parameter hook"
news | grep 'mmnotify: ' | sed 's/^/# /' > "$tap"
check 'news | grep -q "mmnotify: version .*, hook ftrace,"' "without the parameter the hook is ftrace"
check_watch
check_tracing
finish
