# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154
# The packages of RPM: functions for run, which sources this file. Debian has rpmbuild and rpm, and
# neither dnf's repositories nor the macros of RHEL and SUSE. So the scripts of the packages run
# for real, with Debian's dkms, and dependencies on other packages are not resolved.

# build_rpm VERSION [OPTION...]
build_rpm()
{
	local tarball=$tmp/share/mmnotify-$1.tar.gz
	[ -f "$tarball" ] || other_version "$1" || return
	in_copy /mmnotify/build-rpm "/mmnotify/${tarball##*/}" /mmnotify/rpm --nodeps "${@:2}"
}

lint_rpm()
{
	cp "$top/packaging/rpm/rpmlintrc" "$tmp/share/"
	in_copy sh -c 'rpmlint -r /mmnotify/rpmlintrc /mmnotify/rpm/*.rpm' >"$tmp/rpmlint"
	cat "$tmp/rpmlint"
	grep -q ' 0 errors, 0 warnings' "$tmp/rpmlint"
}

# rpm OPTION FILE...
rpm_do()
{
	local option=$1 file files=()
	shift
	for file; do
		[[ $file != *.rpm ]] || file=/mmnotify/rpm/$file
		files+=("$file")
	done
	in_copy rpm "$option" --nodeps "${files[@]}"
}

dkms_rpm()
{
	echo "mmnotify-dkms-$1-1.noarch.rpm"
}

# A driver, with no sources of the module on the machine: its symbol versions are those of the
# package, or a file that the build names.
driver_builds()
{
	# shellcheck disable=SC2016
	in_copy sh -ec '
		kernel=$1
		shift
		rm -rf /tmp/minimal
		cp -r /usr/share/doc/mmnotify-devel*/samples/minimal /tmp/minimal
		make -C /lib/modules/$kernel/build M=/tmp/minimal \
			MMNOTIFY_DIR=$(pkg-config --variable=mmnotifydir mmnotify) "$@" modules > /tmp/log 2>&1
		cat /tmp/log
		! grep -q undefined /tmp/log
		modinfo -F depends /tmp/minimal/mmn_minimal_classify.ko | grep -w mmnotify' \
		sh "${versions[0]}" "$@"
}

symvers_elsewhere()
{
	mkdir -p "$tmp/share/symvers"
	mv "$root/usr/share/mmnotify/symvers/${versions[0]}/Module.symvers" "$tmp/share/symvers/"
	! driver_builds && ! driver_builds MMNOTIFY_SYMVERS=/mmnotify/none &&
		driver_builds MMNOTIFY_SYMVERS=/mmnotify/symvers/Module.symvers
}

test_rpm()
{
	prefix=rpm
	versions=("${versions[0]}") names=("${names[0]}")
	enter_build trixie
	cp "$top/packaging/build-rpm" "$tmp/share/"
	ok "the packages are built" build_rpm "$version"
	ok "rpmlint finds neither errors nor warnings" lint_rpm
	in_copy rpm --initdb
	ok "other versions are built" build_rpm 0.1.1
	ok "and one that does not compile" build_rpm 0.1.2
	ok "rpm installs the packages" rpm_do -i "$(dkms_rpm "$version")" \
		"mmnotify-devel-$version-1.noarch.rpm" "mmnotify-tools-$version-1.x86_64.rpm"
	ok "dkms has built the module" built "$version"
	ok "a driver is built against it" driver_builds
	ok "modprobe loads it, and the tool finds it" loads 'modprobe mmnotify; mmnotify doctor'
	ok "an upgrade" rpm_do -U "$(dkms_rpm 0.1.1)"
	ok "takes the place of the old version" built 0.1.1
	ok "an upgrade that does not compile" rpm_do -U "$(dkms_rpm 0.1.2)"
	ok "leaves the version before" built 0.1.1
	ok "kmod-mmnotify conflicts with DKMS's" kmod_conflicts
	ok "removal" rpm_do -e mmnotify-dkms
	ok "leaves nothing of dkms" test ! -e "$root/var/lib/dkms/mmnotify"
	ok "kmod-mmnotify is installed" rpm_do -i "kmod-mmnotify-$version-1.x86_64.rpm"
	ok "a driver is built with its symbol versions" driver_builds
	ok "or with a copy of them, and not without" symvers_elsewhere
	ok "kmod-mmnotify loads" loads 'modprobe mmnotify; [ -d /sys/module/mmnotify ]'
	ok "all are removed" rpm_do -e kmod-mmnotify mmnotify-devel mmnotify-tools
	ok "and leave nothing" nothing_left
	leave
}

kmod_conflicts()
{
	build_rpm "$version" --with kmod --without tools --define "kversion ${versions[0]}" || return
	! in_copy rpm -i --test "/mmnotify/rpm/kmod-mmnotify-$version-1.x86_64.rpm" >"$tmp/conflict" 2>&1
	cat "$tmp/conflict"
	grep -q 'mmnotify-dkms conflicts\|conflicts with' "$tmp/conflict"
}
