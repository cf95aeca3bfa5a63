# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash
# Shared by prepare, build, boot-files, run and their callers. Sourced, and sources find.sh,
# which has kernel_find; sets the variables named here.
# shellcheck disable=SC2034

vm_dir=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
top=$(cd "$vm_dir/../.." && pwd)
cache=${MMN_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/mmnotify}
# By make tool-vm: the administrator's tool and trace-cmd of this machine, with their libraries.
tool_files=$top/build/tool/vm
# Set by kernels_given and kernel_find of find.sh.
kernels=()
NAME='' VERSION='' ARCH='' SUITE='' ROOT='' KTREE='' PACKAGES='' HEADERS='' CONFIG='' VMLINUZ='' MODDIR=''
# shellcheck source=/dev/null
. "$vm_dir/find.sh"

die()
{
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# in_turn COMMAND...: runs COMMAND in the background when fewer than JOBS (default: one per
# CPU, and one more, as guests often sleep) are running. The caller has to "wait" at the end; the
# jobs are killed with it.
in_turn()
{
	# shellcheck disable=SC2046
	trap 'kill $(jobs -p) 2>/dev/null || true' EXIT
	while [ "$(jobs -rp | wc -l)" -ge "${JOBS:-$(($(nproc) + 1))}" ]; do
		wait -n || true
	done
	"$@" &
}

# need_root WHY
need_root()
{
	[ "$(id -u)" = 0 ] || die "must be root: $1"
}

# need_tools SET TOOL...: SET is the argument of tools/install-deps for them.
need_tools()
{
	local set=$1 tool
	shift
	for tool; do
		command -v "$tool" >/dev/null ||
			die "$tool is missing: run tools/install-deps $set"
	done
}

# The kernels without a third word.
kernels_listed()
{
	sed 's/#.*//' "$vm_dir/kernels.list" | awk 'NF == 2 { print $1 }'
}

suite_of()
{
	sed 's/#.*//' "$vm_dir/kernels.list" | awk -v k="$1" '$1 == k { print $2 }'
}

# flavour_of NAME: the suffix of its Debian packages, as amd64 or rt-amd64.
flavour_of()
{
	sed 's/#.*//' "$vm_dir/kernels.list" | awk -v k="$1" '
		$1 == k { print $3 == "" ? "amd64" : $3 == "rt" ? "rt-amd64" : $3 }'
}

# arch_of NAME: the Debian name of its architecture.
arch_of()
{
	case $(flavour_of "$1") in
	arm64*) echo arm64 ;;
	*) echo amd64 ;;
	esac
}

# user_programs ARCH: the folder of the programs that run in the VM.
user_programs()
{
	case $1 in
	arm64) echo "$top/build/user-arm64" ;;
	*) echo "$top/build/user" ;;
	esac
}

# cross_prefix ARCH: what the names of the compiler and of binutils begin with.
cross_prefix()
{
	[ "$1" != arm64 ] || echo aarch64-linux-gnu-
}

# A base suite and its backports share one root.
root_of_suite()
{
	echo "$cache/roots/${1%-backports}"
}

# list_folders DIR: DIR/Kbuild, so that all modules below DIR are built in one go: kbuild
# takes seconds for each. A folder with a Kbuild builds those below it itself.
list_folders()
{
	(cd "$1" && find . -mindepth 2 -name Kbuild -printf '%P\n') | sed 's,Kbuild$,,' |
		LC_ALL=C sort | awk '
			above != "" && index($0, above) == 1 { next }
			{ above = $0; print "obj-m += " $0 }' >"$1/Kbuild"
}

# in_root ROOT BIND COMMAND...: runs COMMAND in ROOT with /proc, which objtool needs, and the
# name servers of the host. If BIND is not empty, this folder is mounted at /mmnotify. If
# kernel_find found PACKAGES, their headers are mounted where packages have them, with the
# programs that those of Debian name in /usr/lib. /tmp is private, because make's jobserver
# names a file there by its pid, which is not unique. The mounts are private to the command,
# and it is killed with its caller. It is not process 1 of its pid namespace: there make spins
# for ever when a signal should end it.
in_root()
{
	[ ! -f /etc/resolv.conf ] || cp -L /etc/resolv.conf "$1/etc/resolv.conf"
	# shellcheck disable=SC2016
	PACKAGES=${PACKAGES:-} setpriv --pdeathsig KILL unshare --mount --pid --fork --kill-child bash -c '
		set -eu
		root=$1 bind=$2
		shift 2
		mount -t proc proc "$root/proc"
		mount -t tmpfs tmp "$root/tmp"
		if [ -n "$bind" ]; then
			mkdir -p "$root/mmnotify"
			mount --bind "$bind" "$root/mmnotify"
		fi
		if [ -n "$PACKAGES" ]; then
			for programs in "$PACKAGES"/usr/lib/linux-kbuild-*; do
				[ -d "$programs" ] || continue
				mkdir -p "$root/usr/lib/${programs##*/}"
				mount --bind "$programs" "$root/usr/lib/${programs##*/}"
			done
			mount --bind "$PACKAGES/usr/src" "$root/usr/src"
		fi
		chroot "$root" /usr/bin/env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin \
			HOME=/root LC_ALL=C DEBIAN_FRONTEND=noninteractive "$@" || exit
	' in_root "$@"
}

# kernel_base DIR: prints the path of DIR as seen by kernel_make.
kernel_base()
{
	if [ -n "$KTREE" ]; then echo "$1"; else echo /mmnotify; fi
}

# A folder that the kernel's own Makefile names need not be in the headers (Ubuntu).
strict='-Werror -Wno-error=missing-include-dirs'

# tree_flags: flags for a compiler that is newer than what the build tree KTREE was written for.
# Its own headers do not pass with two warnings, and its objtool does not know how newer
# compilers name the cold parts of functions.
tree_flags()
{
	local source=$KTREE/source
	[ -d "$source" ] || source=$KTREE
	grep -q '__copy(initfn)' "$source/include/linux/module.h" ||
		echo -Wno-missing-attributes -Wno-implicit-fallthrough
	! grep -q '"\.cold\."' "$source/tools/objtool/elf.c" ||
		echo -fno-reorder-blocks-and-partition
}

# tree_variables: for make in the build tree KTREE: its own compiler, if this machine has it
# beside another default; and nothing in place of a script of W=1 that perl cannot run, as
# in Ubuntu's 5.4.0-216 (lint checks the comments of mmnotify all the same).
tree_variables()
{
	local major script=$KTREE/source/scripts/kernel-doc
	major=$(gcc_of "$KTREE")
	if [ "$(gcc -dumpversion)" != "$major" ] && command -v "gcc-$major" >/dev/null; then
		echo "CC=gcc-$major"
	fi
	if [ -f "$script" ] && head -n 1 "$script" | grep -q perl && ! perl -c "$script" 2>/dev/null; then
		echo cmd_checkdoc=
	fi
}

# kernel_make DIR FOLDER [VARIABLE=VALUE]...: builds the modules of DIR/FOLDER for the
# kernel of kernel_find, in its root unless it is a build tree. One kernel make has one goal:
# 7.x loops when given "clean modules".
kernel_make()
{
	local folder run=(in_root "$ROOT" "$1") flags=$strict variables=()
	if [ -n "$KTREE" ]; then
		run=() flags="$strict $(tree_flags | tr '\n' ' ')"
		mapfile -t variables < <(tree_variables)
	fi
	if [ "$ARCH" = arm64 ]; then
		variables+=(ARCH=arm64 "CROSS_COMPILE=$(cross_prefix "$ARCH")")
	fi
	folder=$(realpath -ms "$(kernel_base "$1")/$2")
	"${run[@]}" make --no-print-directory -j"$(nproc)" -C "$HEADERS" M="$folder" W=1 \
		KCFLAGS="$flags" "${variables[@]}" "${@:3}" modules
}
