#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM, in the suite's root: others.sh HOOK. Who else may sit on the
# function that mmnotify hooks, before it and after it.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

hook=$1
fn=__mmu_notifier_invalidate_range_start

# For each: start it, is it there, has it seen the function, stop it.

start_tracer() {
	echo "$2" > $tracing/set_ftrace_filter
	echo "$2" > $tracing/set_graph_function
	echo > $tracing/trace
	echo "$1" > $tracing/current_tracer
}

saw_tracer() {
	grep -q "^$fn " $tracing/enabled_functions && grep -q "$1" $tracing/trace
}

stop_tracer() {
	echo nop > $tracing/current_tracer
	echo > $tracing/set_ftrace_filter
	echo > $tracing/set_graph_function
}

start_function() { start_tracer function "$fn"; }
saw_function() { saw_tracer "$fn"; }
stop_function() { stop_tracer; }
start_function_all() { start_tracer function ''; }
saw_function_all() { saw_tracer ' <-'; }
stop_function_all() { stop_tracer; }
start_graph() { start_tracer function_graph "$fn"; }
saw_graph() { saw_tracer "$fn"; }
stop_graph() { stop_tracer; }
start_graph_all() { start_tracer function_graph ''; }
saw_graph_all() { saw_tracer ' us '; }
stop_graph_all() { stop_tracer; }

start_event() {
	printf '%s\n%s\n' "$1:other/start $fn" "$1:other/end ${fn%start}end" > $tracing/kprobe_events
	echo 1 > $tracing/events/other/enable
}

saw_event() {
	[ "$(awk '$2 > 0' $tracing/kprobe_profile | wc -l)" = 2 ]
}

stop_event() {
	echo 0 > $tracing/events/other/enable
	echo > $tracing/kprobe_events
}

start_kprobe() { start_event p; }
saw_kprobe() { saw_event; }
stop_kprobe() { stop_event; }
start_kretprobe() { start_event r; }
saw_kretprobe() { saw_event; }
stop_kretprobe() { stop_event; }

start_bpf() {
	bpftrace -e "BEGIN { printf(\"ready\\n\"); }
		$1:$fn { @enter = count(); } $2:$fn { @leave = count(); }" > /tmp/bpf 2>&1 &
	bpf=$!
	tries=0
	until grep -q ready /tmp/bpf; do
		tries=$((tries + 1))
		if [ $tries -gt 600 ] || ! kill -0 $bpf; then
			sed 's/^/# /' /tmp/bpf > "$tap"
			return 1
		fi
		sleep 0.2
	done
}

# It prints what it counted when it ends.
stop_bpf() {
	kill -INT $bpf
	wait $bpf
}

saw_bpf() {
	stop_bpf 2> /dev/null
	[ "$(grep -c '^@.*: [1-9]' /tmp/bpf)" = 2 ]
}

start_bpf_kprobe() { start_bpf kprobe kretprobe; }
saw_bpf_kprobe() { saw_bpf; }
stop_bpf_kprobe() { :; }
start_bpf_fentry() { start_bpf kfunc kretfunc; }
saw_bpf_fentry() { saw_bpf; }
stop_bpf_fentry() { :; }

start_livepatch() {
	insmod /modules/mmn_patch.ko
	tries=0
	until grep -q 0 /sys/kernel/livepatch/mmn_patch/transition; do
		tries=$((tries + 1))
		[ $tries -lt 300 ] || return 1
		sleep 0.1
	done
}

saw_livepatch() {
	[ "$(cat /sys/module/mmn_patch/parameters/calls)" -gt 0 ]
}

stop_livepatch() {
	echo 0 > /sys/kernel/livepatch/mmn_patch/enabled
	while [ -d /sys/kernel/livepatch/mmn_patch ]; do
		sleep 0.1
	done
	rmmod mmn_patch
}

some=$brief,$asking

scenarios() {
	right "$1: verdicts" --only "$some" ${2-}
}

# other NAME ARG...: the scenarios with NAME there, before mmnotify and after it.
other() {
	name=$1
	shift
	check "start_$name" "$name first: it starts" || return
	load_both "hook=$hook"
	if [ $# = 0 ]; then
		check "hook_says 'backend $hook'" "$name first: mmnotify still gets its hook" ||
			cat $debugfs/hook
	else
		check "hook_says 'backend stack'" "$name first: the self-test sees that it is in the way" ||
			cat $debugfs/hook
	fi
	scenarios "$name first" "$*"
	unload_both
	check "saw_$name" "$name first: it saw the function"
	stop_$name
	load_both "hook=$hook"
	check "start_$name" "$name second: it starts"
	scenarios "$name second" "$*"
	check "saw_$name" "$name second: it saw the function"
	stop_$name
	scenarios "$name is gone again"
	unload_both
}

say 'TAP version 13'
echo 64 > $tracing/buffer_size_kb
for name in ${2:-function function_all graph graph_all kprobe kretprobe bpf_kprobe bpf_fentry livepatch}; do
	case $(uname -r)-$hook-$name in
	5.10.*-bpf_fentry)
		# bpftrace 0.11 does not know kfunc.
		;;
	*-kprobe-bpf_fentry|*-kprobe-livepatch)
		# Both call the function themselves. A kprobe's record counts only if
		# the stack agrees, and there the caller is the trampoline or the patch,
		# which no row knows. At the end neither is on the stack.
		other $name --inexact starts
		;;
	5.10.*-ftrace-kretprobe|5.10.*-ftrace-bpf_kprobe)
		# Before v5.14 the unwinder does not get past the trampoline of a
		# kretprobe: the hook knows who announces, the stack knows nothing.
		some=$brief
		other $name
		some=$brief,$asking
		;;
	5.10.*-kprobe-kretprobe|5.10.*-kprobe-bpf_kprobe)
		other $name --inexact all
		;;
	*)
		other $name
		;;
	esac
done
finish
