# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-disks: the page cache of XFS, btrfs, exFAT and ext4, made by their tools in the
# suite's root. Each operation on a mapped file must have its cause.

packages=(xfsprogs btrfs-progs exfatprogs e2fsprogs)

disks_of()
{
	local disk
	disk=$(mktemp)
	# shellcheck disable=SC2064
	trap "rm -f '$disk'" EXIT
	truncate -s 1G "$disk"
	step_in_vm "$1-disks" "$1" --root --mem 1536 --load mmnotify:verify=1,mirror \
		--files "$top/tests/scenarios/disks" --files "$top/tests/lib" \
		--qemu "-drive file=$disk,if=virtio,format=raw" -- sh /files/guest.sh
}

run_steps()
{
	in_turn disks_of "$1"
}
