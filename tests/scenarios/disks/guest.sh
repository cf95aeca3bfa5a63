#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM, in the suite's root, with mmnotify and mirror loaded: page_cache on each
# file system of which the kernel has a module. verify=1 has to agree with all verdicts.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify
modprobe virtio_blk

# on NAME MODULE COMMAND...: makes a file system on /dev/vda and runs the operations there.
on() {
	name=$1 module=$2
	shift 2
	if ! modprobe -q "$module" || ! grep -qw "$module" /proc/filesystems; then
		skip "$name" "this kernel has no $module"
		return
	fi
	mkdir -p /tmp/disk
	# Direct writes of files with checksums are buffered on some kernels (6.12.118).
	options=rw
	[ "$module" = btrfs ] && options=nodatasum
	check "$* /dev/vda > /tmp/made 2>&1 && mount -t $module -o $options /dev/vda /tmp/disk" \
		"$name is made and mounted" || { sed 's/^/# /' /tmp/made > "$tap"; return; }
	/files/page_cache /tmp/disk > /tmp/operations
	renumber /tmp/operations "$name: "
	check "[ -n '$planned' ] && [ '$planned' = $seen ]" "$name: all operations ran"
	check "umount /tmp/disk" "$name is unmounted"
}

say 'TAP version 13'
# Old tools have no exchange of ranges.
mkfs_xfs() {
	mkfs.xfs -q -f -i exchange=1 "$1" || mkfs.xfs -q -f "$1"
}
on xfs xfs mkfs_xfs
on btrfs btrfs mkfs.btrfs -f -q
on exfat exfat mkfs.exfat
on "ext4 with small blocks" ext4 mkfs.ext4 -q -F -b 1024
awk '/^# site/ { on = 1; next } /^#/ { on = 0 }
	on { agree += $2; other += $3 + $4 + $5 }
	END { print agree + 0, other + 0 }' $debugfs/verify > /tmp/verified
read -r agree other < /tmp/verified
check "[ $agree -ge 50 ] && [ $other = 0 ]" "verify=1 agrees on $agree events and disagrees on $other" ||
	sed 's/^/# /' $debugfs/verify > "$tap"
finish
