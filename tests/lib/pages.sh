#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# Usage: pages.sh [--at WORD] PAGE...
# Runs in the VM: prints debugfs pages of mmnotify as JSON, one per line; WORD names the
# time of the snapshot, if there are several.
set -eu

at=''
if [ "${1:-}" = --at ]; then
	at="\"at\":\"$2\","
	shift 2
fi
for page; do
	file=/sys/kernel/debug/mmnotify/$page
	[ ! -e "$file" ] || tr '\t' ' ' < "$file" |
		sed -e 's/[\\"]/\\&/g' -e "s/.*/{\"page\":\"$page\",$at\"line\":\"&\"}/"
done
