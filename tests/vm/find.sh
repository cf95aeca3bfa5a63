# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash
# Finds the files of a kernel; sourced by lib.sh.
# shellcheck disable=SC2034,SC2154

# suite_of_gcc MAJOR: the oldest suite whose gcc is not older. The headers of a kernel may use
# options that an older compiler does not know. 0 is clang.
suite_of_gcc()
{
	case $1 in
	[5-9]|10) echo bullseye ;;
	11|12) echo bookworm ;;
	*) echo trixie ;;
	esac
}

# gcc_of HEADERS: the major version of the compiler that built the kernel.
gcc_of()
{
	sed -n 's/^CONFIG_GCC_VERSION=\([0-9]*\)[0-9]\{4\}$/\1/p' "$1/include/config/auto.conf"
}

# is_debug_kernel NAME: build-kernel makes it, as kasan-6.12.
is_debug_kernel()
{
	[[ $1 != */* && $1 == *-* ]] && [ -f "$vm_dir/configs/${1%%-*}.config" ]
}

# is_listed NAME: a kernel of kernels.list.
is_listed()
{
	[ -n "$(suite_of "$1")" ]
}

# releases_in DIR: the releases of all kernels of which DIR has modules or headers. Headers
# that several flavours share have no configuration and do not count.
releases_in()
{
	local file
	for file in "$1"/{,usr/}lib/modules/*/ \
		    "$1"/usr/src/{linux-headers-,kernels/}*/include/config/auto.conf; do
		[ -e "$file" ] || continue
		file=${file%/include/config/auto.conf} file=${file%/} file=${file##*/}
		echo "${file#linux-headers-}"
	done | sort -u
}

# arch_in CONFIG: the architecture of a kernel, by its configuration as make reads it.
arch_in()
{
	if grep -q '^CONFIG_ARM64=y' "$1"; then echo arm64; else echo amd64; fi
}

# first_of FILE...: prints the first that exists.
first_of()
{
	local file
	for file; do
		if [ -e "$file" ]; then
			echo "$file"
			return
		fi
	done
}

# The link that the packages have in the folder of the modules is usually absolute.
headers_in_packages()
{
	local link
	link=$(readlink "${MODDIR:-/none}/build" || true)
	first_of ${link:+"$PACKAGES/${link#/}"} "$PACKAGES/usr/src/linux-headers-$VERSION" \
		"$PACKAGES/usr/src/kernels/$VERSION"
}

# pick_release PATH: sets PACKAGES and VERSION.
pick_release()
{
	local releases
	mapfile -t releases < <(releases_in "$PACKAGES")
	if [ -n "$VERSION" ]; then
		[[ " ${releases[*]} " == *" $VERSION "* ]] ||
			die "$1: no kernel $VERSION there: $PACKAGES has ${releases[*]:-none}"
	elif [ ${#releases[@]} = 1 ]; then
		VERSION=${releases[0]}
	elif [ ${#releases[@]} = 0 ]; then
		die "$1: neither a build tree (no include/config/kernel.release) nor unpacked packages (no lib/modules/*, usr/src/linux-headers-* or usr/src/kernels/*)"
	else
		die "$1: several kernels there: name one as $1/lib/modules/RELEASE (${releases[*]})"
	fi
}

find_in_packages()
{
	local headers
	PACKAGES=${1%/} VERSION=''
	if [[ $PACKAGES =~ ^(.*)/lib/modules/([^/]+)$ ]]; then
		VERSION=${BASH_REMATCH[2]} PACKAGES=${BASH_REMATCH[1]%/usr}
	fi
	PACKAGES=$(cd "$PACKAGES/" 2>/dev/null && pwd) ||
		die "$1: no such folder: give a kernel's build tree, or a folder of unpacked packages"
	pick_release "$1"
	MODDIR=$(first_of "$PACKAGES/lib/modules/$VERSION" "$PACKAGES/usr/lib/modules/$VERSION")
	VMLINUZ=$(first_of "$PACKAGES/boot/vmlinuz-$VERSION" "$MODDIR/vmlinuz")
	headers=$(headers_in_packages)
	[ -n "$headers" ] ||
		die "$1: no headers of $VERSION: unpack linux-headers-$VERSION or kernel-devel-$VERSION there, too"
	{ [ -e "$headers/Makefile" ] && [ -e "$headers/include/config/auto.conf" ]; } ||
		die "$1: the headers in $headers are incomplete: unpack the package that all flavours share there, too"
	HEADERS=${headers#"${PACKAGES%/}"} CONFIG=$headers/include/config/auto.conf
	ARCH=$(arch_in "$CONFIG")
	SUITE=$(suite_of_gcc "$(gcc_of "$headers")")
	ROOT=$(root_of_suite "$SUITE")
}

# find_build_tree PATH: modules_install has to leave its modules in the folder "stock".
find_build_tree()
{
	KTREE=$(cd "$1" && pwd)
	VERSION=$(cat "$KTREE/include/config/kernel.release")
	HEADERS=$KTREE CONFIG=$KTREE/include/config/auto.conf
	[ -e "$CONFIG" ] ||
		die "$1: this kernel was configured and not built: run make in it"
	ARCH=$(arch_in "$CONFIG")
	case $ARCH in
	arm64) VMLINUZ=$KTREE/arch/arm64/boot/Image ;;
	*) VMLINUZ=$KTREE/arch/x86/boot/bzImage ;;
	esac
	MODDIR=$(first_of "$KTREE/stock/lib/modules/$VERSION")
	SUITE=$(suite_of_gcc "$(gcc_of "$KTREE")")
	ROOT=$(root_of_suite "$SUITE")
}

find_at_path()
{
	if [ -f "$1/include/config/kernel.release" ]; then
		find_build_tree "$1"
	elif [ -f "$1/Kconfig" ]; then
		die "$1: a source tree without a build: run make in it, or name the folder that make O= wrote to"
	else
		find_in_packages "$1"
	fi
	NAME=$VERSION
}

# find_recorded NAME: a kernel that tests/vm/prepare or kernel_names recorded. Of a path only the
# path is recorded, since what is there may change.
find_recorded()
{
	local PLACE=''
	[ -f "$cache/kernels/$1" ] || return
	# shellcheck source=/dev/null
	. "$cache/kernels/$1"
	if [ -n "$PLACE" ]; then
		find_at_path "$PLACE"
		[ "$NAME" = "$1" ] || die "$1: $PLACE is now $NAME: name the path again"
		return
	fi
	NAME=$1 MODDIR=$ROOT/lib/modules/$VERSION ARCH=$(arch_of "$1")
	HEADERS=/lib/modules/$VERSION/build
	CONFIG=$ROOT/usr/src/linux-headers-$VERSION/include/config/auto.conf
	[ -d "$MODDIR" ] || die "kernel $1 is recorded but gone: run tests/vm/prepare $1"
}

# kernel_find KERNEL: a name of kernels.list, a kernel of build-kernel (kasan-6.12), or a path
# (anything with a slash), or the release of a path that kernel_names has seen. A path is a
# build tree, or a folder with unpacked packages, or of one with several kernels
# FOLDER/lib/modules/RELEASE. Sets
#   NAME      the release for a path, else KERNEL; used in the names of files
#   VERSION   the release
#   ARCH      its architecture, as Debian names it: amd64 or arm64
#   SUITE     the suite of ROOT: its own, or one whose compiler can build for it
#   ROOT      a Debian root: modules are built there unless there is a KTREE; --root shares it
#   KTREE     the build tree; modules are built on the host with it
#   PACKAGES  the folder with packages, of which usr/src is mounted in ROOT
#   HEADERS   what make -C wants: a path of the host for a build tree, else one in ROOT
#   CONFIG    its configuration as make reads it
#   VMLINUZ   the image; empty if there is none, which is enough to build modules
#   MODDIR    the folder of its modules; empty if there is none
kernel_find()
{
	NAME='' VERSION='' ARCH='' SUITE='' ROOT='' KTREE='' PACKAGES='' HEADERS='' CONFIG=''
	VMLINUZ='' MODDIR=''
	if is_debug_kernel "$1"; then
		[ -f "$cache/debug/$1/include/config/kernel.release" ] ||
			die "kernel $1 is not built: run tests/vm/build-kernel --config ${1%%-*} --source ${1#*-}"
		find_build_tree "$cache/debug/$1"
		NAME=$1
	elif [[ $1 == */* ]]; then
		find_at_path "$1"
	elif ! find_recorded "$1"; then
		! is_listed "$1" || die "kernel $1 is not prepared: run tests/vm/prepare $1"
		die "unknown kernel '$1': name one of kernels.list, or a path with a slash"
	fi
}

# kernel_needs_image: after kernel_find, for those that boot it.
kernel_needs_image()
{
	[ -f "$VMLINUZ" ] ||
		die "no image of $NAME${VMLINUZ:+ at $VMLINUZ}: ${KTREE:+make bzImage, or }unpack the package that has vmlinuz-$VERSION beside its headers"
	[ -z "$MODDIR" ] || return 0
	[ -z "$PACKAGES" ] ||
		die "no modules of $NAME: unpack the packages that have lib/modules/$VERSION in $PACKAGES"
	[ ! -s "$KTREE/modules.order" ] ||
		die "no modules of $NAME: run make modules_install INSTALL_MOD_PATH=$KTREE/stock in $KTREE"
}

# kernel_names KERNEL...: the name of each, one a line. A path is recorded, so that its name
# finds it, too.
kernel_names()
{
	local kernel
	for kernel; do
		if [[ $kernel != */* ]]; then
			echo "$kernel"
			continue
		fi
		(
			kernel_find "$kernel"
			kernel_needs_image
			mkdir -p "$cache/kernels"
			printf 'PLACE=%q\n' "$(realpath -s "$kernel")" >"$cache/kernels/.$NAME.$$"
			mv "$cache/kernels/.$NAME.$$" "$cache/kernels/$NAME"
			echo "$NAME"
		) || return
	done
}

# kernels_given KERNEL...: sets the array kernels to their names.
kernels_given()
{
	local names
	names=$(kernel_names "$@") || exit
	mapfile -t kernels < <(printf '%s' "$names")
}
