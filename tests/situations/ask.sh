#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: ask.sh [SITUATION]...
#
# Runs in the VM: brings processes into the situations of docs/admin.md, asks one command of the
# tool in each, and compares its answer with what the program knows. The drivers do not know
# mmnotify: KVM, a bare notifier, and one that waits in its callbacks.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2034,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

answer=/tmp/answer
facts=/tmp/facts

# fact NAME: the value that the program printed.
fact() {
	sed -n "s/^fact $1 //p" $facts | tail -n 1
}

reached() {
	[ "$(grep -c -E "^($1|failed)" $facts)" -ge ${2:-1} ]
}

# begin NAME: starts the program, up to the operations.
begin() {
	name=$1
	rm -f /tmp/go
	mkfifo /tmp/go
	/files/situation $name < /tmp/go > $facts &
	program=$!
	exec 3> /tmp/go
	soon 200 reached ready
}

# Lets the operations happen, with the events of those before in the answer.
act() {
	echo >&3
	soon 600 reached 'done'
}

# The answer of a command that runs during the operations is complete when it has ended.
end() {
	echo >&3
	exec 3>&-
	wait $program
}

hooked() {
	grep -q "^attached $1\$" /sys/kernel/debug/mmnotify/hook
}

# asked COMMAND...: starts the tool, and waits until it watches. The hook of the situation before is
# detached a moment after its tool has ended.
asked() {
	soon 100 hooked 0
	: > $answer
	/files/mmnotify "$@" > $answer 2> /tmp/errors &
	tool=$!
	soon 200 watching
	# stat takes its first figures when the hook is attached.
	[ -z "${quiet:-}" ] || sleep 2
}

watching() {
	hooked 1 && { [ -s $answer ] || [ -n "${quiet:-}" ]; }
}

answered() {
	sleep 1
	kill -INT $tool
	wait $tool
}

# lines PATTERN: how many lines of the answer match.
lines() {
	grep -c -E "$1" $answer
}

# shown: the first lines of the answer, where a check failed.
shown() {
	grep -h -v '^$' $facts $answer /tmp/errors | head -n 25 | sed 's/^/# /' > "$tap"
}

# during NAME COMMAND...: the tool runs during the operations.
during() {
	begin $1
	shift
	asked "$@"
	act
	answered
	end
}

# of PATTERN...: an extended expression for a line with all of them, in this order.
of() {
	all=
	for word; do
		all="$all$word.*"
	done
	echo "$all"
}

balloon() {
	during balloon trace
	for cause in mmap_fixed madv_dontneed mprotect munmap; do
		check '[ $(lines "$(of " vmm " " balloon " "thp_split < $cause" " 512 ")") -ge 1 ]' \
			"$name: thread balloon splits a huge page by $cause" || shown
		check '[ $(lines "$(of " vmm " " balloon " " $cause " " 8 ")") -ge 1 ]' \
			"$name: and changes 8 pages by $cause" || shown
	done
}

fork() {
	during fork trace --cause fork
	buffer=$(fact buffer | sed 's/ /-/; s/-0x/-/')
	check '[ $(lines "$(of " trainer " " dataloader " " fork " " $buffer ")") = 20 ]' \
		"$name: dataloader forks 20 times with the buffer, and not after the advice" || shown
}

decay() {
	during decay trace --stack
	check '[ $(lines "$(of " server " " plugin " " madv_dontneed " " 8 ")") = 300 ]' \
		"$name: thread plugin still drops memory, 300 times" || shown
	check '[ $(lines "$(of " server " " arena " " madv_free " " 8 ")") = 5 ]' \
		"$name: thread arena frees 5 times" || shown
	check '[ $(lines "program .*plugin_decay") -ge 300 ]' \
		"$name: the stack names the function of the program" || shown
}

churn() {
	begin churn
	memory=$(fact memory | sed 's/ /-/')
	asked trace --range $memory
	act
	answered
	end
	check '[ $(lines " vmm .* madv_dontneed ") = 10 ]' \
		"$name: 10 of 1,010 events hit the memory of the guest" || shown
}

file() {
	dd if=/dev/zero of=/tmp/disk bs=1M count=32 2> /dev/null
	modprobe -a loop ext4
	mkdir -p /mnt
	mke2fs -F /tmp/disk > /dev/null 2>&1 && mount -t ext4 -o loop /tmp/disk /mnt
	during file trace
	check '[ $(lines "$(of " vmm " " snapshot " " writeback " "guest-memory")") -ge 16 ]' \
		"$name: thread snapshot writes back pages of the guest, of file guest-memory" || shown
	umount /mnt
}

killed() {
	begin killed
	asked trace
	act
	answered
	check '[ $(lines " $(fact victim) victim .* RELEASE  *exit ") = 1 ]' \
		"$name: the process is released once, by its name" || shown
	end
}

remote() {
	begin remote
	asked trace
	echo >&3
	soon 300 reached ready 2
	answered
	victim="$(fact victim) victim "
	[ -n "$(fact no-soft-dirty)" ] ||
		check '[ $(lines "$(of " $victim" " criu " " soft_dirty_clear ")") -ge 1 ]' \
			"$name: criu clears soft-dirty bits of the victim" || shown
	check '[ $(lines "$(of " $victim" " oomd " " madv_pageout ")") -ge 1 ]' \
		"$name: oomd pages out memory of the victim" || shown
	echo >&3
	end
}

slots() {
	during slots trace
	check '[ $(lines " vmm ") = 0 ]' "$name: no operation of the mm is seen" || shown
}

hang() {
	hold=/sys/module/mmn_stall/parameters/hold
	begin hang
	echo 1 > $hold
	echo >&3
	sleep 1
	/files/mmnotify hung > $answer 2> /tmp/errors
	check '[ $(lines "desktop") -ge 1 ] && [ $(lines "mmn_stall_start") -ge 1 ]' \
		"$name: without watching, hung names the process and the driver's callback" || shown
	echo 0 > $hold
	soon 100 reached 'done'
	end
}

# ---- counters ----

# counted NAME COMMAND...: stat runs until the operations have ended.
counted() {
	quiet=1 during "$@"
}

balancing() {
	counted balancing stat
	check '[ $(sum "vm-a" numa_migration) -gt 100 ] && [ $(sum "vm-a" numa_hint) -gt 0 ]' \
		"$name: NUMA balancing moves $(sum "vm-a" numa_migration) pages of vm-a" || shown
	check '[ $(sum "vm-b" numa_migration) -lt 50 ]' \
		"$name: and $(sum "vm-b" numa_migration) of vm-b" || shown
}

# sum PROCESS CAUSE: events of that name and cause in the answer.
sum() {
	awk -v name="$1" -v cause="$2" '$2 == name && $3 == cause { gsub(/,/, ""); n += $4 }
		END { print n + 0 }' $answer
}

collapse() {
	counted collapse stat
	collapses=$(($(sum gpu-app madv_collapse) + $(sum gpu-app khugepaged)))
	check '[ -n "$(fact no-collapse)" ] || [ $collapses -ge 2 ]' \
		"$name: the runtime collapses its buffer: $(sum gpu-app madv_collapse) times" || shown
	check '[ $(sum gpu-app rmap_migrate) = 0 ]' \
		"$name: $(sum gpu-app compaction_sysctl) pages are compacted, for the administrator" || shown
}

snapshot() {
	counted snapshot stat
	check '[ $(sum vmm cow) = 512 ]' "$name: 512 pages are copied, each once" || shown
}

pinned() {
	counted pinned stat
	check '[ $(sum pinner numa_hint) -gt 0 ] && [ $(sum pinner numa_migration) -lt 100 ]' \
		"$name: $(sum pinner numa_hint) hints, $(sum pinner numa_migration) pages moved" || shown
}

reclaim() {
	mkdir -p /tmp/pods
	mount -t cgroup2 none /tmp/pods
	echo +memory > /tmp/pods/cgroup.subtree_control
	mkdir -p /tmp/pods/a /tmp/pods/b
	begin reclaim
	quiet=1 asked stat
	echo >&3
	soon 300 reached ready 2
	answered
	check '[ $(sum pod-a reclaim_proactive) -gt 100 ] && [ $(sum pod-b reclaim_proactive) = 0 ]' \
		"$name: proactive reclaim hits pod-a $(sum pod-a reclaim_proactive) times, pod-b never" ||
		shown
	echo >&3
	end
}

slow() {
	counted slow stat --drivers
	check '[ $(lines "$(of desktop munmap " 8 " mmn_stall)") -ge 1 ]' \
		"$name: the callback of mmn_stall runs 8 times for munmap" || shown
	check '[ $(lines "$(of desktop munmap " 8 " kvm)") -ge 1 ]' \
		"$name: beside it that of KVM" || shown
}

say 'TAP version 13'
echo 0 > /proc/sys/kernel/numa_balancing
modprobe -a kvm_amd zram
echo 128M > /sys/block/zram0/disksize && mkswap /dev/zram0 > /dev/null && swapon /dev/zram0
for module in mmnotify mmn_stall mmn_native; do
	insmod /modules/$module.ko
done
[ $# -gt 0 ] || set -- balancing balloon fork collapse decay slow hang reclaim churn file snapshot \
	slots killed pinned remote
for situation; do
	quiet=
	: > $answer
	$situation
done
finish
