# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154
#
# make check-situations: one command of the tool answers each situation of docs/admin.md. ONLY="slow
# hang" runs some.

kernels=(6.12 7.3)
packages=(python3-pyverbs ibverbs-providers iproute2)

# situations_in_vm KERNEL NAME SITUATION...
situations_in_vm()
{
	local kernel=$1 name=$2
	step_in_vm "$kernel-situations-$name" "$kernel" --mem 1536 \
		--files "$top/tests/situations" --files "$top/tests/lib" \
		--files "$tool_files" -- sh /files/ask.sh "${@:3}"
}

# situation_steps KERNEL: those of make check.
situation_steps()
{
	in_turn situations_in_vm "$1" four balloon decay slow hang
}

# The memory of RDMA needs a root with its libraries.
odp_in_vm()
{
	step_in_vm "$1-situations-odp" "$1" --root --mem 2048 \
		--files "$top/tests/situations" --files "$top/tests/lib" \
		--files "$top/tests/drivers/foreign" --files "$tool_files" -- sh /files/odp.sh
}

run_steps()
{
	in_turn odp_in_vm "$1"
	in_turn step_in_vm "$1-situations-recipes" "$1" --files "$top/tests/situations" \
		--files "$top/tests/lib" -- sh /files/recipes.sh
	# shellcheck disable=SC2086
	in_turn situations_in_vm "$1" all ${ONLY:-}
}
