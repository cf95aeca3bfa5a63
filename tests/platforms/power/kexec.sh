#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Usage: kexec.sh first | kexec.sh second NR
# Runs in the VM: kexec of the same kernel while mmnotify's hook is attached and events
# occur. The second kernel has the same files, and continues with the tests behind NR.
set -u
# shellcheck source-path=SCRIPTDIR/../../hooks source=lib.sh
. "${0%/*}/lib.sh"
# shellcheck source-path=SCRIPTDIR source=power.sh
. "${0%/*}/power.sh"

# Packs the files of the running system, with another command.
make_initrd() {
	printf '%s\0' sh /files/kexec.sh second $((nr + 3)) > /mmn/argv
	cd / || exit
	find . -xdev ! -path './tmp/*' ! -path ./files/vmlinuz | cpio -o -H newc > /tmp/initrd
	cd /files || exit
}

case $1 in
first)
	say 'TAP version 13'
	load_both hook=ftrace
	brief_right "before kexec"
	make_initrd 2> /dev/null
	check "[ -s /tmp/initrd ] && kexec load /files/vmlinuz /tmp/initrd" \
		"a kernel is loaded to be started" || finish
	meanwhile 100
	sleep 2
	clean "before kexec"
	nr=$((nr + 1))
	kexec start
	say "not ok $nr - it starts"
	failed=1
	finish
	;;
second)
	nr=$2
	check "[ ! -e /sys/kernel/debug/mmnotify ] && grep -q ' kexec_second' /proc/cmdline" \
		"another kernel runs, without mmnotify"
	load_both hook=ftrace
	brief_right "after kexec"
	clean "after kexec"
	unload_both
	finish
	;;
esac
