#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: guest.sh OPTION... (of fuzz)
# Runs in the VM: switches on everything in the kernel that moves pages, runs the program, and
# checks that nothing is left: no object of mmnotify, and modules that unload.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify
samples="mmn_svm mmn_userptr mmn_odp"

# try PATH VALUE: writes it if the kernel has the file.
try() {
	[ ! -w "$1" ] || echo "$2" > "$1" || echo "# $1 does not take $2"
}

# zram: disks in memory that need no worker.
disk() {
	modprobe -q lzo_rle
	[ -b /dev/zram0 ] || modprobe zram num_devices=2
	echo "$2" > "/sys/block/$1/disksize"
}

# busybox makes an ext2; the extents feature turns it into an ext4.
files() {
	modprobe ext4
	disk zram1 16M && mke2fs -F -b 4096 /dev/zram1 > /dev/null || return 1
	printf '\102' | dd of=/dev/zram1 bs=1 seek=1120 conv=notrunc 2> /dev/null
	mkdir -p /tmp/ext4
	mount -t ext4 /dev/zram1 /tmp/ext4
}

swap() {
	disk zram0 96M && mkswap /dev/zram0 > /dev/null && swapon /dev/zram0
}

machine() {
	thp=/sys/kernel/mm/transparent_hugepage
	try $thp/enabled madvise
	try $thp/defrag madvise
	try $thp/shmem_enabled advise
	try $thp/khugepaged/scan_sleep_millisecs 100
	try $thp/khugepaged/alloc_sleep_millisecs 50
	try $thp/khugepaged/pages_to_scan 2048
	try /sys/kernel/mm/ksm/smart_scan 0
	try /sys/kernel/mm/ksm/use_zero_pages 1
	try /sys/kernel/mm/ksm/sleep_millisecs 20
	try /sys/kernel/mm/ksm/pages_to_scan 100
	try /sys/kernel/mm/ksm/run 1
	try /proc/sys/vm/nr_hugepages 6
	try /proc/sys/vm/swappiness 150
	try /proc/sys/vm/min_free_kbytes 8192
	try /proc/sys/vm/compaction_proactiveness 60
	try /proc/sys/vm/unprivileged_userfaultfd 1
	try /proc/sys/vm/dirty_writeback_centisecs 200
	for scan in /proc/sys/kernel/numa_balancing_ /sys/kernel/debug/sched/numa_balancing/; do
		try ${scan}scan_delay_ms 50
		try ${scan}scan_period_min_ms 50
		try ${scan}scan_period_max_ms 200
		try ${scan}scan_size_mb 64
	done
	try /proc/sys/kernel/numa_balancing 1
	echo +memory > /sys/fs/cgroup/cgroup.subtree_control && mkdir -p /sys/fs/cgroup/fuzz
}

# DROP: effects that the devices have to ignore.
load() {
	[ -e /modules/mmnotify.ko ] || return 0
	insmod /modules/mmnotify.ko || return 1
	for module in $samples; do
		[ ! -e "/modules/$module.ko" ] ||
			insmod "/modules/$module.ko" drop_effect="${DROP:-0}" || return 1
	done
}

leftovers() {
	grep -q '^records_live 0' "$debugfs"/hook || grep ^records_live "$debugfs"/hook
	grep -q '^table_full 0' "$debugfs"/hook || grep ^table_full "$debugfs"/hook
	awk 'NR > 1 && $3 + $4' "$debugfs"/clients
}

# Ends of events and SRCU callbacks may still be pending.
none_now() {
	left=$(leftovers)
	[ -z "$left" ]
}

nothing_left() {
	soon 50 none_now
}

unload() {
	for module in $samples mmnotify; do
		grep -q "^$module " /proc/modules || continue
		rmmod "$module" || { echo "# $module does not unload"; return 1; }
	done
}

machine
files || { echo "# no ext4"; exit 2; }
swap || { echo "# no swap"; exit 2; }
load || { echo "# no modules"; exit 2; }
/files/fuzz --dir /tmp/ext4 --cgroup /sys/fs/cgroup/fuzz "$@"
status=$?
[ $status -le 1 ] || exit $status
echo "LEFT $(cat $debugfs/clients 2> /dev/null | tr '\n' ';')"
if [ -d $debugfs ] && ! nothing_left; then
	echo "# LEAKED: $left"
	exit 3
fi
unload || exit 3
exit $status
