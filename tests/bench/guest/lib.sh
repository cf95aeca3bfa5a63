# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=sh
# Shared by the scripts that run in the VM; sourced.

# What is in /tmp/result is one.
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

# Until the kernel has made up its mind about the clock source, it measures others
# and patches itself. It is settled once it has been the same for 4 s.
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

# What the kernel does of its own accord is nobody's instruction.
quiet() {
	echo 0 > /proc/sys/kernel/numa_balancing
	echo never > /sys/kernel/mm/transparent_hugepage/enabled
	echo -1 > /proc/sys/kernel/sched_rt_runtime_us
	modprobe zram
	echo 256M > /sys/block/zram0/disksize
	mkswap /dev/zram0 > /dev/null
	swapon /dev/zram0
}

# How many events the hook has seen.
starts() {
	sed -n 's/^starts //p' /sys/kernel/debug/mmnotify/hook
}
