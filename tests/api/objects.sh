#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Usage: objects.sh [OPERATIONS [SEED]]
# Runs in the VM with mmnotify loaded: the life of objects. Any two operations on one
# range concurrently, OPERATIONS random ones, and drivers that unload and leave objects.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify

append() {
	renumber "$1"
	[ "$planned" = "$seen" ] || check false "$2 run to their plan"
}

logged() {
	dmesg | grep -q "$1"
}

say 'TAP version 13'
need_ranges "the life of ranges and mm objects"
# Before 6.4 a page fault takes mmap_lock. While a test holds that lock, no page of the
# program may fault, so NUMA balancing is off.
echo 0 > /proc/sys/kernel/numa_balancing
insmod /modules/mmn_pairs.ko
/files/pairs > /tmp/pairs
append /tmp/pairs "pairs of operations"
check "logged 'mmnotify_range_remove(): the range is not inserted: insert it first, and wait for the insertion (-2,'" \
	"a removal of a zeroed range is logged"
check "! logged 'mmnotify_range_remove(): the range is not inserted: insert it first, and wait for the insertion (-114,'" \
	"a second removal of a range is not logged"
/files/pairs random "${1:-1000}" "${2:-1}" > /tmp/random
append /tmp/random "random operations"
# With the hook a record shows that the callback runs, without it what the callback saved.
echo 1 > /sys/module/mmnotify/parameters/watch
check "soon 50 grep -q '^attached 1' $debugfs/hook" "the hook is attached"
/files/pairs callback > /tmp/callback
append /tmp/callback "a removal in a callback beside the hook"
echo 0 > /sys/module/mmnotify/parameters/watch
# A client that was registered again at the end has had no object.
check "grep -Eq '^pairs mmn_pairs (0 0|- -) ' $debugfs/clients" "no object is left"
check "rmmod mmn_pairs" "the driver unloads"

# A driver has objects of a process that stays alive: a shell.
dmesg -c > /dev/null
insmod /modules/mmn_leaver.ko
sh -c ': < /dev/mmn_leaver; while [ ! -e /tmp/go ]; do sleep 0.1; done' &
check "soon 50 grep -q '^leaver mmn_leaver 1 1 ' $debugfs/clients" "a driver has a range and an mm object"
check "rmmod mmn_leaver" "the driver unloads and leaves its objects"
check "logged 'module mmn_leaver left client leaver registered, with 1 ranges and 1 mm objects'" \
	"the log names the module, the client and the objects"
check "! grep -q leaver $debugfs/clients" "debugfs clients is readable without the client"
check "logged 'leaver: removed() runs' && logged 'leaver: free() runs'" \
	"removals in progress finish before"
touch /tmp/go
wait
# Callbacks may still run between the exit function and the removal of the objects.
check "! dmesg | sed '1,/left client leaver/d' | grep -q 'after the exit function'" \
	"no callback runs after the objects are removed"

dmesg -c > /dev/null
insmod /modules/mmn_leaver.ko tier1=1
check "grep -qx 'leaver mmn_leaver - - - - -' $debugfs/clients" "a tier 1 client has no objects to count"
rmmod mmn_leaver
check "logged 'left client leaver registered, with 0 ranges and 0 mm objects'" \
	"a client without objects is unregistered as well"
dmesg -c > /dev/null
check "! insmod /modules/mmn_leaver.ko fail=1 2> /dev/null" \
	"the driver fails to load after it has made objects"
check "logged 'with 1 ranges and 1 mm objects'" \
	"objects of a driver that failed to load are removed"
check "insmod /modules/mmn_leaver.ko && rmmod mmn_leaver" "the driver can be loaded again"
check "rmmod mmnotify" "mmnotify unloads: no driver holds it"
finish
