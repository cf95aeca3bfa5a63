# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154
#
# make check-tool: the tool mmnotify with real events. tests/check sources this file for the steps of
# make check. ONLY=cost: what a refresh of top costs, for make bench-top.

kernels=(5.10 7.3)

# tool_in_vm KERNEL NAME ARG...
tool_in_vm()
{
	step_in_vm "$1-tool-$2" "$1" "${@:3}" --files "$tool_files" --files "$top/tests/tool" \
		--files "$top/tests/lib" -- sh "/files/$2.sh"
}

tool_steps()
{
	in_turn tool_in_vm "$1" trace
	in_turn tool_in_vm "$1" record
	in_turn tool_in_vm "$1" hung
	in_turn tool_in_vm "$1" stat
	in_turn tool_in_vm "$1" top
}

run_steps()
{
	[ "${ONLY:-}" = cost ] || tool_steps "$1"
	in_turn tool_in_vm "$1" cost --icount --mem 1536
}
