#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: planted.sh BUG...
# Runs in the VM: plants each bug, with a mark in the kernel log before it.
echo 4 > /proc/sys/kernel/hung_task_timeout_secs 2> /dev/null
echo 1 > /proc/sys/kernel/hung_task_check_interval_secs 2> /dev/null
for bug; do
	echo "<1>planted: $bug" > /dev/kmsg
	insmod /modules/mmn_planted.ko bug="$bug"
	rmmod mmn_planted
	if [ "$bug" = leak ]; then
		# kmemleak does not report objects of the last seconds.
		sleep 6
		echo scan > /sys/kernel/debug/kmemleak
		sleep 1
		echo scan > /sys/kernel/debug/kmemleak
	fi
done
echo "<1>planted: end" > /dev/kmsg
