#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in the VM. cpus.sh CPUS ROUNDS MILLISECONDS: operations with native objects and
# with mmnotify's. cpus.sh CPUS ROUNDS MILLISECONDS PLACE KIND OPERATION [PARAMETER]: only
# this combination, and the symbols of the modules for the log of stores.
set -eu
# shellcheck source-path=SCRIPTDIR source=lib.sh
. "${0%/*}/lib.sh"

cpus=$1 rounds=$2 ms=$3 place=${4:-} kind=${5:-}

run() {
	/files/cpus "$@" > /tmp/result
	report
}

quiet
# shellcheck disable=SC2086
insmod /modules/mmnotify.ko ${7:-}
insmod /modules/mmn_grow.ko
sleep 2
if [ -z "$place" ]; then
	for place in apart together; do
		run $place "$cpus" "$rounds" "$ms"
	done
	exit
fi
run "$place" "$cpus" "$rounds" "$ms" "$kind" "$6"
echo 0 > /proc/sys/kernel/kptr_restrict
# The symbols of all modules, so that an address behind mmnotify is not attributed to it.
sed -n 's/\[\(.*\)\]$/\1/p' /proc/kallsyms | sed 's/^/SYMBOL /' > "$MMN_OUT"
