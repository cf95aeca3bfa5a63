# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh disable=SC2016,SC2034,SC2154
# For rxe.sh and kvm.sh; sourced. Rounds of a driver's tests with a watch, with $mode,
# $causes, and by_cause() of the script.

debugfs=/sys/kernel/debug/mmnotify

# enough LEAST: true if the rounds so far suffice. A watch resolves call sites and frames
# asynchronously, so the first event of a call site may have no cause, and it may take several
# rounds until each cause was seen. LEAST rounds are run in any case.
enough() {
	[ "$round" -lt 10 ] || return 0
	[ "$round" -ge "$1" ] || return 1
	[ "$mode" = watched ] || return 0
	for cause in $causes; do
		by_cause "$cause" || return
	done
}

# saw DRIVER EVENTS: checks that each cause was seen, and that verify=1 checked EVENTS events
# or more.
saw() {
	events=$2
	for cause in $causes; do
		check 'by_cause "$cause"' "$mode: mmnotify shows $1's invalidations by $cause"
	done
	check 'awk -v least="$events" "!/^[#-]/ { bad += \$3 + \$4 + \$5; n += \$2 }
			END { exit bad || n < least }" "$debugfs/verify"' \
		"$mode: the stack agrees with every verdict" ||
		sed 's/^/# /' "$debugfs/verify" > "$tap"
	sed 's/^[# ]*/# counters: /' "$debugfs/counters" > "$tap"
}
