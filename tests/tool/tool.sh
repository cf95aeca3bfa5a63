# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# For the scripts that run in the VM; sourced.
# shellcheck disable=SC2034
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

tool=/files/mmnotify
debugfs=/sys/kernel/debug/mmnotify
parameters=/sys/module/mmnotify/parameters
instances=/sys/kernel/tracing/instances

# counted: events in debugfs counters. RELEASE has no end and is not recorded.
counted() {
	awk '!/^#/ && $1 != "RELEASE" { n += $3 } END { print n + 0 }' $debugfs/counters
}

# ready FILE: trace prints its heading when no event is missed any more.
ready() {
	soon 300 grep -q TIME "$1"
}

# gone: no instance of the tool is left, and nothing is watched.
gone() {
	[ -z "$(ls $instances)" ] && [ "$(cat $parameters/watch)" = N ]
}

# hooked STATE: the hook is attached (1) or not (0).
hooked() {
	grep -q "^attached $1\$" $debugfs/hook
}

# not_loaded: the words that each command has for it.
not_loaded() {
	grep -q 'mmnotify is not loaded: modprobe mmnotify' "$1"
}
