#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM, in the suite's root: others.sh HOOK NAME... Other users attach to the
# function that mmnotify hooks, before it and after it.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# shellcheck source-path=SCRIPTDIR source=kinds.sh
. "${0%/*}/kinds.sh"

hook=$1
shift
some=$brief,$asking
# The hook that the self-test chooses if the records of HOOK do not count.
instead=stack
# With hook=auto: what clients use after the self-test (by), and options of the scenarios
# if NAME attaches later (later).
by=steps later=

scenarios() {
	right "$1: verdicts" --only "$some" ${2-}
}

# other NAME ARG...: the scenarios with NAME attached before mmnotify and after it.
other() {
	name=$1
	shift
	check "start_$name" "$name before mmnotify: it starts" || return
	load_both "hook=$hook"
	if [ $hook = auto ]; then
		check "hook_says 'clients $by'" \
			"$name before mmnotify: clients use $by" || cat $debugfs/hook
	elif [ $# = 0 ]; then
		check "hook_says 'backend $hook'" \
			"$name before mmnotify: mmnotify still gets its hook" ||
			cat $debugfs/hook
	else
		check "hook_says 'backend $instead'" \
			"$name before mmnotify: the self-test chooses $instead" ||
			cat $debugfs/hook
	fi
	scenarios "$name before mmnotify" "$*"
	unload_both
	check "saw_$name" "$name before mmnotify: it saw the function"
	stop_$name
	load_both "hook=$hook"
	check "start_$name" "$name after mmnotify: it starts"
	scenarios "$name after mmnotify" "${later:-$*}"
	check "saw_$name" "$name after mmnotify: it saw the function"
	stop_$name
	scenarios "$name detached again"
	unload_both
}

# missing NAME: prints the reason why a kernel or the suite does not have it.
missing() {
	case $1 in
	bpf_fentry)
		bpftrace --version | grep -q 'v0\.1[0-2]\.' && echo "this bpftrace has no kfunc probes"
		;;
	fprobe|probes)
		has_fprobe || echo "this kernel has no fprobe events"
		;;
	esac
}

say 'TAP version 13'
echo 64 > $tracing/buffer_size_kb
for name; do
	why=$(missing "$name")
	if [ "$why" ]; then
		skip "$name" "$why"
		continue
	fi
	# These change the return address of the hooked function, or replace the function.
	# If they are attached at load, clients use the hook with hook=auto.
	case $name in
	graph*|kretprobe|bpf_*|livepatch|fprobe|ops|probes) by=hook ;;
	*) by=steps ;;
	esac
	case $name-${MMN_KERNEL-} in
	graph_all-fp-*)
		# With frame pointers the unwinder leaves some return addresses to the
		# tracer's trampoline, so a frame is unknown: only causes without a walk.
		some=$brief
		other $name
		some=$brief,$asking
		continue
		;;
	esac
	case $trampoline-$hook-$name in
	*-auto-livepatch)
		# After load the caller that the stack shows is the live patch.
		later='--inexact some'
		other $name
		later=
		;;
	stops-auto-kretprobe|stops-auto-bpf_kprobe|*-auto-probes)
		# The same with a trampoline at which the unwinder stops; see below.
		some=$brief later='--inexact some'
		other $name
		some=$brief,$asking later=
		;;
	*-kprobe-livepatch|stops-kprobe-bpf_kprobe)
		# A kprobe's record counts only if the stack agrees. Here the stack shows
		# another caller of the start: the live patch, which has no row, or the
		# trampoline of the kretprobe, at which the unwinder of old kernels stops.
		# Neither is on the stack at the end. The trampoline of bpf_fentry
		# does not matter, since the search for the caller skips it.
		other $name --inexact starts
		;;
	stops-ftrace-kretprobe|stops-ftrace-bpf_kprobe|*-ftrace-probes)
		# The unwinder stops at the trampoline of a kretprobe on old kernels, and
		# on others at two trampolines of different kinds on one function. So the
		# hook finds the call site, but the stack does not.
		some=$brief
		other $name
		some=$brief,$asking
		;;
	stops-kprobe-kretprobe)
		other $name --inexact all
		;;
	*-kprobe-probes)
		# The self-test passes, since the stack shows the call site there.
		instead=kprobe
		other $name --inexact all
		instead=stack
		;;
	*)
		other $name
		;;
	esac
done
finish
