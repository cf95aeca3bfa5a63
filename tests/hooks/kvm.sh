#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: KVM's notifier and a bare one beside mmnotify's on the same process.
# Either side can unload first.
# check evaluates its first argument, which shellcheck does not follow.
# shellcheck disable=SC2016,SC2086,SC2317
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

guests() {
	MMN_TAP=/tmp/tap /files/scenarios --quiet --machine kvm
	renumber /tmp/tap "$1: "
	check "[ '$seen' = '$planned' ]" "$1: the scenarios run to their plan"
	check "hook_says 'records_live 0' && hook_says 'table_full 0'" "$1: no record is left"
}

# Unloads the modules that are loaded; without virtualization KVM is not.
gone() {
	for module; do
		[ ! -d /sys/module/$module ] || rmmod $module || return
	done
}

say 'TAP version 13'
for hook in auto ftrace kprobe stack; do
	load_both "hook=$hook"
	guests "$hook"
	if [ $hook = ftrace ]; then
		check "gone kvm_amd kvm" "$hook: KVM unloads while mmnotify stays"
		guests "$hook, KVM loaded again"
	fi
	unload_both
	check "gone mmn_native kvm_amd kvm" "$hook: the bare notifier and KVM unload after mmnotify"
done
finish
