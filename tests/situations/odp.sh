#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM, in a root with rdma-core's tests: memory that is registered with rdma_rxe for
# on-demand paging is changed in many ways, and one command of the tool names each.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"
# shellcheck source-path=SCRIPTDIR source=../drivers/foreign/rdma.sh
. "${0%/*}/rdma.sh"

answer=/tmp/answer

say 'TAP version 13'
unpack_tests
insmod /modules/mmnotify.ko
check 'device && soon 100 gid' 'rxe has a device'
if ! grep -q ' rxe_odp_' /proc/kallsyms; then
	skip 'trace names what happens to registered memory' 'rxe has no on-demand paging'
	finish
fi
/files/mmnotify trace > $answer 2> /tmp/errors &
tool=$!
soon 200 test -s $answer
rdma_tests test_changes > /tmp/rdma.tap
check '! grep -q "^not ok" /tmp/rdma.tap && grep -q "^ok" /tmp/rdma.tap' \
	'the peer reads what the process wrote'
sleep 1
kill -INT $tool
wait $tool
for cause in munmap madv_dontneed mprotect fork cow ksm_merge move_pages mremap_fixed truncate; do
	check 'grep -q " python3 .* $cause  *[a-z-].* 0x" $answer' "trace names $cause" ||
		head -n 20 $answer | sed 's/^/# /' > "$tap"
done
finish
