# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2154
# Copies of the roots of the suites, for the tests of the packages; sourced after vm/lib.sh and
# lib/ok.sh. Each is an overlay in $tmp, and the root below it does not change.

# What a build of the packages needs (packaging/debian/control), and what checks them.
build_packages()
{
	echo build-essential debhelper fakeroot scdoc pkg-config perl git gpg gpg-agent lintian
	[ "$1" = bullseye ] || echo libtracefs-dev libtraceevent-dev libtracecmd-dev libmnl-dev \
		libncurses-dev libjson-c-dev
	[ "$1" != trixie ] || echo rpm rpmlint elfutils autopkgtest autodep8 reuse
}

# mount_over NAME LOWER...: sets $root to a new overlay.
mount_over()
{
	local lower
	root=$tmp/$1/root
	lower=$(printf ':%s' "${@:2}")
	# Nothing of an earlier copy of the same name.
	rm -rf --one-file-system "${tmp:?}/$1"
	mkdir -p "$tmp/$1"/{upper,work,root}
	mount -t overlay overlay "$root" \
		-o "lowerdir=${lower#:},upperdir=$tmp/$1/upper,workdir=$tmp/$1/work" ||
		die "cannot mount an overlay: this machine's kernel needs overlayfs"
}

in_copy()
{
	in_root "$root" "${bind:-}" "$@"
}

# The additional packages of a suite's build root are kept in the cache, as a layer over the root.
# A root that has changed since gets a new layer.
build_layer()
{
	local suite=$1 layer=$cache/packages/$1 below stamp
	below=$(root_of_suite "$suite")
	stamp="$(build_packages "$suite" | tr '\n' ' ') $(stat -c %Y "$below/var/lib/dpkg/status")"
	[ "$(cat "$layer/stamp" 2>/dev/null)" = "$stamp" ] || {
		rm -rf "$layer"
		mkdir -p "$layer"/{upper,work,root}
		mount -t overlay overlay "$layer/root" \
			-o "lowerdir=$below,upperdir=$layer/upper,workdir=$layer/work"
		# shellcheck disable=SC2046
		in_root "$layer/root" '' sh -c 'apt-get -q update && apt-get -q -y \
			-o Acquire::Retries=3 --no-install-recommends install "$@"' sh \
			$(build_packages "$suite") >"$layer/log" 2>&1 </dev/null ||
			die "the build root of $suite cannot be made: see $layer/log"
		umount "$layer/root"
		echo "$stamp" >"$layer/stamp"
	}
}

# enter_build SUITE: $root is a copy of the build root, with the source of this tree at /mmnotify.
enter_build()
{
	(
		exec 9>>"$cache/.lock-packages-$1"
		flock 9
		build_layer "$1"
	) || exit
	mount_over "$1-build" "$cache/packages/$1/upper" "$(root_of_suite "$1")"
	bind=$tmp/share
	only_tested
}

# DKMS builds for all kernels that have headers: only those under test shall.
only_tested()
{
	local build
	for build in "$root"/lib/modules/*/build; do
		[[ " ${versions[*]} " == *" $(basename "$(dirname "$build")") "* ]] || rm "$build"
	done
}

# enter_plain SUITE NAME: $root is a copy of the suite's root, which has dkms and headers.
enter_plain()
{
	mount_over "$1-$2" "$(root_of_suite "$1")"
	bind=$tmp/share
	only_tested
}

leave()
{
	umount "$root"
}
