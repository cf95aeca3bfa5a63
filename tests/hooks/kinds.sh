# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# For the scripts that run in the VM, in the suite's root; sourced after lib.sh. Other
# users of the functions that mmnotify hooks.
# shellcheck disable=SC2034,SC2086,SC2154

fn=__mmu_notifier_invalidate_range_start

# For each of them: start_NAME, saw_NAME (it has seen the function), stop_NAME.

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

# bpftrace prints its counts when it ends.
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

start_beside() {
	insmod /modules/mmn_beside.ko "kinds=$1"
}

saw_beside() {
	[ "$(cat /sys/module/mmn_beside/parameters/calls)" -gt 0 ]
}

stop_beside() {
	rmmod mmn_beside
}

start_ops_plain() { start_beside plain; }
saw_ops_plain() { saw_beside; }
stop_ops_plain() { stop_beside; }
start_ops_regs() { start_beside regs; }
saw_ops_regs() { saw_beside; }
stop_ops_regs() { stop_beside; }
start_ops_ipmodify() { start_beside ipmodify; }
saw_ops_ipmodify() { saw_beside; }
stop_ops_ipmodify() { stop_beside; }

has_fprobe() {
	grep -q 'f\[:.*<func-name>' $tracing/README
}

start_fprobe() {
	echo > $tracing/trace
	printf '%s\n' "f:fprobes/enter $fn" "f:fprobes/back $fn%return" \
		"f:fprobes/leave ${fn%start}end%return" >> $tracing/dynamic_events
	echo 1 > $tracing/events/fprobes/enable
}

saw_fprobe() {
	grep -q ' enter: ' $tracing/trace && grep -q ' back: ' $tracing/trace &&
		grep -q ' leave: ' $tracing/trace
}

stop_fprobe() {
	echo 0 > $tracing/events/fprobes/enable
	printf '%s\n' -:fprobes/enter -:fprobes/back -:fprobes/leave >> $tracing/dynamic_events
}

# perf_on EVENT: samples it until perf_off. It returns once perf has acknowledged.
perf_on() {
	rm -f /tmp/perf.*
	mkfifo /tmp/perf.ctl /tmp/perf.ack
	$(command -v perf || command -v perf_5.10) record -a -e "$1" -o /tmp/perf.data \
		-D -1 --control fifo:/tmp/perf.ctl,/tmp/perf.ack > /tmp/perf.out 2>&1 &
	perf=$!
	exec 8<> /tmp/perf.ctl 9<> /tmp/perf.ack
	echo enable >&8
	timeout 200 head -n 1 <&9 | grep -q ack
	on=$?
	exec 8>&- 9>&-
	[ $on = 0 ] || sed 's/^/# /' /tmp/perf.out > "$tap"
	return $on
}

perf_off() {
	kill -INT $perf
	wait $perf
}

# perf prints the number of its samples when it ends.
saw_perf() {
	perf_off 2> /dev/null
	grep -q '(~*[1-9][0-9]* samples)' /tmp/perf.out
}

start_perf() {
	printf '%s\n%s\n' "p:other/start $fn" "p:other/end ${fn%start}end" > $tracing/kprobe_events
	perf_on 'other:*'
}

stop_perf() {
	echo > $tracing/kprobe_events
}

# Several at once.
start_ops() { start_beside plain,regs,ipmodify && start_graph; }
saw_ops() { saw_graph && saw_beside; }
stop_ops() { stop_graph; stop_beside; }
start_probes() { start_kretprobe && start_fprobe && start_beside plain; }
saw_probes() { saw_beside && saw_fprobe && saw_kretprobe; }
stop_probes() { stop_beside; stop_fprobe; stop_kretprobe; }
