#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM with no module loaded: drivers that are built without mmnotify,
# alone and beside it, and the same sources built with it, as one TAP stream.
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

# Prints the TAP lines that the module has logged since the last call, renumbered; checks
# their plan.
append() {
	dmesg -c | sed -n 's/.*TAP: //p' > /tmp/said
	renumber /tmp/said "$1: "
	check "[ '$planned' = '$seen' ]" "$1: its tests run to their plan"
}

# user MODULE WHAT: loads it, runs its tests, lets its process exit, and unloads it.
user() {
	check "insmod /modules/$1.ko" "$2: the driver loads"
	sleep 1
	check "rmmod $1" "$2: the driver unloads"
	append "$2"
	check "! [ -d /sys/module/$1 ]" "$2: the driver is unloaded"
}

say 'TAP version 13'
need_ranges "drivers with mmnotify_compat.h and mmnotify_optional.h"
dmesg -c > /dev/null
check '! [ -d /sys/module/mmnotify ]' "mmnotify is not loaded"
user mmn_compat_user "without"
check '! [ -d /sys/module/mmnotify ]' "drivers without mmnotify do not load it"
user mmn_compat_user "without, again"

check 'insmod /modules/mmn_optional_user.ko' "optional: the driver loads without mmnotify"
check 'rmmod mmn_optional_user' "optional: the driver unloads without mmnotify"
append "optional, without"

check 'insmod /modules/mmnotify.ko' "mmnotify loads"
user mmn_compat_user "beside"
user mmn_compat_real "with"

check 'insmod /modules/mmn_optional_user.ko there=1' "optional: the driver loads beside mmnotify"
check '! rmmod mmnotify 2> /dev/null' "optional: mmnotify cannot unload while the driver uses it"
check 'rmmod mmn_optional_user' "optional: the driver unloads beside mmnotify"
append "optional, with"
check 'rmmod mmnotify' "mmnotify unloads after its users"
finish
