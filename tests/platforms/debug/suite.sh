# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-debug: all tests that use the module, on kernels with the kernel's own
# detectors. First each detector must find a bug that is planted for it.
# KERNEL=kasan-6.12 runs one kernel, ONLY="planted api" some steps.

tests=$top/tests
only=${ONLY:-planted trust scenarios api objects samples fuzz}
seeds=${SEEDS:-3} steps=${STEPS:-3000}
kernels=(kasan-6.12 kcsan-6.12 kasan-7.3 kcsan-7.3)

# BUG and the report that the kernel must print between its mark and the next one. lockdep
# is off after its first report and after one of KASAN.
planted()
{
	case $1 in
	kasan-*) cat <<-'END'
		rcu suspicious RCU
		lock circular locking
		atomic scheduling while atomic|sleeping function called
		nonblock scheduling in a non-blocking section|sleeping function called
		shift UBSAN: shift-out-of-bounds
		bounds KASAN: slab-out-of-bounds
		freed KASAN: slab-use-after-free
		leak kmemleak: [0-9]+ new
		hung blocked for more than
		END
		;;
	kcsan-*) echo 'race KCSAN: data-race' ;;
	esac
}

# found LOG BUG PATTERN
found()
{
	awk -v bug="$2" -v pattern="$3" '
		/planted: / { on = $0 ~ "planted: " bug "$" }
		on && $0 ~ pattern { found = 1 }
		END { exit !found }' "$1"
}

check_planted()
{
	local kernel=$1 out=$results/$1-planted nr=0 begun=$SECONDS bug pattern
	# shellcheck disable=SC2046
	"$tests/vm/run" --kernel "$kernel" --mem 2048 --load mmnotify --files "$tests/platforms/debug" \
		--cmdline kasan_multi_shot -- sh /files/planted.sh $(planted "$kernel" | awk '{ print $1 }') >"$out.log" 2>&1
	while read -r bug pattern; do
		nr=$((nr + 1))
		if found "$out.log" "$bug" "$pattern"; then
			echo "ok $nr - $kernel: finds a planted bug: $bug"
		else
			echo "not ok $nr - $kernel: finds a planted bug: $bug"
		fi
	done < <(planted "$kernel") >"$out.tap"
	echo "1..$(planted "$kernel" | wc -l)" >>"$out.tap"
	say "$kernel-planted: $((SECONDS - begun)) s"
}

# debug_vm KERNEL NAME ARG...
debug_vm()
{
	step_in_vm "$1-$2" "$1" --mem 2048 --timeout "${VM_TIMEOUT:-1500}" "${@:3}"
}

# A build of one's own is not exact by itself; the other steps load with trust=series.
check_trust()
{
	debug_vm "$1" trust --files "$tests/platforms/debug" --files "$tests/hooks" \
		--files "$tests/lib" -- sh /files/trust.sh
}

check_scenarios()
{
	debug_vm "$1" scenarios --load mmnotify:verify=1,mirror --files "$tests/platforms/debug" \
		-- sh /files/watched.sh /files/scenarios --patience 4
}

check_api()
{
	debug_vm "$1" api --load mmnotify,mirror --files "$tests/api" --files "$tests/lib" \
		--files "$tests/platforms/debug" -- sh /files/watched.sh sh /files/guest.sh
}

check_objects()
{
	debug_vm "$1" objects --load mmnotify --files "$tests/api" --files "$tests/lib" \
		--files "$tests/platforms/debug" -- sh /files/watched.sh sh /files/objects.sh 10000
}

check_samples()
{
	debug_vm "$1" samples --load mmnotify,mmn_svm,mmn_userptr,mmn_odp \
		--files "$tests/api" --files "$tests/lib" --files "$tests/platforms/debug" \
		-- sh /files/watched.sh sh /files/samples.sh
}

check_fuzz()
{
	debug_vm "$1" fuzz --files "$tests/fuzz/mm" --files "$tests/lib" --files "$tests/platforms/debug" \
		-- sh /files/watched.sh sh /files/guest.sh --seeds "$seeds" --steps "$steps"
}

run_steps()
{
	local step
	for step in $only; do
		in_turn "check_$step" "$1"
	done
}
