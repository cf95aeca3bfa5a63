#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: guest.sh MACHINE
# Runs in the VM: the scenarios for this machine. Then appends the list of scenarios and
# mmnotify's counters to the verdicts in $MMN_OUT. On the plain machine the scenarios of
# hot.list run first and are counted separately.
set -u

if [ "$1" = plain ]; then
	hot=$(awk '!/^#/ && $2 != "-" { print $2 }' /files/hot.list | tr '\n' ,)
	MMN_TAP=/dev/null MMN_OUT=/dev/null /files/scenarios --quiet --only "${hot%,}"
	sh /files/pages.sh --at hot counters > /tmp/hot
fi
/files/scenarios --machine "$1"
status=$?
[ ! -e /tmp/hot ] || cat /tmp/hot > "$MMN_OUT"
/files/scenarios --list --machine "$1" |
	sed 's/.*/{"page":"list","line":"&"}/' > "$MMN_OUT"
sh /files/pages.sh counters sites verify hook > "$MMN_OUT"
exit $status
