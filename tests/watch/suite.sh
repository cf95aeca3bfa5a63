# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154
#
# make check-watch and check-first: the data for administrators. tests/check sources this file for the
# steps of make check.

kernels=(5.10 7.3)

# watch_in_vm KERNEL NAME SCRIPT ARG...
watch_in_vm()
{
	local kernel=$1 name=$2 script=$3
	shift 3
	step_in_vm "$kernel-watch-$name" "$kernel" --timeout 1200 --files "$top/tests/watch" \
		--files "$top/tests/lib" -- sh "/files/$script.sh" "$@"
}

# short_steps KERNEL: those of make check.
short_steps()
{
	in_turn watch_in_vm "$1" format format
	in_turn watch_in_vm "$1" pairs pairs
	in_turn watch_in_vm "$1" whose whose
	in_turn watch_in_vm "$1" first first
	in_turn watch_in_vm "$1" counters counters
	in_turn watch_in_vm "$1" inflight inflight
	in_turn watch_in_vm "$1" drivers drivers
	in_turn watch_in_vm "$1" tlb tlb
	in_turn watch_in_vm "$1" behind behind
	in_turn watch_in_vm "$1" netlink netlink
}

# make check-first: the first events of BOOTS boots, and of LOADS loads in one more.
run_steps()
{
	local boot
	[ -n "${LOADS:-}" ] || short_steps "$1"
	for ((boot = 1; boot <= ${BOOTS:-0}; boot++)); do
		in_turn watch_in_vm "$1" "boot$boot" first 1
	done
	[ -z "${LOADS:-}" ] || in_turn watch_in_vm "$1" loads first "$LOADS"
}
