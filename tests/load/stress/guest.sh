#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: guest.sh SECONDS
# Runs in the VM, in the suite's root: each stressor of stress-ng's class vm alone
# for a second, then all of them together for SECONDS, always with mirrors at their
# processes. Writes mmnotify's debugfs files to $MMN_OUT, as one JSON line per line.
set -u

seconds=$1
single=1

# A disk with a file system for writeback, swap, and all kernel threads that move pages.
setup() {
	[ -e /etc/mtab ] || ln -s /proc/self/mounts /etc/mtab
	modprobe -a virtio_blk ext4
	mkdir -p /mnt
	mkfs.ext4 -q -F /dev/vda && mount /dev/vda /mnt && chmod 1777 /mnt || exit 1
	mkswap /dev/vdb > /dev/null && swapon /dev/vdb || exit 1
	echo 1 > /sys/kernel/mm/ksm/run
	echo 1000 > /sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs
	cd /mnt || exit 1
}

# A verdict that is not exact leaves its stack in the log.
trace_odd() {
	event=/sys/kernel/tracing/events/mmnotify/invalidate_start
	echo '!(flags & 2)' > $event/filter
	echo 'stacktrace if !(flags & 2)' > $event/trigger
	echo 1 > $event/enable
}

# stress_ng NAME LIMIT OPTION...
stress_ng() {
	name=$1 limit=$2
	shift 2
	/files/follow "$name" "$limit" stress-ng --temp-path /mnt --oomable "$@" > /tmp/output 2>&1 ||
		tail -n 20 /tmp/output
	sh /files/pages.sh --at "$name" verify > "$MMN_OUT"
}

setup
trace_odd
stress-ng --class 'vm?' 2>&1 | sed -n 's/^class .vm. stressors: //p' | tr ' ' '\n' > /tmp/class
sed 's/.*/{"page":"class","line":"&"}/' /tmp/class > "$MMN_OUT"
awk -F'\t' -v k="$MMN_KERNEL" '
	!/^#/ && ($2 == "all" || index("," $2 ",", "," k ",")) { print $1 }' \
	/files/excluded.list > /tmp/excluded
sh /files/pages.sh --at start verify > "$MMN_OUT"
grep -v -x -F -f /tmp/excluded /tmp/class > /tmp/chosen
while read -r name; do
	stress_ng "$name" 90 "--$name" 1 --timeout "$single" < /dev/null
done < /tmp/chosen
stress_ng all $((seconds * 3 + 90)) --class vm --all 1 --timeout "$seconds" \
	--exclude "$(tr '\n' , < /tmp/excluded | sed 's/,$//')"
grep -v '^#' /sys/kernel/tracing/trace | head -n 400
sh /files/pages.sh counters sites verify hook > "$MMN_OUT"
