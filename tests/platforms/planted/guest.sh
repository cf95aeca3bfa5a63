#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM, on a kernel that tests/vm/plants has edited: which rows and causes are not exact.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../../hooks/lib.sh
. "${0%/*}/lib.sh"

census=$debugfs/census

differ() {
	grep -v '^#' $census | grep -Ev ' (found|absent)$| found, native events| unknown' | awk '{ print $1 }' | sort | xargs
}

inexact() {
	sed -n 's/^# inexact //p' $debugfs/counters
}

# What the scenarios did not expect, with the call site.
surprises() {
	grep -E '^# seq [0-9]+: (unexpected|not exact|claims)' /tmp/tap
}

# The frames that tell apart causes of these call sites do not count.
zaps=' at (zap_vma_range_batched|unmap_hugepage_range)$'

say 'TAP version 13'
load_both watch=1
check "soon 50 hook_says 'attached 1'" "the hook is attached"

check 'grep -q "^move_page_tables .* more calls than audited$" $census' \
	"a second call in a known function: its row"
check 'grep -q "^change_protection .* a caller was not audited$" $census' \
	"a new caller of change_protection(): its row"
check 'grep -q "^planted_caller .* unknown caller of change_protection$" $census' \
	"and the caller is named"
check '[ "$(differ)" = "change_protection move_page_tables" ]' "no other row differs: $(differ)"
check 'grep -q "mincore.* unknown$" $census' "a new call site has no row"
# With the inlined function, the compiler also moves a call into madvise_vma_behavior().
check '! grep " unknown$" $census | grep -v "mincore\|^madvise_vma_behavior "' \
	"no other call site of the sources has none"
check 'grep -q "^# no function of madvise_guard_install$" $census' \
	"an inlined function that rules look for is missing"
check '[ "$(grep -c "no function of" $census)" = 1 ]' "no other one is"

before=$(inexact)
check "/files/mincore" "a program uses the new call site"
new=$(($(inexact) - before))
check '[ $new -ge 5 ]' "its $new events are not exact"

MMN_TAP=/tmp/tap MMN_OUT=/tmp/out /files/scenarios --quiet > /tmp/sums
check 'grep -q "# [1-9][0-9][0-9] passed" /tmp/sums' "$(sed 's/^# //' /tmp/sums)"
# The planted native event is seen at run time only.
for site in move_page_tables change_protection do_wp_page; do
	check 'surprises | grep -q "not exact: .* at $site$"' "events of $site are not exact"
done
check '! surprises | grep -Ev " at (move_page_tables|change_protection|do_wp_page)\$|$zaps" |
	grep -v "CLEAR unknown .*at madvise_vma_behavior$"' \
	"those of other call sites are as expected" || failures /tmp/tap
check 'surprises | grep -Eq "unexpected: CLEAR zap .*$zaps"' \
	"where frames do not count the cause is the group" || failures /tmp/tap
check '! surprises | grep -E "$zaps" | grep -v "unexpected: CLEAR zap "' \
	"and no frame further out stands for the inlined one"
check 'dmesg | grep -q "mmnotify: census: do_wp_page announces native event"' \
	"the log has the native event that was not audited"
unload_both
finish
