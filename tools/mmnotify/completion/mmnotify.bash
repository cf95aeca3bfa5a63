# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash
# Completion of mmnotify for bash. Commands, options and the kinds of their arguments come from the
# program itself: "mmnotify help --words" prints "COMMAND --option ARGUMENT" for each.

# _mmnotify_argument KIND WORD: sets COMPREPLY to what an argument may be.
_mmnotify_argument()
{
	local list=''
	case $1 in
	PID) list=$(cd /proc && echo [0-9]*) ;;
	CAUSE) list=$(mmnotify help --causes) ;;
	PAGE) list='processes drivers operations threads ranges' ;;
	FOLDER)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -d -- "$2")
		return ;;
	FILE)
		compopt -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -f -- "$2")
		return ;;
	esac
	mapfile -t COMPREPLY < <(compgen -W "$list" -- "$2")
}

_mmnotify()
{
	local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]}
	local command=${COMP_WORDS[1]} words kind
	words=$(mmnotify help --words 2>/dev/null) || return
	if [ "$COMP_CWORD" = 1 ]; then
		mapfile -t COMPREPLY < <(compgen -W "help $(cut -d ' ' -f 1 <<<"$words" | sort -u)" -- "$word")
		return
	fi
	if [ "$command" = help ]; then
		mapfile -t COMPREPLY < <(compgen -W "$(cut -d ' ' -f 1 <<<"$words" | sort -u)" -- "$word")
		return
	fi
	kind=$(awk -v c="$command" -v o="$before" '$1 == c && $2 == o { print $3 }' <<<"$words")
	if [ -n "$kind" ]; then
		_mmnotify_argument "$kind" "$word"
	elif [[ $word == -* ]]; then
		words=$(awk -v c="$command" '$1 == c && $2 { print $2 }' <<<"$words")
		mapfile -t COMPREPLY < <(compgen -W "$words --help" -- "$word")
	elif [ "$command" = explain ]; then
		_mmnotify_argument PID "$word"
	else
		_mmnotify_argument FILE "$word"
	fi
}
complete -F _mmnotify mmnotify
