#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Runs in the VM: sets up swap and the samples, switches off migration of pages outside of
# the workloads, and runs the program.
set -eu

modprobe -q lzo_rle || true
modprobe zram
echo 96M > /sys/block/zram0/disksize
mkswap /dev/zram0 > /dev/null
swapon /dev/zram0
echo 0 > /proc/sys/kernel/numa_balancing
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
insmod /modules/mmnotify.ko
for module in mmn_svm mmn_userptr mmn_odp; do
	insmod /modules/$module.ko
done
status=0
/files/thrash "$@" > /tmp/result || status=$?
cat /tmp/result
cat /tmp/result > "$MMN_OUT"
exit $status
