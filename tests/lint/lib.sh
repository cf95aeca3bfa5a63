# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash
# Shared by the checks. Sourced; changes to the tree to check: this one, or $MMN_TREE for
# the selftest. A check prints its findings and exits with 0 (good), 1 (findings) or 77
# (cannot run here, with the reason in the last line).

# shellcheck disable=SC2034

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
tree=${MMN_TREE:-$(cd "$here/../.." && pwd)}
lint=${MMN_LINT_DIR:-${MMN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mmnotify}/lint/scripts}
cd "$tree" || exit 1
found=0

skip()
{
	echo "$*"
	exit 77
}

# need TOOL...: exits with 77 if a tool is missing.
need()
{
	local tool
	for tool; do
		command -v "$tool" >/dev/null || skip "$tool is missing: run tools/install-deps lint"
	done
}

# need_lint FILE: needs one of the kernel's own scripts, which is fetched once into the cache.
need_lint()
{
	local output
	[ ! -f "$lint/$1" ] || return 0
	[ -z "${MMN_LINT_DIR:-}" ] || skip "no $1 in MMN_LINT_DIR=$MMN_LINT_DIR"
	output=$("$here/../../tools/get-checkpatch" 2>&1) ||
		skip "tools/get-checkpatch fails: ${output##*$'\n'}"
	[ -f "$lint/$1" ] || skip "tools/get-checkpatch did not bring $1"
}

# files PATTERN...: prints all files of the tree whose path matches (shell patterns).
files()
{
	local file pattern
	if [ -e .git ]; then
		git ls-files -co --exclude-standard
	else
		find . -type f -printf '%P\n'
	fi | LC_ALL=C sort | while read -r file; do
		[ -f "$file" ] || continue
		for pattern; do
			# shellcheck disable=SC2254
			case $file in $pattern) echo "$file"; break ;; esac
		done
	done
}

# finding TEXT: prints one finding, which begins with file:line.
finding()
{
	echo "$*"
	found=1
}

# findings: each line of stdin is one.
findings()
{
	local line
	while IFS= read -r line; do
		finding "$line"
	done
}

# page_is_made TOOL PAGE: PAGE equals the output of TOOL, whose errors are findings.
page_is_made()
{
	local made line
	made=$(mktemp)
	if ! "$1" >"$made" 2>"$made.err"; then
		findings < <(grep -v '^  CC ' "$made.err" || true)
		finding "$1: fails"
	elif ! cmp -s "$made" "$2"; then
		line=$(cmp "$made" "$2" 2>&1 | sed -n 's/.* line \([0-9]*\)$/\1/p')
		finding "$2:${line:-1}: $2 is not what $1 prints: run make docs"
	fi
	rm -f "$made" "$made.err"
}

# is_row FILE NAME: the data of tools/audit in FILE have NAME as a function that contains a call site
# or may do so.
is_row()
{
	awk -F '\t' -v n="$2" '$1 == n && $3 ~ /(^|\+)(site|row)(\+|$)/ { found = 1 }
		END { exit !found }' "$1"
}
