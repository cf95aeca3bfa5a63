# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# The measurements of the storms; sourced, in the VM.
# shellcheck disable=SC2034
# shellcheck source-path=SCRIPTDIR source=../../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify

# Shrinking empties the per-CPU lists of freed objects; only then is the kernel's number of
# allocated objects exact.
settle() {
	sync
	echo 3 > /proc/sys/vm/drop_caches
	for cache in /sys/kernel/slab/*/shrink; do
		echo 1 > "$cache"
	done 2> /dev/null
	sleep 1
}

kernel_kb() {
	awk '/^Slab:|^VmallocUsed:|^Percpu:/ { s += $2 } END { print s }' /proc/meminfo
}

# Number of objects that kmalloc() has allocated, of all sizes.
kmalloc_objects() {
	cat /sys/kernel/slab/kmalloc-*/objects | awk '{ s += $1 } END { print s }'
}

percpu_kb() {
	awk '/^Percpu:/ { print $2 }' /proc/meminfo
}

modules_now() {
	cut -d ' ' -f 1-3 /proc/modules | sort
}

# before NAME stores the measurements; after NAME, some storm later, sets $grown_objects and
# $grown_kb; same_modules NAME compares the list of modules.
before() {
	settle
	echo "$(kmalloc_objects) $(kernel_kb) $(percpu_kb)" > "/tmp/memory.$1"
	modules_now > "/tmp/modules.$1"
}

after() {
	settle
	read -r objects kb percpu < "/tmp/memory.$1"
	grown_objects=$(($(kmalloc_objects) - objects))
	grown_kb=$(($(kernel_kb) - kb))
	say "# $1: $grown_objects kmalloc objects, $grown_kb kB of kernel memory ($(($(percpu_kb) - percpu)) kB percpu) more than before"
}

same_modules() {
	modules_now | cmp -s - "/tmp/modules.$1"
}

# Prints what is left. Allowed are the client $stays and then records, since an event may
# be in flight at any moment.
stays=''
leftovers() {
	[ -n "$stays" ] || grep -q '^records_live 0' $debugfs/hook || grep ^records_live $debugfs/hook
	grep -q '^table_full 0' $debugfs/hook || grep ^table_full $debugfs/hook
	awk -v stays="$stays" '!/^#/ && ($1 != stays || $3 + $4)' $debugfs/clients
}

none_now() {
	left=$(leftovers)
	[ -z "$left" ]
}

nothing_left() {
	soon 50 none_now
}
