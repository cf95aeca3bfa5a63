# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash disable=SC2034,SC2154
#
# make check-watch: the data for administrators. tests/check sources this file for the steps of
# make check.

kernels=(5.10 7.3)

# watch_in_vm KERNEL SCRIPT ARG...
watch_in_vm()
{
	local kernel=$1 script=$2
	shift 2
	step_in_vm "$kernel-watch-$script" "$kernel" --files "$top/tests/watch" \
		--files "$top/tests/lib" -- sh "/files/$script.sh" "$@"
}

# short_steps KERNEL: those of make check.
short_steps()
{
	in_turn watch_in_vm "$1" format
	in_turn watch_in_vm "$1" whose
	in_turn watch_in_vm "$1" counters
	in_turn watch_in_vm "$1" inflight
}

run_steps()
{
	short_steps "$1"
}
