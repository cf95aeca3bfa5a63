# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-causes: every scenario on every machine of machines.list. verify=1 checks every
# verdict against the stack. One VM per kernel and machine, JOBS (one per CPU) at a time;
# their output is in build/results/causes, the summary in
# build/results/causes-KERNEL.txt.

machines()
{
	sed 's/#.*//' "$top/tests/scenarios/machines.list" | awk 'NF { print $1 }'
}

# Options may be quoted, as in a shell.
options_of()
{
	sed 's/#.*//' "$top/tests/scenarios/machines.list" |
		awk -v m="$1" '$1 == m { sub(/^[^ \t]+/, ""); print }' |
		xargs -r -n 1 printf '%s\n'
}

# The VM is killed when this script ends, whatever the reason.
run_machine()
{
	local kernel=$1 machine=$2 out=$results/$1-$2 options status=0 begun=$SECONDS
	mapfile -t options < <(options_of "$machine")
	setpriv --pdeathsig TERM "$top/tests/vm/run" --kernel "$kernel" \
		--load mmnotify:verify=1,mirror --files "$top/build/user" \
		--files "$top/tests/scenarios/causes" --files "$top/tests/lib" \
		--tap "$out.tap" --out "$out.jsonl" "${options[@]}" \
		-- sh /files/guest.sh "$machine" >"$out.log" 2>&1 || status=$?
	echo "$status" >"$out.status"
	say "$kernel $machine: $((SECONDS - begun)) s"
}

run_steps()
{
	local machine
	for machine in $(machines); do
		in_turn run_machine "$1" "$machine"
	done
}

forget()
{
	rm -f "$results/$1"[-.]* "$top/build/results/causes-$1".* "$top/build/results/causes".*
}

summary()
{
	local kernel
	"$top/tests/scenarios/causes/summary" "$top/build/results" "$@" >"$results/summary.tap"
	for kernel; do
		cat "$top/build/results/causes-$kernel.txt"
	done
	cat "$top/build/results/causes.txt"
	count_taps "$@"
}
