#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: watched.sh COMMAND [ARG...]
# Runs in the VM of a debug kernel: runs the command, unloads all modules of this project
# and starts a scan of kmemleak. Reports of any detector go to the kernel log, which
# tests/vm/run checks.
set -u

"$@"
status=$?
tries=0
while grep -q -E '^(mmn_|mirror|mmnotify)' /proc/modules && [ $tries -lt 100 ]; do
	tries=$((tries + 1))
	for module in $(awk '/^(mmn_|mirror )/ { print $1 }' /proc/modules) mmnotify; do
		rmmod "$module" 2> /dev/null
	done
	sleep 0.1
done
if grep -E '^(mmn_|mirror|mmnotify)' /proc/modules; then
	echo "<1>BUG: a module of mmnotify cannot be unloaded" > /dev/kmsg
fi
leaks=/sys/kernel/debug/kmemleak
if [ -e $leaks ]; then
	sleep 6
	echo scan > $leaks
	sleep 1
	echo scan > $leaks
	cat $leaks
fi
exit $status
