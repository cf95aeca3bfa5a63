#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM: full.sh MODE. All scenarios of the plain machine with hook=MODE, which must
# really be the hook that is used.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mode=$1
say 'TAP version 13'
load_both "hook=$mode"
check "hook_says 'backend $mode' && hook_says 'attached 1'" \
	"hook=$mode: debugfs names this hook, and it is attached"
case $mode in
none) set -- --inexact all ;;
*) set -- ;;
esac
MMN_TAP=/tmp/tap /files/scenarios "$@"
renumber /tmp/tap
check "[ '$seen' = '$planned' ]" "hook=$mode: the scenarios run to their plan"

case $mode in
ftrace|kprobe)
	check "[ $(counted starts) -gt 1000 ] && [ $(counted starts) = $(counted ends) ]" \
		"hook=$mode: the hook saw as many starts as ends"
	check "[ $(counted no_record) = 0 ]" "hook=$mode: every event has a record"
	;;
*)
	check "[ $(counted starts) = 0 ] && [ $(counted ends) = 0 ]" \
		"hook=$mode: no hook saw an event"
	;;
esac
case $mode in
none) check "[ $(counted no_record) -gt 1000 ]" "hook=none: no callback found a record" ;;
stack) check "[ $(counted no_record) -lt 200 ]" \
	"hook=stack: steps find the call site of nearly all events" ;;
esac
check "hook_says 'records_live 0' && hook_says 'table_full 0'" "hook=$mode: no record is left"
unload_both
finish
