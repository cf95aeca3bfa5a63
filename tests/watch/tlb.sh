#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: debugfs tlb counts the flushes of a secondary TLB, by process, driver and
# operation, with pages and those of the whole address space. A module stands for the driver of an
# IOMMU. Nothing is counted while timing is off.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

kprobes=/sys/kernel/debug/kprobes/list

# flushes CAUSE: flushes, whole and pages.
flushes() {
	grep "^$pid mmn_slow_flush mmn_slow $1 " $debugfs/tlb | cut -d ' ' -f 5-7
}

say 'TAP version 13'
export DEVICE=/dev/mmn_slow_iommu
check 'insmod /modules/mmnotify.ko && insmod /modules/mmn_slow.ko' "they load"
check '[ "$(cut -d " " -f 1-4 $debugfs/tlb)" = "# tgid driver module" ]' "there are only headings"
pid=$(/files/watched off munmap=5)
check '[ -z "$(flushes .)" ] && ! grep mmn_slow $kprobes' "nothing is counted while timing is off"
echo 1 > $parameters/timing
/files/watched learn munmap > /dev/null
soon 20 grep -q mmn_slow_flush $kprobes
pid=$(/files/watched on munmap=5 mprotect=3 fork=2)
read -r number whole pages <<EOT
$(flushes munmap)
EOT
check '[ "$number" -ge 5 ] && [ "$whole" = 0 ] && [ "$pages" -ge 20 ]' \
	"munmap: $number flushes, $pages pages" || cat $debugfs/tlb
read -r number whole pages <<EOT
$(flushes unknown)
EOT
# Before v6.6 drivers are told of the range of each event, and not of what the CPU flushes.
case $(grep -c ' __mmu_notifier_arch_invalidate_secondary_tlbs$' /proc/kallsyms) in
0)
	check '[ "$whole" = 0 ] && [ "$number" -ge 2 ]' "fork: all of $number flushes have a range" ;;
*)
	check '[ "$whole" -ge 2 ]' "fork: $whole of $number flushes are of the whole address space" ;;
esac
check '[ "$(flushes mprotect | cut -d " " -f 1)" -ge 3 ]' "mprotect: $(flushes mprotect)"
check '! grep " mmn_slow_flush .* - " $debugfs/drivers | grep -v "1 - - - - - "' \
	"flushes are not among the times"
echo 0 > $parameters/timing
before=$(cat $debugfs/tlb)
/files/watched off munmap=5 > /dev/null
check '[ "$before" = "$(cat $debugfs/tlb)" ] && ! grep mmn_slow $kprobes' "what was counted stays"
check 'rmmod mmn_slow mmnotify' "they unload"
finish
