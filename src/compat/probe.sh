#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Ask the kernel that is built for: compile one small file per question and
# write the answers to gen.h.
# Called by probe.mk with CC and FLAGS in the environment.
#
# A broken toolchain must never look like "no": the first control has to
# compile, the second must not.
set -eu

out=$1
dir=$2
log=$out.log
tmp=$out.tmp

die() {
	echo "mmnotify: $*; see $log" >&2
	exit 1
}

compiles() {
	echo "== $1" >> "$log"
	# FLAGS is a list of words.
	# shellcheck disable=SC2086
	$CC $FLAGS -Werror -Wno-missing-prototypes -c -o "$tmp.o" "$dir/$1.c" \
		>> "$log" 2>&1
}

macro() {
	echo "MMN_HAVE_$1" | tr '[:lower:]' '[:upper:]'
}

answer() {
	if compiles "$1"; then
		echo "#define $(macro "$1") 1"
	else
		echo "/* $(macro "$1"): no */"
	fi
}

: > "$log"
compiles control_yes || die "the kernel headers or the compiler do not work"
! compiles control_no || die "the compiler accepts anything"

{
	echo "/* Written by probe.sh; do not edit. */"
	echo "#ifndef MMN_COMPAT_GEN_H"
	echo "#define MMN_COMPAT_GEN_H"
	for file in "$dir"/*.c; do
		name=$(basename "$file" .c)
		case $name in
		control_*) ;;
		*) answer "$name" ;;
		esac
	done
	echo "#endif"
} > "$tmp"
rm -f "$tmp.o"
mv "$tmp" "$out"
