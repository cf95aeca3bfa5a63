# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154
# Secure Boot as docs/install.md says: firmware with Microsoft's keys starts Debian's shim, that
# GRUB, and that the kernel. The key of DKMS is imported by mokutil and enrolled by MokManager,
# whose screen is the serial console. Functions for run, which sources this file.

# make_esp: an EFI system partition, of Debian's signed packages, in $tmp/esp.
make_esp()
{
	local boot=$tmp/esp/EFI/BOOT
	# shellcheck disable=SC2016
	in_copy sh -ec '
		mkdir -p /mmnotify/efi
		cd /mmnotify/efi
		apt-get -q update
		apt-get -q -o APT::Sandbox::User=root -o Acquire::Retries=3 download \
			shim-signed shim-helpers-amd64-signed grub-efi-amd64-signed
		for package in *.deb; do
			dpkg-deb -x "$package" .
		done' || return
	mkdir -p "$boot"
	cp "$tmp/share/efi/usr/lib/shim/shimx64.efi.signed" "$boot/BOOTX64.EFI"
	cp "$tmp/share/efi/usr/lib/shim/mmx64.efi.signed" "$boot/mmx64.efi"
	cp "$tmp/share/efi/usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed" "$boot/grubx64.efi"
	cp /usr/share/OVMF/OVMF_VARS_4M.ms.fd "$tmp/vars.fd"
}

in_secure_boot()
{
	"${machine[@]}" -- sh -ec "mount -t efivarfs none /sys/firmware/efi/efivars
		mokutil --sb-state | grep 'SecureBoot enabled'
		$1"
}

imports()
{
	in_secure_boot '! modprobe mmnotify
		mmnotify doctor > /tmp/doctor || :
		grep "if Secure Boot refuses it" /tmp/doctor
		mokutil --generate-hash=secret > /tmp/hash
		mokutil --import /var/lib/dkms/mok.pub --hash-file /tmp/hash
		mokutil --list-new | grep -q "key 1"'
}

# The machine resets when MokManager ends, so that run has no status of a command.
enrols()
{
	rm -f "$tmp/keys"
	mkfifo "$tmp/keys"
	"$top/tests/packages/answer" "$tmp/keys" 'Press any key' x 'Enroll MOK' '\d\n' \
		Continue '\d\n' 'Yes' '\d\n' 'assword' 'secret\n' 'Reboot' '\n' \
		-- "${machine[@]}" --keys "$tmp/keys" -- false
}

test_secure_boot()
{
	prefix=secure-boot
	enter_plain trixie secure
	machine=("$vm_dir/run" --kernel "${names[0]}" --mem 1536 --no-modules
		--root-dir "$root" --efi "$tmp/vars.fd" --esp "$tmp/esp")
	need_tools efi openssl
	ok "an EFI system partition of Debian's signed packages" make_esp
	ok "apt installs mmnotify and mokutil" apt trixie install "$(dkms_package "$version")" \
		"mmnotify-tools_$version-1_amd64.deb" mokutil
	ok "Secure Boot refuses it, and mokutil imports the key" imports
	ok "MokManager enrols it" enrols
	ok "Secure Boot loads it" in_secure_boot 'mokutil --test-key /var/lib/dkms/mok.pub | grep "already enrolled"
		modprobe mmnotify
		[ -d /sys/module/mmnotify ]
		mmnotify doctor | grep "lockdown *unknown (Secure Boot)"
		mount -t securityfs none /sys/kernel/security
		mmnotify doctor | grep "lockdown *integrity (Secure Boot)"'
	leave
}
