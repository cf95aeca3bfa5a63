# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make fuzz: SEEDS (20) random programs of STEPS (50000) steps per kernel, from SEED
# (1; given alone, only that one). A failure is reduced: in its VM if a device
# had a stale translation, in fresh ones if the VM died.
# CHECK=N checks the devices after each N steps (64). KINDS=MASK and SERIAL=1 are printed with
# a reduced failure. BROKEN=EFFECT lets the devices ignore an effect, which must be found:
# no_write, no_read, or a mask. Verdicts with pfn or vma_gone have no_read as well, so a
# device that ignores only pfn or vma_gone has nothing stale.

results=$top/build/results/fuzz
steps=${STEPS:-50000} check=${CHECK:-64} seed=${SEED:-1} shrink=${SHRINK:-240}
drop=${BROKEN:-} options=()
seeds=${SEEDS:-$([ -n "${SEED:-}${BROKEN:-}" ] && echo 1 || echo 20)}
# Several seeds in one VM, so that a seed also runs on the state that others left.
per_vm=5
[ -z "${KINDS:-}" ] || options+=(--kinds "$KINDS")
[ -z "${SERIAL:-}" ] || options+=(--serial)
[ -z "${OPS:-}" ] || options+=(--ops)
case $drop in
no_write) drop=4 ;;
no_read) drop=8 ;;
''|[0-9]*) ;;
*) die "BROKEN=$drop: name no_write, no_read or a mask" ;;
esac

# in_vm KERNEL NAME SEED SEEDS STEPS [OPTION...]
in_vm()
{
	local kernel=$1 name=$results/$1-$2 first=$3 count=$4 length=$5
	shift 5
	setpriv --pdeathsig TERM "$top/tests/vm/run" --kernel "$kernel" --mem 640 \
		--files "$top/build/user" --files "$top/tests/fuzz/mm" --files "$top/tests/lib" --tap "$name.tap" \
		--timeout $((120 + shrink + count * (30 + length / 50))) -- \
		env "DROP=${drop:-0}" sh /files/guest.sh --seed "$first" --seeds "$count" \
		--steps "$length" --check "$check" --shrink "$shrink" "${options[@]}" "$@" \
		>"$name.log" 2>&1
}

# The VM has died, so the failure is reduced in new ones.
smaller_in_fresh_vms()
{
	local kernel=$1 nr=$2 length=$steps
	while [ "$length" -gt 500 ]; do
		length=$((length / 2))
		in_vm "$kernel" "$nr-smaller" "$nr" 1 "$length"
		[ $? -ge 99 ] || break
		say "$kernel: SEED=$nr STEPS=$length still fails"
	done
}

# Number of the seed, counted from the first, at which the VM died.
seed_at()
{
	grep -c '^ok ' "$1" 2>/dev/null || true
}

judge()
{
	local kernel=$1 nr=$2 status=$3 name=$results/$1-$2
	grep -E '^# (seed|STALE|smallest|it needs|LEAKED)|does not unload' "$name.log" | sed "s/^# /$kernel /"
	case $status in
	0|1) passed "$kernel-$nr-console" "$kernel: the VM with seed $nr ended and its log is clean" ;;
	3) broken "$kernel-$nr-console" "$kernel: objects or modules are left, see build/results/fuzz/$kernel-$nr.log" ;;
	*) broken "$kernel-$nr-console" "$kernel: the VM failed ($status), see build/results/fuzz/$kernel-$nr.log" ;;
	esac
	if [ "$status" -ge 99 ] && [ -z "$drop" ]; then
		tail -n 20 "$name.log"
		smaller_in_fresh_vms "$kernel" $((nr + $(seed_at "$name.tap")))
	fi
}

# One stale seed is enough to show that an effect was ignored.
judge_broken()
{
	local kernel=$1 nr=$2 name=$results/$1-$2 what
	what="$kernel: the check finds devices that ignore effects $drop"
	grep -E '^# (seed|STALE|smallest)' "$name.log" | sed "s/^# /$kernel /"
	if grep -q '^# STALE' "$name.log"; then
		passed "$kernel-$nr" "$what"
	else
		broken "$kernel-$nr" "$what"
	fi
}

run_steps()
{
	local kernel=$1 at=$seed last=$((seed + seeds)) count status
	while [ "$at" -lt "$last" ]; do
		count=$((last - at < per_vm ? last - at : per_vm))
		say "$kernel: seeds $at to $((at + count - 1))"
		in_vm "$kernel" "$at" "$at" "$count" "$steps"
		status=$?
		if [ -n "$drop" ]; then
			judge_broken "$kernel" "$at"
		else
			judge "$kernel" "$at" "$status"
		fi
		at=$((at + count))
	done
}
