# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# shellcheck disable=SC2154
# For the scripts that run in the VM; sourced, after tests/hooks/lib.sh is.

# Runs scenarios in the background for at most that many seconds; each verdict is checked.
meanwhile() {
	MMN_TAP=/tmp/meanwhile MMN_OUT=/dev/null /files/scenarios --quiet --loop "$1" \
		> /tmp/meanwhile.sums &
	background=$!
}

# Checks that all their verdicts were right, and that there were some.
been_right() {
	wait "$background"
	status=$?
	check "[ $status = 0 ] && grep -q '# [1-9][0-9]* passed' /tmp/meanwhile.sums" \
		"$1, meanwhile: $(sed 's/^# //' /tmp/meanwhile.sums)" ||
		failures /tmp/meanwhile
}

# brief_right DESCRIPTION
brief_right() {
	right "$1" --only "$brief"
}

clean() {
	check "hook_says 'attached 1' && hook_says 'attach_error 0' && hook_says 'stuck 0'" \
		"$1: the hook is attached" || cat "$debugfs/hook"
	check "[ $(counted no_record) = 0 ]" "$1: each event had a record"
}
