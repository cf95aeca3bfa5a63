#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM with no module loaded: a driver that was built with frozen headers, on
# an mmnotify that has grown, as one TAP stream.
set -u
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

# Reason for expected failures; empty if none is expected.
todo=''

say 'TAP version 13'
dmesg -c > /dev/null
check 'insmod /modules/mmnotify.ko' "mmnotify, grown, loads"
check 'insmod /modules/mmn_abi_driver.ko' "a driver with frozen headers loads"
dmesg -c | sed -n "s/.*TAP: //p" | sed "/^ok\|^not ok/s/\$/ $todo/" > /tmp/said
renumber /tmp/said
check "[ -z '$todo' ] || grep -q '^not ok' /tmp/said" "an expected failure still fails: else clear todo"
check "[ '$planned' = '$seen' ]" "the driver runs all tests of its plan"
check 'rmmod mmn_abi_driver' "the driver unloads"
check 'rmmod mmnotify' "mmnotify unloads"
finish
