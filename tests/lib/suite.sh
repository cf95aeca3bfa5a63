# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2154
# For tests/run and tests/check, which run many steps in VMs; sourced after vm/lib.sh. Each
# step writes TAP and a log to $results.

say()
{
	printf '%s == %s\n' "$(date +%T)" "$*"
}

# A step that cannot start is one failed test, not a missing one.
broken()
{
	printf '1..1\nnot ok 1 - %s\n' "$2" >"$results/$1.tap"
}

# passed NAME WHAT: one passed test for a step without TAP of its own.
passed()
{
	printf '1..1\nok 1 - %s\n' "$2" >"$results/$1.tap"
}

# prepare_kernels KERNEL...: builds those of tests/vm/build-kernel, and prepares the others with
# $packages in their root.
prepare_kernels()
{
	local kernel package options=() others=()
	for kernel; do
		if is_debug_kernel "$kernel"; then
			"$top/tests/vm/build-kernel" --config "${kernel%%-*}" \
				--source "${kernel#*-}" || return
		else
			others+=("$kernel")
		fi
	done
	for package in "${packages[@]}"; do
		options+=(--with "$package")
	done
	[ ${#others[@]} = 0 ] || "$top/tests/vm/prepare" "${options[@]}" "${others[@]}"
}

# step_in_vm NAME KERNEL ARG...: runs a step in a VM, with TAP from its serial port. A bad
# line in the kernel log fails the step even if all tests pass. The VM is killed with the
# suite.
step_in_vm()
{
	local name=$1 kernel=$2 log=$results/$1.log status begun=$SECONDS
	shift 2
	setpriv --pdeathsig TERM "$top/tests/vm/run" --kernel "$kernel" --tap "$results/$name.tap" \
		--files "$top/build/user" "$@" >"$log" 2>&1
	status=$?
	grep -q '^1\.\.' "$results/$name.tap" 2>/dev/null ||
		broken "$name" "$name: no plan, see ${log#"$top/"}"
	if [ "$status" -ge 99 ]; then
		tail -n 25 "$log"
		broken "$name-console" "$name: the VM run failed ($status), see ${log#"$top/"}"
		sed -n '/the kernel complained:$/,$ s/^/# /p' "$log" | head -n 20 \
			>>"$results/$name-console.tap"
	else
		passed "$name-console" "$name: the run ended and the kernel log is clean"
	fi
	say "$name: $((SECONDS - begun)) s"
}

# count_taps KERNEL...: counts all steps of these kernels, and the summary if there is one.
count_taps()
{
	local kernel taps=()
	shopt -s nullglob
	for kernel; do
		taps+=("$results/$kernel"-*.tap)
	done
	[ ! -f "$results/summary.tap" ] || taps+=("$results/summary.tap")
	"$top/tests/lib/tap-count" "${taps[@]}"
}
