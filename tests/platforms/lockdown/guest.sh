#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# Usage: guest.sh LEVEL
# Runs in the VM of a locked down kernel (integrity or confidentiality): which modules
# load, which hook they get, what is closed, and that verdicts are right.
# Checks get their commands as words and names of functions.
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

# refused FILE WORDS: and the kernel's log has the words.
# The kernel says ten such things in five seconds at most, and has much to say at boot.
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

# hook NAME: all of it with this hook; the log says nothing that it does not say otherwise.
hook() {
	mark
	check "insmod /modules/mmnotify.ko hook=$1 && insmod /modules/mirror.ko" \
		"signed with a key that was enrolled, it loads with hook=$1" || say_news
	check "grep -q '^backend $1\$' $debugfs/hook" "and gets that hook"
	check '! news | grep -E "mmnotify: .*(not used|no hook|no verdict)"' \
		"and has nothing to complain of" || say_news
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
	check has_counted "the counters in debugfs count and are read"
	for file in "$debugfs"/*; do
		check "cat $file > /dev/null" "$file is open"
	done
	check "echo 0 > /sys/module/mmnotify/parameters/watch" "parameters are written"
}

# Whoever wants the tracepoints.
check_tracing() {
	if [ "$level" = integrity ]; then
		check "echo 1 > $events/enable" "the tracepoints are open"
		sleep 1
		busy
		check "grep -q 'invalidate_start: tgid' $tracing/trace" "and have events"
		check "echo 0 > $events/enable" "and close"
	else
		check "! (echo 1 > $events/enable) 2> /dev/null" "the tracepoints are closed"
	fi
	check "rmmod mmn_native && rmmod mmnotify" "both unload"
}

mount -t securityfs securityfs /sys/kernel/security 2> /dev/null
say 'TAP version 13'
dmesg | grep -E 'secureboot|integrity: |Loaded X.509|MODSIGN|MokList|UEFI' | sed 's/^/# /' > "$tap"
check "grep -q '\[$level\]' /sys/kernel/security/lockdown" "the kernel is locked down: $level"
check "refused /files/unsigned.ko 'unsigned module (loading is restricted|is rejected)'" \
	"without a signature it is refused, and the log says why"
check "refused /files/other.ko '(unavailable key is rejected|unsigned module loading is restricted)'" \
	"signed with a key that nobody enrolled: refused"
check "! insmod /files/changed.ko 2> /tmp/error && grep -q 'Key was rejected' /tmp/error" \
	"signed and changed: refused" || sed 's/^/# /' /tmp/error > "$tap"
for name in ftrace kprobe stack; do
	hook $name
done
mark
check "insmod /modules/mmnotify.ko && rmmod mmnotify" "it loads with the hook it chooses"
news | grep 'mmnotify: ' | sed 's/^/# /' > "$tap"
check 'news | grep -q "mmnotify: version .*, hook ftrace$"' "which is ftrace"
check_watch
check_tracing
finish
