# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# Shared by the scripts that run in the VM; sourced.

# Prints /tmp/result and appends it to the results of the run.
report() {
	[ ! -e "${MMN_OUT:-/dev/null}" ] || cat /tmp/result > "${MMN_OUT:-/dev/null}"
	cat /tmp/result
}

# bench CONFIG ARG...: prints lines
# "RESULT CONFIG OPERATION UNITS MIN MEDIAN EVENTS WALKS".
bench() {
	config=$1
	shift
	/files/bench "$@" > /tmp/result
	sed -i "s/^/RESULT $config /" /tmp/result
	report
}

# The kernel measures clock sources and patches its text until it has selected one. Waits
# until the clock source is the same for 4 s.
settle() {
	file=/sys/devices/system/clocksource/clocksource0/current_clocksource
	last='' same=0
	while [ $same -lt 4 ]; do
		clock=$(cat $file)
		[ "$clock" = "$last" ] && same=$((same + 1)) || same=0
		last=$clock
		sleep 1
	done
	echo "CLOCK $clock"
}

# Switches off activity of the kernel that is not part of the measured operations.
quiet() {
	echo 0 > /proc/sys/kernel/numa_balancing
	echo never > /sys/kernel/mm/transparent_hugepage/enabled
	echo -1 > /proc/sys/kernel/sched_rt_runtime_us
	modprobe zram
	echo 256M > /sys/block/zram0/disksize
	mkswap /dev/zram0 > /dev/null
	swapon /dev/zram0
}

# Prints the number of events that the hook saw.
starts() {
	sed -n 's/^starts //p' /sys/kernel/debug/mmnotify/hook
}
