# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-stress: stress-ng's class vm in each suite's root, alone and together
# for SECONDS (60), with mirrors at its processes; verify=1 checks verdicts with the stack.
# JOBS VMs (one per CPU) at a time; build/results/stress-KERNEL.txt has a summary.

# Not named SECONDS, which is a variable of bash that counts.
duration=${STRESS_SECONDS:-60}
packages=(stress-ng e2fsprogs)

# Little memory, so that there is reclaim; one disk for files and one for swap.
stress_kernel()
{
	local kernel=$1 out=$results/$1 disks status=0 begun=$SECONDS
	disks=$(mktemp -d)
	# shellcheck disable=SC2064
	trap "rm -rf '$disks'" EXIT
	truncate -s 1G "$disks/files" "$disks/swap"
	setpriv --pdeathsig TERM "$top/tests/vm/run" --kernel "$kernel" --root --mem 1024 \
		--load mmnotify:verify=1,mirror --timeout $((900 + duration * 4)) \
		--files "$top/build/user" --files "$top/tests/load/stress" --files "$top/tests/lib" \
		--qemu "-drive file=$disks/files,if=virtio,format=raw -drive file=$disks/swap,if=virtio,format=raw" \
		--out "$out.jsonl" -- sh /files/guest.sh "$duration" >"$out.log" 2>&1 || status=$?
	echo "$status" >"$out.status"
	say "$kernel: $((SECONDS - begun)) s"
}

run_steps()
{
	in_turn stress_kernel "$1"
}

forget()
{
	rm -f "$results/$1"[-.]* "$top/build/results/stress-$1".*
}

summary()
{
	local kernel
	"$top/tests/load/stress/summary" "$top/build/results" "$@" >"$results/summary.tap"
	for kernel; do
		cat "$top/build/results/stress-$kernel.txt"
	done
	count_taps "$@"
}
