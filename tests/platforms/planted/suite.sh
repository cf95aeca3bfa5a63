# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-planted: a kernel whose sources differ from what was audited in five ways
# (tests/vm/plants). The rows and causes that rest on them must not be exact, and no others.

kernels=(planted-7.3)

run_steps()
{
	in_turn step_in_vm "$1-planted" "$1" --mem 1536 \
		--files "$top/tests/platforms/planted" --files "$top/tests/hooks" \
		--files "$top/tests/lib" -- sh /files/guest.sh
}
