#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: debugfs drivers names the drivers of each process, and with timing=1 how long their
# callbacks take, by cause. A driver that sleeps has its time, and the others do not. Nothing is
# probed while nothing is timed.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

slow=/sys/module/mmn_slow/parameters
kprobes=/sys/kernel/debug/kprobes/list

# column N PATTERN: of the lines of the process that match.
column() {
	grep "^$pid $2" $debugfs/drivers | cut -d ' ' -f $1
}

# timed CALLBACK CAUSE: calls, ns, max_ns and histogram.
timed() {
	grep "^$pid $1 mmn_slow - $2 " $debugfs/drivers | cut -d ' ' -f 6-9
}

# between LOW NUMBER HIGH
between() {
	[ $1 -le $2 ] && [ $2 -le $3 ]
}

# Number of callbacks that are probed.
probed() {
	grep -c mmn_slow_ $kprobes
}

# quiet: no probe is there but those from before. A kprobe of the hook stays for a second.
quiet() {
	soon 30 eval '[ $(cat $kprobes | wc -l) = $before ]'
}

# start NAME OPERATION...: in the background; a line on descriptor 3 lets it go on.
start() {
	: > /tmp/pid
	/files/watched "$@" < /tmp/in > /tmp/pid &
	exec 3> /tmp/in
	soon 50 test -s /tmp/pid
	pid=$(cat /tmp/pid)
}

finished() {
	exec 3>&-
	wait
}

# clients HOOK: drivers that use mmnotify, and KVM, are timed as others are, and their verdicts
# are the same. The stack has to be whole for those of tier 1.
clients() {
	MMN_TAP=/dev/null /files/scenarios --quiet --only $some > /dev/null
	echo 1 > $parameters/timing
	check 'MMN_TAP=/tmp/scenarios /files/scenarios --quiet --only $some > /tmp/out' \
		"$1: verdicts are right while callbacks are timed" || tail -n 5 /tmp/out
	check 'grep -q "^ok" /tmp/scenarios && ! grep "^not ok" /tmp/scenarios' \
		"$1: $(grep -c "^ok" /tmp/scenarios) of them"
	check '! awk "!/^#/ && (\$3 || \$4 || \$5)" $debugfs/verify | grep .' \
		"$1: the stack agrees with all of them"
	# Tier 1 by its own callback, tier 2 by the name of the client.
	check 'grep -q "^[0-9]* mirror_[a-z_]* mirror - munmap [1-9]" $debugfs/drivers &&
		grep -q "^[0-9]* mirror mirror - munmap [1-9]" $debugfs/drivers' \
		"$1: the client is timed in both tiers" || grep mirror $debugfs/drivers
	MMN_TAP=/dev/null /files/scenarios --quiet --machine kvm > /dev/null
	if [ -d /sys/module/kvm ]; then
		check 'grep -q "^[0-9]* kvm_mmu_notifier_invalidate_range_start kvm - [a-z_]* [1-9]" \
			$debugfs/drivers' "$1: KVM is timed"
	else
		skip "$1: KVM is timed" "this kernel has no KVM"
	fi
	echo 0 > $parameters/timing
}

# untimed: calls that could not be timed.
untimed() {
	sed -n 's/^# untimed //p' $debugfs/drivers
}

# second HOOK: the second pass of a range, which is passed neither mm nor event, also at the end of
# the mm. Where that one returns to is learnt from the first ones.
second() {
	if [ ! -e /dev/mmn_slow_two ]; then
		skip "$1: the second pass of a range is timed" "this kernel has one pass only"
		return
	fi
	DEVICE=/dev/mmn_slow_two
	rounds=0 before_two=
	until [ "$(untimed)" = "$before_two" ] || [ $rounds = 10 ]; do
		before_two=$(untimed) rounds=$((rounds + 1))
		start two wait
		finished
	done
	start two wait munmap=3
	finished
	check 'timed mmn_slow_second munmap | grep -q "^3 " && timed mmn_slow_first munmap | grep -q "^3 "' \
		"$1: both passes of a range are timed" || grep two $debugfs/drivers
	check 'timed mmn_slow_second exit | grep -q "^2 [1-9][0-9]\{7\}" && [ "$(untimed)" = "$before_two" ]' \
		"$1: and at the end of the mm: $(timed mmn_slow_second exit)" || grep two $debugfs/drivers
	echo 1000 > $slow/range_ms
	start two wait
	exec 3>&-
	check 'soon 20 grep -q "RELEASE exit .* two two mmn_slow_second [0-9]*\$" $debugfs/inflight' \
		"$1: one that hangs then is shown: $(grep two $debugfs/inflight)"
	wait
	echo 5 > $slow/range_ms
}

# By rules without and with the stack.
some=munmap,mprotect,fork,cow,madv_dontneed,thp_munmap_part,move_pages,madv_pageout,mbind

say 'TAP version 13'
mkfifo /tmp/in
for hook in auto kprobe; do
	check "insmod /modules/mmnotify.ko hook=$hook && insmod /modules/mmn_slow.ko" "$hook: they load"
	check '! grep "not available" $debugfs/drivers' "$hook: the drivers of a process can be read"
	# The hook of the self-test is detached after a second.
	soon 50 hooked 0
	before=$(cat $kprobes | wc -l)
	DEVICE='/dev/mmn_slow /dev/mmn_quick /dev/mmn_slow_range /dev/mmn_quick'
	export DEVICE
	start three wait munmap=8 dontneed=4 wait munmap=1 wait
	check '[ "$(column 4 "mmn_slow_start mmn_slow")" = 1 ] &&
		[ "$(column 4 "mmn_slow_quick mmn_slow")" = 2 ] &&
		[ "$(column 4 "mmn_slow_invalidate mmn_slow")" = 1 ]' \
		"$hook: each driver of the process is named, with its notifiers" || cat $debugfs/drivers
	check 'quiet' "$hook: nothing is probed for it"
	check 'echo 1 > $parameters/timing && hooked 1' "$hook: timing begins, and watches"
	check '[ $(probed) = 4 ]' "$hook: $(probed) callbacks are probed" || cat $kprobes
	echo >&3
	check 'soon 100 eval "timed mmn_slow_start madv_dontneed | grep -q \"^4 \""' \
		"$hook: the process has done its work" || cat $debugfs/drivers
	read -r calls ns max histogram <<-EOT
	$(timed mmn_slow_start munmap)
	EOT
	check '[ "$calls" = 8 ] && between 160000000 $ns 1600000000 && between 20000000 $max 500000000' \
		"$hook: 8 calls of 20 ms take $ns ns, at most $max"
	# 2^24 ns are 17 ms.
	check 'echo $histogram | grep -q "^24:[1-8]\(,2[5-8]:[1-7]\)*\$"' \
		"$hook: they are in the bucket of 20 ms: $histogram"
	read -r calls ns max histogram <<-EOT
	$(timed mmn_slow_invalidate munmap)
	EOT
	check '[ "$calls" = 8 ] && between 40000000 $ns 1000000000 && between 5000000 $max 500000000' \
		"$hook: 8 calls of 5 ms take $ns ns, at most $max: $histogram"
	read -r calls ns max histogram <<-EOT
	$(timed mmn_slow_quick munmap)
	EOT
	check '[ "$calls" = 16 ] && [ $ns -lt 80000000 ]' \
		"$hook: 16 calls of nothing take $ns ns: $histogram"
	check 'grep -q "^# untimed 0\$" $debugfs/drivers' "$hook: each call is timed" ||
		tail -n 1 $debugfs/drivers
	# It hangs.
	echo 2000 > $slow/sleep_ms
	echo >&3
	check 'soon 15 grep -q " three three mmn_slow_start [0-9]*\$" $debugfs/inflight' \
		"$hook: the callback that runs is shown: $(grep three $debugfs/inflight)"
	check 'echo 0 > $parameters/timing' "$hook: timing ends while a callback waits"
	check quiet "$hook: no probe is left"
	echo 20 > $slow/sleep_ms
	finished
	check 'timed mmn_slow_start munmap | grep -q "^8 "' "$hook: what was timed stays"
	# A driver that comes while timing is on.
	check 'rmmod mmn_slow && echo 1 > $parameters/timing && insmod /modules/mmn_slow.ko' \
		"$hook: the driver goes, and comes again"
	start later wait munmap=5 wait
	soon 50 eval '[ $(probed) = 4 ]'
	echo >&3
	check 'soon 50 eval "timed mmn_slow_start munmap | grep -q \"^5 \""' \
		"$hook: it is timed as well" || cat $debugfs/drivers $kprobes
	finished
	# Where the callbacks for the end of an mm return to is learnt from the first one.
	start ends wait munmap
	finished
	start ends wait munmap
	finished
	check 'timed mmn_slow_release exit | grep -q "^1 [2-9][0-9]\{7\} "' \
		"$hook: the release of an mm is timed: $(timed mmn_slow_release exit)"
	check 'timed mmn_slow_invalidate exit | grep -q "^2 "' \
		"$hook: that of a range, too, as the event of the exit: $(timed mmn_slow_invalidate exit)"
	echo 1000 > $slow/sleep_ms
	start ends wait
	exec 3>&-
	check 'soon 20 grep -q "RELEASE exit .* ends ends mmn_slow_release [0-9]*\$" $debugfs/inflight' \
		"$hook: one that hangs is shown: $(grep ends $debugfs/inflight)"
	wait
	echo 20 > $slow/sleep_ms
	check '! grep RELEASE $debugfs/inflight' "$hook: until it ends"
	second $hook
	check 'rmmod mmn_slow && [ $(probed) = 0 ]' "$hook: its probes go with it"
	echo 1 > $parameters/verify
	check 'insmod /modules/mirror.ko' "$hook: a client loads"
	clients $hook
	check 'rmmod mirror mmnotify && [ $(cat $kprobes | wc -l) = 0 ]' "$hook: mmnotify unloads"
	check "insmod /modules/mmnotify.ko hook=$hook timing=1 && hooked 1" "$hook: timing=1 at load"
	check 'rmmod mmnotify && [ $(cat $kprobes | wc -l) = 0 ]' "$hook: it unloads meanwhile"
done
finish
