#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM, in the suite's root: the cost of bpftrace with a count per stack.
set -eu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

quiet
settle
insmod /modules/mmn_native.ko
bench kstack_without /dev/bench_native
bpftrace -e 'BEGIN { printf("ready\n"); }
	kprobe:__mmu_notifier_invalidate_range_start { @[kstack] = count(); }' \
	> /tmp/bpftrace 2>&1 &
tracer=$!
n=0
until grep -q ready /tmp/bpftrace; do
	n=$((n + 1))
	if [ $n -gt 120 ] || ! kill -0 $tracer; then
		cat /tmp/bpftrace
		exit 1
	fi
	sleep 1
done
sleep 1
bench kstack /dev/bench_native
kill $tracer
