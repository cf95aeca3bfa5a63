# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh
# For the scripts that run in the VM; sourced.
# shellcheck disable=SC2034
# shellcheck source-path=SCRIPTDIR source=../lib/tap.sh
. "${0%/*}/tap.sh"

debugfs=/sys/kernel/debug/mmnotify
parameters=/sys/module/mmnotify/parameters
tracing=/sys/kernel/tracing
events=$tracing/events/mmnotify

# traced PATTERN: the lines of the trace that match, without comments.
traced() {
	grep -v '^#' $tracing/trace | grep -E "$1"
}

# field NAME: the value of NAME= in each line of standard input.
field() {
	sed -n "s/.* $1=\([^ ]*\).*/\1/p"
}

# hooked STATE: the hook is attached (1) or not (0).
hooked() {
	grep -q "^attached $1\$" $debugfs/hook
}
