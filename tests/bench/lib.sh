# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2154
# For the benchmarks; sourced after vm/lib.sh.

# bench_in_vm KERNEL LOG ARG...: runs tests/vm/run, and prints its log only if it fails.
bench_in_vm()
{
	local kernel=$1 log=$2
	shift 2
	"$top/tests/vm/run" --kernel "$kernel" --files "$top/build/user" "$@" >"$log" 2>&1 || {
		tail -n 40 "$log" >&2
		die "the benchmark failed on $kernel"
	}
}
