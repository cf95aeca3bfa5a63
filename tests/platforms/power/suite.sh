# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-power: CPU hotplug, sleep and kexec under events, on the oldest and the
# newest kernel. ONLY="cpus sleep" runs some steps.

only=${ONLY:-cpus sleep kexec}
kernels=(5.10 7.3)

# in_vm KERNEL STEP OPTION... -- ARG...
in_vm()
{
	local kernel=$1 step=$2 options=()
	shift 2
	while [ "$1" != -- ]; do
		options+=("$1")
		shift
	done
	step_in_vm "$kernel-$step" "$kernel" --mem 1536 \
		--files "$top/tests/hooks" --files "$top/tests/platforms/power" --files "$top/tests/lib" \
		"${options[@]}" -- sh "/files/$step.sh" "${@:2}"
}

# kexec needs the packed kernel image; QEMU boots an unpacked one.
run_kexec()
{
	local image
	image=$(mktemp -d)
	# shellcheck disable=SC2064
	trap "rm -rf '$image'" EXIT
	kernel_find "$1"
	cp "$VMLINUZ" "$image/vmlinuz"
	in_vm "$1" kexec --files "$image" -- first
}

run_step()
{
	case $2 in
	cpus) in_vm "$1" cpus --cpus 4 -- 60 ;;
	sleep) in_vm "$1" sleep -- ;;
	kexec) run_kexec "$1" ;;
	*) die "no step $2" ;;
	esac
}

run_steps()
{
	local step
	for step in $only; do
		in_turn run_step "$1" "$step"
	done
}
