#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM with no module loaded: drivers that are built without mmnotify,
# alone and beside it, and the same sources built with it, as one TAP stream.
set -u

tap=${MMN_TAP:-/dev/stdout}
nr=0
failed=0

check() {
	nr=$((nr + 1))
	if eval "$1"; then
		echo "ok $nr - $2" > "$tap"
	else
		failed=1
		echo "not ok $nr - $2" > "$tap"
	fi
}

# What the module said since the last time, renumbered; its plan is checked here.
append() {
	planned='' seen=0
	dmesg -c | sed -n 's/.*TAP: //p' > /tmp/said
	while read -r line; do
		case $line in
		"ok "*|"not ok "*)
			seen=$((seen + 1)) nr=$((nr + 1))
			case $line in not*) failed=1 ;; esac
			echo "$line" | sed "s/ok [0-9]* - /ok $nr - $1: /" > "$tap"
			;;
		1..*) planned=${line#1..} ;;
		*) echo "$line" > "$tap" ;;
		esac
	done < /tmp/said
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

echo 'TAP version 13' > "$tap"
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
echo "1..$nr" > "$tap"
exit $failed
