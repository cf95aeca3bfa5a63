# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2154
# For scripts that test on this machine and print TAP; sourced. $prefix begins each
# description.

count=0 failed=0

# ok WHAT COMMAND...: one test; the output of a command that fails follows it.
ok()
{
	local what=$1 output
	shift
	count=$((count + 1))
	if output=$("$@" 2>&1 </dev/null); then
		echo "ok $count - $prefix: $what"
	else
		echo "not ok $count - $prefix: $what"
		tail -n 40 <<<"$output" | sed 's/^/# /'
		failed=1
	fi
}

# skip WHAT WHY
skip()
{
	count=$((count + 1))
	echo "ok $count - $prefix: $1 # SKIP $2"
}

finish()
{
	echo "1..$count"
	exit $failed
}
