#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM with no module loaded: drivers that are built without mmnotify,
# alone and beside it, and the same sources built with it, as one TAP stream.
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

# What the module said since the last time, renumbered; its plan is checked here.
append() {
	dmesg -c | sed -n 's/.*TAP: //p' > /tmp/said
	renumber /tmp/said "$1: "
	check "[ '$planned' = '$seen' ]" "$1: ends with its plan"
}

# user MODULE WHAT: it loads, tests, sees its process exit, and goes.
user() {
	check "insmod /modules/$1.ko" "$2: it loads"
	sleep 1
	check "rmmod $1" "$2: it unloads"
	append "$2"
	check "! [ -d /sys/module/$1 ]" "$2: and is gone"
}

say 'TAP version 13'
dmesg -c > /dev/null
check '! [ -d /sys/module/mmnotify ]' "mmnotify is not loaded"
user mmn_compat_user "without"
check '! [ -d /sys/module/mmnotify ]' "and nothing has loaded it"
user mmn_compat_user "without, again"

check 'insmod /modules/mmn_optional_user.ko' "optional: it loads without mmnotify"
check 'rmmod mmn_optional_user' "optional: and unloads"
append "optional, without"

check 'insmod /modules/mmnotify.ko' "mmnotify loads"
user mmn_compat_user "beside"
user mmn_compat_real "with"

check 'insmod /modules/mmn_optional_user.ko there=1' "optional: it loads with mmnotify"
check '! rmmod mmnotify 2> /dev/null' "optional: and keeps it"
check 'rmmod mmn_optional_user' "optional: until it unloads"
append "optional, with"
check 'rmmod mmnotify' "mmnotify unloads after its users"
finish
