#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: rxe.sh alone|watched
# Runs in the VM, in the suite's root: rdma_rxe with on-demand paging, without mmnotify or
# with mmnotify watching. The unmodified driver does not use mmnotify, so the same tests must
# pass in both modes: those of rdma-core that rdma-tests.list names, and test_changes.py.
# Commands are passed to check() as text, and functions are called by name.
# shellcheck disable=SC2016,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=watched.sh
. "${0%/*}/watched.sh"
# shellcheck source-path=SCRIPTDIR source=rdma.sh
. "${0%/*}/rdma.sh"

mode=$1
tracing=/sys/kernel/tracing

# run_tests DESCRIPTION TEST...
run_tests() {
	what=$1
	shift
	rdma_tests "$@" > /tmp/rdma.tap
	renumber /tmp/rdma.tap "$mode: "
	check '[ "$seen" = "$planned" ]' "$mode: $what runs all tests of its plan" ||
		sed 's/^/# /' /tmp/rdma.tap | tail -n 5 > "$tap"
}

# A device without invalidations must fail: its pages are pinned.
pinned() {
	PINNED=1 rdma_tests test_changes > /tmp/rdma.tap
	failed_tests=$(grep -c '^not ok' /tmp/rdma.tap)
	[ "$failed_tests" -ge 5 ]
}

causes="munmap madv_dontneed mprotect fork cow ksm_merge move_pages mremap_fixed truncate"

# by_cause CAUSE: true if mmnotify counted and traced an event with this cause.
by_cause() {
	grep -q -E "^[A-Z_]+ $1 [1-9]" "$debugfs/counters" &&
		grep -q "invalidate_start: .*cause=$1 .*EXACT" "$tracing/trace"
}

watch() {
	echo 16384 > $tracing/buffer_size_kb
	echo 1 > $tracing/events/mmnotify/enable
	echo 1 > /sys/module/mmnotify/parameters/watch
}

say 'TAP version 13'
unpack_tests
if [ "$mode" = watched ]; then
	watch
else
	check '! grep -q ^mmnotify /proc/modules' "$mode: mmnotify is not loaded"
fi
check 'device && soon 100 gid' "$mode: rxe has a device"
# shellcheck disable=SC2046
run_tests "rdma-core" $(grep -v '^#' /files/rdma-tests.list)
round=0
until enough 1; do
	round=$((round + 1))
	run_tests "test_changes, round $round," test_changes
done
if [ "$mode" = watched ]; then
	saw rxe 100
else
	check pinned "$mode: test_changes fails with memory that is pinned"
	say "# $failed_tests tests of it fail"
fi
check 'rdma link delete rxe0 && modprobe -r rdma_rxe' "$mode: rxe unloads"
[ "$mode" = alone ] || check 'rmmod mmnotify' "$mode: and mmnotify"
finish
