# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154
# The packages of Debian: functions for run, which sources this file.

profile()
{
	[ "$1" != bullseye ] || echo pkg.mmnotify.notools
}

# build_debian SUITE VERSION: the release as another VERSION, which is $version for the real one.
build_debian()
{
	local tarball=$tmp/share/mmnotify-$2.tar.gz
	[ -f "$tarball" ] || other_version "$2" || return
	in_copy env DEB_BUILD_PROFILES="$(profile "$1")" \
		"/mmnotify/build-deb" "/mmnotify/${tarball##*/}" "/mmnotify/$1"
}

# Version 0.1.2 does not compile.
other_version()
{
	local tree=$tmp/other/mmnotify-$1
	mkdir -p "$tmp/other"
	cp -r "$tmp/src/$name" "$tree"
	echo "$1" >"$tree/VERSION"
	sed -i "s/^PACKAGE_VERSION=.*/PACKAGE_VERSION=\"$1\"/" "$tree/dkms.conf"
	[ "$1" != 0.1.2 ] || sed -i '1i #error "made to fail"' "$tree/src/main.c"
	tar --owner 0 --group 0 -czf "$tmp/share/mmnotify-$1.tar.gz" -C "$tmp/other" "mmnotify-$1"
}

lint_debian()
{
	# A warning of an older lintian that the policy is newer than itself says nothing about us.
	in_copy sh -c "lintian -E --pedantic --suppress-tags newer-standards-version,unknown-field \
		/mmnotify/$1/mmnotify_$version-1_*.changes" >"$tmp/lintian"
	cat "$tmp/lintian"
	! grep -E '^[EW]:' "$tmp/lintian"
}

# What the tests of autopkgtest need is installed already: the root is that of the build. It is a
# copy, so the test of autodep8, which leaves its traces, runs without a testbed that reverts.
autopkgtest_runs()
{
	in_copy sh -c "autopkgtest --no-built-binaries --ignore-restrictions=breaks-testbed \
		/mmnotify/$1/*_$version-1_*.deb /mmnotify/$1/mmnotify_$version-1.dsc -- null" \
		>"$tmp/autopkgtest" 2>&1
	tail -n 60 "$tmp/autopkgtest"
	grep -q '^drivers  *PASS' "$tmp/autopkgtest" && grep -q '^dkms-autopkgtest  *PASS' "$tmp/autopkgtest" &&
		! grep -q ' FAIL' "$tmp/autopkgtest"
}

# apt SUITE VERB PACKAGE...: a package is a name, or a file of the suite.
apt()
{
	local suite=$1 verb=$2 package packages=()
	shift 2
	for package; do
		[[ $package != *.deb ]] || package=/mmnotify/$suite/$package
		packages+=("$package")
	done
	in_copy apt-get -q -y --no-install-recommends -o Dpkg::Use-Pty=0 --allow-downgrades "$verb" \
		"${packages[@]}"
}

dkms_package()
{
	echo "mmnotify-dkms_$1-1_all.deb"
}

# built VERSION: the module of each kernel has this version, and DKMS knows no other one.
built()
{
	local kernel
	in_copy dkms status
	for kernel in "${versions[@]}"; do
		[ "$(in_copy modinfo -k "$kernel" -F version mmnotify)" = "$1" ] || return 1
	done
	[ "$(cd "$root/var/lib/dkms/mmnotify" && echo [0-9]*)" = "$1" ]
}

# dkms before 3 does not sign.
signed()
{
	[ -n "$(in_copy modinfo -k "${versions[0]}" -F sig_id mmnotify)" ]
}

loads()
{
	"$vm_dir/run" --kernel "${names[0]}" --root-dir "$root" --no-modules -- sh -ec "$1"
}

# driver_package SUITE NAME SAMPLE MODULE: a sample as a vendor packages its driver.
driver_package()
{
	local suite=$1 driver=$2 sample=$3 module=$4 tree=$tmp/driver/mmnotify-$2
	rm -rf "$tree"
	mkdir -p "$tree/DEBIAN" "$tree/usr/src/$driver-1.0"
	cp "$top/samples/$sample"/* "$tree/usr/src/$driver-1.0/"
	sed -e "s/mmnotify-mirror/$driver/; s/^BUILT_MODULE_NAME.*/BUILT_MODULE_NAME[0]=\"$module\"/" \
		"$top/tests/dkms/mirror/dkms.conf" >"$tree/usr/src/$driver-1.0/dkms.conf"
	sed -e "s/@driver@/$driver/" "$top/tests/packages/driver/control" >"$tree/DEBIAN/control"
	for script in postinst prerm; do
		sed -e "s/@driver@/$driver/" "$top/tests/packages/driver/$script" >"$tree/DEBIAN/$script"
		chmod 755 "$tree/DEBIAN/$script"
	done
	dpkg-deb --root-owner-group -b "$tree" "$tmp/share/$suite/$driver-dkms_1.0_all.deb"
}

# drivers_built MODULE...
drivers_built()
{
	local kernel module
	for kernel in "${versions[@]}"; do
		for module; do
			in_copy modinfo -k "$kernel" -F depends "$module" | grep -w mmnotify || return 1
		done
	done
}

# What a package of a kernel's headers runs.
headers_hook()
{
	local kernel
	for kernel in "${versions[@]}"; do
		in_copy run-parts --exit-on-error --arg="$kernel" /etc/kernel/header_postinst.d || return 1
	done
}

# The state before a kernel came. `dkms remove` might forget the version with its last kernel.
kernel_upgrade()
{
	local kernel=${versions[0]}
	rm -r "$root/var/lib/dkms/mmnotify/$1/$kernel" "$root/var/lib/dkms/mmnotify/kernel-$kernel-"* \
		"$root/lib/modules/$kernel/updates/dkms/mmnotify.ko"* && in_copy depmod "$kernel" &&
		! in_copy modinfo -k "$kernel" -F version mmnotify && headers_hook
}

apt_is_well()
{
	[ -z "$(in_copy dpkg --audit)" ] && in_copy apt-get -q check
}

no_module_left()
{
	local kernel
	for kernel in "${versions[@]}"; do
		[ -d "$root/lib/modules/$kernel/kernel" ] || return 1
	done
	! find "$root/lib/modules" -path '*/updates/*' -name '*.ko*' | grep .
}

nothing_left()
{
	! (cd "$root" && find lib/modules/*/updates usr/src var/lib usr/share/mmnotify* var/log \
		etc usr/bin usr/lib/systemd -name '*mmnotify*' 2>/dev/null) | grep .
}

install_after_purge()
{
	nothing_left && apt "$1" install "$(dkms_package "$version")"
}

test_debian_build()
{
	local suite=$1
	prefix=$suite
	enter_build "$suite"
	cp "$top/packaging/build-deb" "$tmp/share/"
	ok "the packages are built" build_debian "$suite" "$version"
	ok "lintian finds neither errors nor warnings" lint_debian "$suite"
	if [ -z "$short" ] && does life; then
		for other in 0.1.1 0.1.2 0.1.3; do
			ok "version $other is built" build_debian "$suite" "$other"
		done
	fi
	if [ -z "$short" ] && [ "$suite" = trixie ] && does life; then
		ok "reuse finds a licence and a copyright for each file" in_copy sh -c \
			'cd /mmnotify/clone && reuse lint'
		ok "gpg signs the release, and finds a changed one" sign_and_verify
		# Last: it removes packages that it takes for left over.
		ok "autopkgtest passes" autopkgtest_runs "$suite"
	fi
	leave
}

test_debian_install()
{
	local suite=$1 tools=mmnotify-tools_$version-1_amd64.deb
	prefix=$suite
	[ -z "$(profile "$suite")" ] || tools=
	enter_plain "$suite" life
	# shellcheck disable=SC2086
	ok "apt installs the packages" apt "$suite" install "$(dkms_package "$version")" \
		"mmnotify-dev_$version-1_all.deb" $tools
	ok "the module is built for each kernel" built "$version"
	if [ "$suite" != bullseye ]; then
		ok "and signed" signed
		ok "modprobe loads it, and the tool finds it" loads 'modprobe mmnotify; mmnotify doctor;
			mmnotify --version | grep mmnotify; modprobe -r mmnotify'
	else
		ok "modprobe loads it" loads 'modprobe mmnotify; modprobe -r mmnotify'
	fi
}

test_debian_life()
{
	local suite=$1 both='modprobe mirror; modprobe mmn_minimal_range
		grep "^mmnotify .*mirror" /proc/modules | grep mmn_minimal_range'
	test_debian_install "$suite"
	driver_package "$suite" one mirror mirror >/dev/null
	driver_package "$suite" two minimal mmn_minimal_range >/dev/null
	ok "a driver is installed later" apt "$suite" install one-dkms_1.0_all.deb
	ok "and depends on mmnotify" drivers_built mirror
	ok "and loads it" loads 'modprobe mirror; [ -d /sys/module/mmnotify ]; modprobe -r mirror'
	ok "a second driver is installed beside it" apt "$suite" install two-dkms_1.0_all.deb
	ok "both are built" drivers_built mirror mmn_minimal_range
	ok "mmnotify is installed again over itself" apt "$suite" install --reinstall \
		"$(dkms_package "$version")"
	ok "and is in use, once" built "$version"
	ok "both drivers load together" loads "$both"
	ok "an upgrade" apt "$suite" install "$(dkms_package 0.1.1)"
	ok "takes the place of the old version" built 0.1.1
	ok "and both drivers still load" loads "$both"
	ok "an upgrade that does not compile leaves apt well" apt "$suite" install "$(dkms_package 0.1.2)"
	ok "nothing is half configured" apt_is_well
	ok "the version before stays" built 0.1.1
	ok "a package of a kernel builds that for it" kernel_upgrade 0.1.1
	ok "which is the version before, again" built 0.1.1
	ok "the next upgrade that compiles" apt "$suite" install "$(dkms_package 0.1.3)"
	ok "is in use" built 0.1.3
	ok "a downgrade" apt "$suite" install "$(dkms_package "$version")"
	ok "is in use, too" built "$version"
	ok "a package of a kernel builds it for a new kernel" kernel_upgrade "$version"
	ok "mmnotify is in use by then" built "$version"
	ok "removal takes the drivers along" apt "$suite" remove mmnotify-dkms
	ok "and leaves no module" no_module_left
	ok "drivers and mmnotify in one command" apt "$suite" install "$(dkms_package "$version")" \
		one-dkms_1.0_all.deb two-dkms_1.0_all.deb
	ok "all are built" drivers_built mirror mmn_minimal_range
	ok "the drivers load" loads "$both"
	ok "one driver is removed" apt "$suite" remove two-dkms
	ok "and the other one loads" loads 'modprobe mirror; ! modprobe mmn_minimal_range 2>/dev/null'
	ok "purge of all" apt "$suite" purge mmnotify-dkms mmnotify-dev mmnotify-tools one-dkms
	ok "leaves nothing" nothing_left
	ok "installed again after the purge" install_after_purge "$suite"
	ok "the module is built as the first time" built "$version"
	leave
}

# The machine of a new user: nothing but apt. The headers are those of the kernel that is booted,
# which may be older than what linux-headers-amd64 stands for today.
make_fresh()
{
	mmdebstrap --mode=root --variant=apt --skip=cleanup/apt/lists --aptopt='Acquire::Languages "none"' "$1" "$root" \
		"$(root_of_suite "$1")/etc/apt/sources.list" >"$tmp/fresh.log" 2>&1 || {
		tail "$tmp/fresh.log"
		return 1
	}
}

test_debian_fresh()
{
	local suite=$1
	prefix="$suite, fresh"
	root=$tmp/fresh/root
	mkdir -p "$tmp/fresh"
	ok "a root with apt alone" make_fresh "$suite"
	ok "one command installs mmnotify" in_copy apt-get -q -y -o Dpkg::Use-Pty=0 install \
		"linux-headers-${versions[0]}" "/mmnotify/$suite/$(dkms_package "$version")"
	ok "the module is signed" signed
	ok "a second one loads it" loads 'modprobe mmnotify; [ -d /sys/module/mmnotify ]'
	rm -rf --one-file-system "$tmp/fresh"
}
