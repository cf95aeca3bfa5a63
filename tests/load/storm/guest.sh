#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Usage: guest.sh ROUNDS [stress]
# Runs in the VM: ROUNDS loads and unloads while the scenarios run, and stress-ng, too, with
# "stress". Every second round has no client but watch=1; in the others mirrors follow
# stress-ng's processes. Processes that still have the device open at the end of a round
# are killed at an arbitrary point, so that exits with live objects race the unload.
# check evaluates its first argument, which shellcheck does not follow.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

rounds=${1:-200}
follow='' nice=''

# busybox has killall, the suite's root has pkill.
end_scenarios() {
	killall -q -9 scenarios 2> /dev/null || pkill -9 -x scenarios 2> /dev/null
}

start_scenarios() {
	# shellcheck disable=SC2086
	env -u MMN_TAP -u MMN_OUT $nice /files/scenarios --loop 100000 --quiet \
		> /tmp/scenarios.log 2>&1 &
}

# Runs one stressor of class vm after the other, with the CPU time that the loads and unloads
# leave. end_stress removes all memory that a killed stressor leaves.
start_stress() {
	echo 512M > /sys/block/zram0/disksize
	mkswap /dev/zram0 > /dev/null && swapon /dev/zram0
	echo -1000 > /proc/self/oom_score_adj
	nice='nice -n 10'
	awk -F'\t' -v k="$MMN_KERNEL" '
		!/^#/ && ($2 == "all" || index("," $2 ",", "," k ",")) { print $1 }' \
		/files/excluded.list > /tmp/excluded
	MMN_OUT=/tmp/followed nice -n 5 /files/follow storm 1000000 nice -n 14 sh -c "while :; do
		stress-ng --temp-path /tmp --oomable --sequential 1 --class vm --timeout 2 \
			--exclude $(tr '\n' , < /tmp/excluded | sed 's/,$//')
		done" > /tmp/stress 2>&1 &
	follow=$!
}

end_stress() {
	kill -USR1 $follow
	pkill -9 -P $follow
	while pgrep stress-ng > /dev/null; do
		pkill -9 stress-ng
		sleep 0.1
	done
	wait $follow
	say "# stress-ng: $(cat /tmp/followed)"
	swapoff -a
	echo 1 > /sys/block/zram0/reset
	ipcrm -a
	rm -rf /tmp/tmp-stress-ng* /dev/shm/*
}

mirrors() {
	[ -z "$follow" ] || kill "$1" "$follow"
}

unload() {
	tries=0
	until rmmod "$1" 2> /dev/null; do
		end_scenarios
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.05
	done
}

# A client that has had no object yet shows "-".
told() {
	awk '$1 == "mirror" { n = $5 } END { print n + 0 }' $debugfs/clients
}

# One round with a client: at least one event is delivered to it.
client_round() {
	insmod /modules/mirror.ko || stop "mirror does not load"
	start_scenarios
	mirrors -USR2
	sleep 0.4
	tries=0
	while [ "$(told)" = 0 ] && [ $tries -lt 200 ]; do
		tries=$((tries + 1))
		sleep 0.05
	done
	delivered=$((delivered + $(told)))
	mirrors -USR1
	end_scenarios
	unload mirror || stop "mirror does not unload"
}

stop() {
	check false "$rounds loads and unloads under load: round $i: $1"
	end_scenarios
	finish
}

round() {
	insmod /modules/mmnotify.ko watch=$((i % 2)) || stop "mmnotify does not load"
	if [ $((i % 2)) = 0 ]; then
		client_round
	fi
	echo 0 > /sys/module/mmnotify/parameters/watch
	watched=$((watched + $(awk '!/^#/ { s += $3 } END { print s + 0 }' $debugfs/counters)))
	# Every fifth time, as it takes a second to free the records of watch=1.
	[ $((i % 5)) != 0 ] || nothing_left || stop "$left"
	unload mmnotify || stop "mmnotify does not unload"
}

# leak KIND KB: plants a leak of that size, which the measurement has to show.
leak() {
	before planted
	insmod /modules/mmnotify.ko
	insmod /modules/mmn_planted.ko "bug=$1" "kb=$2"
	rmmod mmn_planted
	rmmod mmnotify
	after planted
	[ "$grown_kb" -gt "$tolerance" ]
}

# A bare notifier, without mmnotify, keeps events in flight at every attach and detach.
insmod /modules/mmn_native.ko
[ "${2:-}" != stress ] || modprobe zram
gently=''
! command -v nice > /dev/null || gently='nice -n 5'
# shellcheck disable=SC2086
$gently sh -c 'exec 3< /dev/bench_native; while :; do /bin/true; done' &

# The first rounds allocate what the kernel keeps for good.
delivered=0 watched=0
for i in 1 2 3 4; do
	round
done
before storm
[ "${2:-}" != stress ] || start_stress
i=0 delivered=0 watched=0
while [ $i -lt "$rounds" ]; do
	i=$((i + 1))
	round
	[ $((i % 50)) != 0 ] || say "# round $i"
done
[ -z "$follow" ] || end_stress
check true "$rounds loads and unloads under load"
say "# $watched events were counted, $delivered were delivered to a client"
check "[ $watched -gt $rounds ] && [ $delivered -ge $((rounds / 2)) ]" \
	"every round had events"
check "same_modules storm" "the same modules are loaded as before"
# Half a page per round, less than any whole page that a load could lose. Smaller growth
# occurs without mmnotify; with few rounds only larger leaks are found.
tolerance=$((rounds * 2))
[ $tolerance -ge 2048 ] || tolerance=2048
[ "$rounds" -ge 100 ] || tolerance=4096
after storm
check "[ $grown_kb -le $tolerance ]" "kernel memory grew by $tolerance kB at most"
for kind in slab vmalloc percpu; do
	# Of v4.4 to v5.2, as RHEL 8.6.
	if [ $kind = vmalloc ] && grep -q '^VmallocUsed: *0 kB$' /proc/meminfo; then
		skip "a planted leak is found: $kind" "this kernel does not count it"
		continue
	fi
	check "leak $kind $((tolerance * 2))" "a planted leak is found: $kind"
done
finish
