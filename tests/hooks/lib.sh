# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# For the scripts that run in the VM; sourced.
# shellcheck disable=SC2034
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify
tracing=/sys/kernel/tracing

# Scenarios of every kind, and those whose cause only the stack reveals.
brief=munmap,mmap_fixed,mremap_move,mremap_dontunmap,madv_dontneed,mprotect_none,fork
brief=$brief,cow,file_truncate,file_punch,exit,exec,thp_munmap_part,hugetlb_cow,tier_mm
asking=process_vm_writev,cow_proc_mem,move_pages,mbind,thp_split,ksm_write,uffd_wp
asking=$asking,writeback_msync,direct_write,madv_pageout,tcp_zerocopy,time_namespace
asking=$asking,soft_offline,hwpoison_file,process_mrelease

# Does the unwinder pass the trampoline of a kretprobe, or stop there? It passes where it looks
# up the return address that the kretprobe replaced.
trampoline=stops
! grep -q -E ' (kretprobe|rethook)_find_ret_addr$' /proc/kallsyms || trampoline=passes

# The lines of the kernel log since the last mark.
mark() {
	dmesg > /tmp/mark
}

news() {
	dmesg | tail -n "+$(($(wc -l < /tmp/mark) + 1))"
}

hook_says() {
	grep -q "^$1\$" $debugfs/hook
}

counted() {
	awk -v n="$1" '$1 == n { print $2 }' $debugfs/hook
}

# failures TAP: prints the failures of the scenarios as comments.
failures() {
	grep -A 12 '^not ok' "$1" | cut -c 1-200 | sed 's/^[^#]/# &/' | head -n 60 > "$tap"
}

# right DESCRIPTION ARG...: the scenarios must pass. One check; prints the failures.
right() {
	what=$1
	shift
	MMN_TAP=/tmp/tap MMN_OUT=/tmp/out /files/scenarios --quiet "$@" > /tmp/sums
	status=$?
	cat /tmp/out >> /tmp/outs
	check "[ $status = 0 ] && grep -q '# [1-9][0-9]* passed' /tmp/sums" \
		"$what: $(sed 's/^# //' /tmp/sums)" || failures /tmp/tap
}

# Runs the quick scenarios and those that need the stack; all must pass.
all_right() {
	with=$1
	shift
	right "$with: quick scenarios" --loop 1 "$@"
	right "$with: scenarios that need the stack" --only "$asking" "$@"
}

load() {
	insmod /modules/mmnotify.ko "$@" 2> /tmp/error
}

load_both() {
	check "load $1 && insmod /modules/mirror.ko" \
		"mmnotify and mirror load with ${1:-no parameters}"
}

unload_both() {
	check "rmmod mirror && rmmod mmnotify" "mirror and mmnotify unload"
}
