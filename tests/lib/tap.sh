# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# For the scripts that run in the VM; sourced. One check is one line of TAP.
# shellcheck disable=SC2034

tap=${MMN_TAP:-/dev/stdout}
nr=0
failed=0

say() {
	echo "$*" > "$tap"
}

check() {
	nr=$((nr + 1))
	if eval "$1"; then
		say "ok $nr - $2"
	else
		failed=1
		say "not ok $nr - $2"
		return 1
	fi
}

# A self-built kernel (MMN_TRUST, from tests/vm/run) has no exact verdict unless mmnotify is
# loaded for it.
insmod() {
	case "$* " in
	/modules/mmnotify.ko*" trust="*) command insmod "$@" ;;
	/modules/mmnotify.ko*) command insmod "$@" ${MMN_TRUST:+"trust=$MMN_TRUST"} ;;
	*) command insmod "$@" ;;
	esac
}

# soon TRIES COMMAND...: tries the command every 0.1 s, and returns true when it does.
soon() {
	tries=$1
	shift
	until "$@"; do
		tries=$((tries - 1))
		[ $tries -gt 0 ] || return 1
		sleep 0.1
	done
}

# skip WHAT WHY
skip() {
	nr=$((nr + 1))
	say "ok $nr - $1 # SKIP $2"
}

# has_ranges: mmnotify's ranges are built on interval notifiers.
has_ranges() {
	grep -q ' mmu_interval_notifier_insert$' /proc/kallsyms
}

without_ranges="this kernel does not have interval notifiers, on which ranges are built"

# need_ranges WHAT: ends the script, as waived, on a kernel without them.
need_ranges() {
	has_ranges && return
	skip "$1" "$without_ranges"
	finish
}

# renumber FILE [PREFIX]: adds a TAP stream to the script's own. Sets $planned to its plan
# and $seen to its number of tests, for the caller to compare.
renumber() {
	planned='' seen=0
	while read -r line; do
		case $line in
		"ok "*|"not ok "*)
			seen=$((seen + 1)) nr=$((nr + 1))
			case $line in not*) failed=1 ;; esac
			say "$(echo "$line" | sed "s/ok [0-9]*/ok $nr/; s/ - / - ${2:-}/")"
			;;
		1..*) planned=${line#1..} ;;
		TAP*) ;;
		*) say "$line" ;;
		esac
	done < "$1"
}

finish() {
	say "1..$nr"
	exit $failed
}
