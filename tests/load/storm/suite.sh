# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-storm: per kernel STORM (1000) loads and unloads under stress-ng and the
# scenarios (loads). Then storms of objects in a loaded mmnotify, with numbers that depend on
# STORM (objects), and loads on an idle machine, which must leave no allocation (quiet).
# ONLY="objects loads quiet" runs some of them.

rounds=${STORM:-1000}
only=${ONLY:-objects quiet loads}
packages=(stress-ng)

# in_vm KERNEL NAME ARG...
in_vm()
{
	step_in_vm "$1-$2" "$1" --files "$top/tests/lib" "${@:3}"
	sed -n "s/^# /$1-$2: /p" "$results/$1-$2.tap"
}

# The first folder has the list of stressors that are excluded.
loads()
{
	in_vm "$1" loads --root --mem 1536 --timeout $((600 + rounds * 20)) \
		--files "$top/tests/load/stress" --files "$top/tests/load/storm" \
		-- sh /files/guest.sh "$rounds" stress
}

objects()
{
	in_vm "$1" objects --mem 1024 --cmdline 'slub_debug=U,kmalloc-*' \
		--timeout $((600 + rounds * 3)) --files "$top/tests/load/storm" \
		-- sh /files/objects.sh $((rounds * 10)) $((rounds * 1000)) $((rounds / 10 + 1)) "$rounds"
}

quiet()
{
	in_vm "$1" quiet --cmdline slub_debug=U --files "$top/tests/load/storm" -- sh /files/loads.sh 50
}

run_steps()
{
	local step
	for step in $only; do
		in_turn "$step" "$1"
	done
}
