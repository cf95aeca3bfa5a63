#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM, in the suite's root: others.sh HOOK NAME... Who else may sit on the
# function that mmnotify hooks, before it and after it.
# Checks get their commands as words and names of functions.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

# shellcheck source-path=SCRIPTDIR source=kinds.sh
. "${0%/*}/kinds.sh"

hook=$1
shift
some=$brief,$asking
# What the self-test leaves of a hook whose records do not count.
instead=stack
# What it leaves clients with hook=auto, and what becomes of that later.
by=steps later=

scenarios() {
	right "$1: verdicts" --only "$some" ${2-}
}

# other NAME ARG...: the scenarios with NAME there, before mmnotify and after it.
other() {
	name=$1
	shift
	check "start_$name" "$name first: it starts" || return
	load_both "hook=$hook"
	if [ $hook = auto ]; then
		check "hook_says 'clients $by'" "$name first: clients go by $by" || cat $debugfs/hook
	elif [ $# = 0 ]; then
		check "hook_says 'backend $hook'" "$name first: mmnotify still gets its hook" ||
			cat $debugfs/hook
	else
		check "hook_says 'backend $instead'" "$name first: $instead, for it is in the way" ||
			cat $debugfs/hook
	fi
	scenarios "$name first" "$*"
	unload_both
	check "saw_$name" "$name first: it saw the function"
	stop_$name
	load_both "hook=$hook"
	check "start_$name" "$name second: it starts"
	scenarios "$name second" "${later:-$*}"
	check "saw_$name" "$name second: it saw the function"
	stop_$name
	scenarios "$name is gone again"
	unload_both
}

# What a kernel or its suite has not got: the reason.
missing() {
	case $1 in
	bpf_fentry)
		bpftrace --version | grep -q 'v0\.1[0-2]\.' && echo "this bpftrace does not know kfunc"
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
	# These change where the kernel's function returns to, or are called in its place:
	# with hook=auto clients get the hook if that is so at load.
	case $name in
	graph*|kretprobe|bpf_*|livepatch|fprobe|ops|probes) by=hook ;;
	*) by=steps ;;
	esac
	case $(uname -r)-$hook-$name in
	*-auto-livepatch)
		# If that comes later nobody knows who announces: the caller is the patch.
		later='--inexact some'
		other $name
		later=
		;;
	5.10.*-auto-kretprobe|5.10.*-auto-bpf_kprobe|*-auto-probes)
		# The same with a trampoline that the unwinder does not get past; see below.
		some=$brief later='--inexact some'
		other $name
		some=$brief,$asking later=
		;;
	*-kprobe-livepatch|5.10.*-kprobe-bpf_kprobe)
		# A kprobe's record counts only if the stack agrees. There the caller is
		# the patch, which no row knows, or (before v5.14) the kretprobe's
		# trampoline, which nothing gets past; it is on the start alone. At the
		# end none of them is on the stack. The trampoline of bpf_fentry does not
		# last, so the search for the caller goes past it.
		other $name --inexact starts
		;;
	5.10.*-ftrace-kretprobe|5.10.*-ftrace-bpf_kprobe|*-ftrace-probes)
		# Before v5.14 the unwinder does not get past the trampoline of a
		# kretprobe, and later not past two of different kinds on one function:
		# the hook knows who announces, the stack knows nothing.
		some=$brief
		other $name
		some=$brief,$asking
		;;
	5.10.*-kprobe-kretprobe)
		other $name --inexact all
		;;
	*-kprobe-probes)
		# The call site is seen, so the self-test is content.
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
