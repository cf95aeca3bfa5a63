#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: the same invalidation with an increasing number of objects.
set -eu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

grow() {
	/files/growth "$1" "$2" > /tmp/result
	sed -i 's/^/GROWTH /' /tmp/result
	report
}

quiet
settle
insmod /modules/mmnotify.ko
insmod /modules/mmn_grow.ko
sleep 2
for nr in 1 1000 100000 1000000; do
	grow interval $nr
	grow range $nr
done
for nr in 1 4 16 64; do
	grow notifier $nr
	grow mm $nr
done
for nr in 1 100 10000; do
	grow notifiers $nr
	grow mms $nr
done
echo madvise > /sys/kernel/mm/transparent_hugepage/enabled
for depth in 1 2; do
	grow plain $depth
	grow deep $depth
done
