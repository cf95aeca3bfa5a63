# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2046,SC2154,SC2317
#
# make check-modes: fallbacks of the hook, other users of the same functions, other
# notifiers on the same process, and call sites without a row in the table. Runs on the
# oldest and the newest kernel. ONLY="comego-auto kvm" runs some steps.

kernels=(5.10 7.3)
packages=(bpftrace linux-perf)

# in_vm KERNEL NAME SCRIPT ARG...
in_vm()
{
	local kernel=$1 name=$1-$2 options=()
	[[ -z ${ONLY:-} || " $ONLY " == *" $2 "* ]] || return 0
	shift 2
	case $kernel-$1 in
	fp-*) ;;
	*-others.sh|*-comego.sh) options=(--root) ;;
	esac
	step_in_vm "$name" "$kernel" --mem 1536 --timeout 1800 --files "$top/tests/hooks" \
		--files "$top/tests/lib" --out "$results/$name.jsonl" "${options[@]}" \
		-- sh "/files/$1" "${@:2}"
}

# with_root KERNEL NAME...: prints the tracers NAME, which are in the suite's root, if it has one.
with_root()
{
	[[ $1 == fp-* ]] || echo "${@:2}"
}

run_steps()
{
	local kernel=$1 mode
	for mode in ftrace kprobe stack none; do
		in_turn in_vm "$kernel" "$mode" full.sh "$mode"
	done
	in_turn in_vm "$kernel" users users.sh
	in_turn in_vm "$kernel" chain chain.sh
	in_turn in_vm "$kernel" unknown unknown.sh
	in_turn in_vm "$kernel" first first.sh
	in_turn in_vm "$kernel" patched patched.sh
	in_turn in_vm "$kernel" plants plants.sh
	for mode in before idle used leaving going; do
		in_turn in_vm "$kernel" "killed-$mode" killed.sh "$mode"
	done
	in_turn in_vm "$kernel" kvm kvm.sh
	for mode in auto ftrace kprobe; do
		in_turn in_vm "$kernel" "others-$mode" others.sh "$mode" function function_all \
			graph graph_all kprobe kretprobe $(with_root "$kernel" bpf_kprobe bpf_fentry) \
			livepatch
		in_turn in_vm "$kernel" "beside-$mode" others.sh "$mode" ops_plain ops_regs \
			ops_ipmodify fprobe $(with_root "$kernel" perf) ops probes
	done
	in_turn in_vm "$kernel" comego-auto comego.sh auto 10
	in_turn in_vm "$kernel" comego-ftrace comego.sh ftrace 50
	in_turn in_vm "$kernel" comego-kprobe comego.sh kprobe 10
}
