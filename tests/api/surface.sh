#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: surface.sh [SEED]
# Runs in the VM: compares docs/security.md with the files that exist and checks the
# headings of debugfs files, and that modinfo has the types of parameters. Then come accesses of
# an unprivileged user, odd reads, reads while the module unloads, and random text for each
# parameter.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

seed=${1:-1}
debugfs=/sys/kernel/debug/mmnotify
parameters=/sys/module/mmnotify/parameters
events=/sys/kernel/tracing/events/mmnotify

load() {
	insmod /modules/mmnotify.ko "$@" 2> /tmp/error
}

as_nobody() {
	su -s /bin/sh nobody -c "$*" 2> /dev/null
}

# Prints the files in the table and those that exist: PATH MODE.
documented() {
	awk -F '|' '/^\| `\/sys/ { gsub(/[` ]/, "", $2); gsub(/ /, "", $3); print $2, $3 }' \
		/files/security.md | sort
}

there() {
	{
		find $debugfs $parameters -type f -exec stat -c '%n 0%a' {} +
		[ ! -d $events ] || echo "$events root"
		find /dev -name '*mmn*' -exec stat -c '%n 0%a' {} +
	} | sort
}

check_table() {
	documented > /tmp/documented
	there > /tmp/there
	check "[ \$(wc -l < /tmp/there) -gt 8 ] && cmp -s /tmp/documented /tmp/there" \
		"docs/security.md lists exactly the files that exist" ||
		diff /tmp/documented /tmp/there | sed 's/^/# /' > "$tap"
}

check_nobody() {
	echo 'nobody:x:65534:65534::/:/bin/sh' > /etc/passwd
	check '[ "$(as_nobody id -u)" = 65534 ] && as_nobody cat $parameters/watch > /dev/null' \
		"user nobody can read world-readable files"
	for file in "$debugfs"/* $events/enable $events/invalidate_start/enable; do
		check "! as_nobody cat $file > /dev/null" "user nobody cannot read $file"
	done
	for file in "$parameters"/*; do
		check "! as_nobody 'echo 1 > $file'" "user nobody cannot write $file"
	done
}

# Compares a whole file with reads of 1 and 7 bytes, and reads behind its end. The files
# change once after the load, when the hook of the self-test is detached.
check_odd_reads() {
	soon 200 grep -q '^attached 0' $debugfs/hook
	for file in $debugfs/hook $debugfs/clients; do
		cat $file > /tmp/whole
		for size in 1 7; do
			check "dd if=$file bs=$size 2> /dev/null | cmp -s - /tmp/whole" \
				"$file reads the same by $size bytes"
		done
		check "[ -z \"\$(dd if=$file bs=4096 skip=1000 2> /dev/null)\" ]" \
			"$file is empty far behind its end"
		check "! (echo 1 > $file) 2> /dev/null" "$file cannot be written"
	done
}

# heading PAGE WORD...: the first line of the file has the names of its columns.
heading() {
	page=$1
	shift
	check "[ \"\$(head -n 1 $debugfs/$page)\" = '# $*' ]" "$page has the heading $*"
}

# Events of the self-test at load are not counted.
check_pages() {
	heading counters event cause count walked
	heading sites site resolved hits kernels
	heading census site calls state
	heading clients client module ranges mms delivered timed ns
	heading drivers tgid driver module notifiers cause calls ns max_ns histogram comm
	heading inflight id ms pid tgid event cause start end site task process callback callback_ms
	heading processes tgid cgroup since until cause events pages ns comm
	heading tlb tgid driver module cause flushes whole pages max_pages comm
	heading verify site agree event_differs cause_differs site_differs unsure
	# Each kernel has more than 25 calls, in functions that all have a row.
	check "[ \$(sed -n 's/^# calls //p' $debugfs/census) -gt 25 ]" \
		"the census finds the call sites: $(sed -n 's/^# \(cycles\)/\1/p' $debugfs/census)"
	check "! grep -E ' unknown$' $debugfs/census" \
		"the census finds no call site without a row"
	# A self-built kernel may differ from the audit.
	[ -n "${MMN_TRUST:-}" ] || check "! grep -Ev '^#| (found|absent)$' $debugfs/census" \
		"no row differs from the audit"
	check "! grep -v '^#' $debugfs/counters" "no event is counted after the load"
	check "[ \"\$(sed -n 's/^# \([a-z]*\) 0$/\1/p' $debugfs/counters | xargs)\" = 'inexact delivered walks unwound' ]" \
		"no verdict, callback or walk is counted after the load"
}

# Prints those parameters whose type modinfo does not know.
untyped() {
	tr '\0' '\n' < /modules/mmnotify.ko > /tmp/info
	for file in "$parameters"/*; do
		grep -q "^parmtype=${file##*/}:" /tmp/info || echo "${file##*/}"
	done
}

check_types() {
	check '[ -z "$(untyped)" ] && [ $(grep -c "^parmtype=" /tmp/info) = $(ls $parameters | wc -l) ]' \
		"modinfo has the type of each parameter"
}

# seeded NR: prints NR lines of random text that depend only on the seed.
seeded() {
	awk -v seed="$seed" -v nr="$1" 'BEGIN {
		srand(seed)
		for (i = 0; i < nr; i++) {
			line = ""
			for (len = int(rand() * 40); len; len--)
				line = line sprintf("%c", 33 + int(rand() * 94))
			print line
		}
	}'
}

# The kernel accepts text that begins like a truth value; any other text is EINVAL.
is_truth() {
	case $1 in
	[yYtT1nNfF0eEdD]*|[oO][nNfF]*) ;;
	*) return 1 ;;
	esac
}

check_switch() {
	name=$1 bad=0
	while read -r text; do
		if echo "$text" > $parameters/$name; then
			is_truth "$text" || bad=$((bad + 1))
		fi 2> /dev/null
		case $(cat $parameters/$name) in
		Y|N) ;;
		*) bad=$((bad + 1)) ;;
		esac
	done < /tmp/texts
	echo 0 > $parameters/$name
	check "[ $bad = 0 ] && [ \$(cat $parameters/$name) = N ]" \
		"$name accepts only truth values"
}

# check_load NAME ALLOWED: tries ten values; one that ALLOWED rejects must fail with EINVAL.
check_load() {
	name=$1 bad=0 tried=0
	while read -r text; do
		case $text in
		''|*\"*) continue ;;
		esac
		[ $tried -lt 10 ] || break
		tried=$((tried + 1))
		load "$name=$text" || continue
		$2 "$text" || bad=$((bad + 1))
		rmmod mmnotify
	done < /tmp/few
	check "[ $bad = 0 ] && [ $tried = 10 ] && ! grep -q '^mmnotify ' /proc/modules" \
		"$name: none of $tried random values loads unless it is valid"
}

# Processes read the files while the module loads and unloads.
check_unload() {
	for _ in 1 2 3; do
		while [ ! -e /tmp/stop ]; do
			cat $debugfs/* > /dev/null 2>&1
			dd if=$debugfs/sites bs=3 skip=5 count=9 > /dev/null 2>&1
		done &
	done
	turns=0 tries=0
	while [ $turns -lt 5 ] && load watch=1; do
		# A reader holds a reference to the module.
		until rmmod mmnotify 2> /dev/null || [ $tries -gt 500 ]; do
			tries=$((tries + 1))
		done
		turns=$((turns + 1))
	done
	check '[ ! -d /sys/module/mmnotify ] && [ ! -d $debugfs ]' \
		"mmnotify unloads and its debugfs directory is removed"
	touch /tmp/stop
	wait
	check "[ $turns = 5 ]" "mmnotify unloads during reads, $turns times"
}

say 'TAP version 13'
check load "it loads"
check_pages
check_table
check_types
check_nobody
check_odd_reads
seeded 80 > /tmp/texts
seeded 40 > /tmp/few
dmesg -c > /dev/null
for name in watch debug verify starve_ends; do
	check_switch $name
done
check "dmesg | grep -q 'mmnotify: .* is a switch: write 0 or 1'" \
	"another value for a switch is logged with the valid ones"
check 'rmmod mmnotify' "it unloads"
# Only a name of the list is accepted: none of these is.
check_load hook false
check_load forget false
check_load trust false
for name in watch debug verify starve_ends; do
	check_load $name is_truth
done
check_unload
finish
