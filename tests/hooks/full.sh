#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs in the VM: full.sh MODE. All plain scenarios with another hook than the
# best one, and the hook must really be that one.
set -u
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

mode=$1
say 'TAP version 13'
load_both "hook=$mode"
check "hook_says 'backend $mode' && hook_says 'attached 1'" "it is the hook"
case $mode in
none) set -- --inexact all ;;
*) set -- ;;
esac
MMN_TAP=/tmp/tap /files/scenarios "$@"
renumber /tmp/tap
check "[ '$seen' = '$planned' ]" "the scenarios end with their plan"

case $mode in
ftrace|kprobe)
	check "[ $(counted starts) -gt 1000 ] && [ $(counted starts) = $(counted ends) ]" \
		"the hook saw every start and every end"
	check "[ $(counted no_record) = 0 ]" "and no event was without a record"
	;;
*)
	check "[ $(counted starts) = 0 ] && [ $(counted ends) = 0 ]" "no hook saw anything"
	;;
esac
case $mode in
none) check "[ $(counted no_record) -gt 1000 ]" "every callback judged for itself" ;;
stack) check "[ $(counted no_record) -lt 200 ]" "and steps led nearly every callback to the site" ;;
esac
check "hook_says 'records_live 0' && hook_says 'table_full 0'" "no record is left"
unload_both
finish
