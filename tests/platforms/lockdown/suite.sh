# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-lockdown: locked down kernels, booted with UEFI, with mmnotify signed as by
# DKMS. Once with Secure Boot, which locks Debian's kernels down to integrity: the key is a
# MOK in the variable that shim fills (MokListRT; db on 5.10). Once with
# lockdown=confidentiality and the key in the firmware's own list (db). On the oldest and
# the newest kernel, or those named.

kernels=(5.10 7.3)
need_root "it enters Debian roots"
need_tools efi openssl
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

# make_key NAME: the same command as in dkms.
make_key()
{
	openssl req -new -x509 -nodes -days 36500 -subj "/CN=mmnotify test $1/" \
		-newkey rsa:2048 -keyout "$tmp/$1.key" -outform DER -out "$tmp/$1.der" \
		-addext extendedKeyUsage=codeSigning >/dev/null 2>&1 || die "openssl makes no key"
}

# sign KERNEL KEY FILE...: signs files below build/signed/KERNEL with sign-file of its headers.
sign()
{
	local kernel=$1 key=$2
	shift 2
	kernel_find "$kernel"
	cp "$tmp/$key.key" "$tmp/$key.der" "$top/build/signed/$kernel/"
	# shellcheck disable=SC2016
	in_root "$ROOT" "$top/build/signed/$kernel" sh -c '
		sign=$1 key=$2
		shift 2
		cd /mmnotify
		for file; do
			$sign sha256 $key.key $key.der $file || exit
		done' sh "$HEADERS/scripts/sign-file" "$key" "$@"
	rm -f "$top/build/signed/$kernel/$key".*
}

# Builds build/signed/KERNEL: the signed modules, and in files/ modules that must be refused.
make_modules()
{
	local kernel=$1 dir=$top/build/signed/$1 names
	rm -rf "$dir"
	mkdir -p "$dir/files"
	find "$top/build/$kernel" -name '*.ko' -exec cp -t "$dir" {} +
	cp "$dir/mmnotify.ko" "$dir/files/unsigned.ko"
	cp "$dir/mmnotify.ko" "$dir/files/other.ko"
	mapfile -t names < <(cd "$dir" && ls -- *.ko)
	sign "$kernel" ours "${names[@]}" || die "$kernel: sign-file failed"
	sign "$kernel" other files/other.ko || die "$kernel: sign-file failed"
	# Change the description of a parameter, which is not used before the signature check.
	sed 's/how to see call sites/how to sea call sites/' "$dir/mmnotify.ko" >"$dir/files/changed.ko"
	! cmp -s "$dir/mmnotify.ko" "$dir/files/changed.ko" || die "$kernel: nothing was changed"
}

# store NAME VARIABLE=CERTIFICATE...: builds the firmware's variables for this run.
store()
{
	"$top/tests/platforms/lockdown/store" /usr/share/OVMF/OVMF_VARS_4M.fd "$tmp/$1.fd" "${@:2}" ||
		die "no variables"
}

# The certificate of the kernel's signer must be in db, or the firmware does not start it.
signer_of()
{
	kernel_find "$1"
	"$top/tests/platforms/lockdown/signature" "$VMLINUZ" |
		openssl pkcs7 -inform DER -print_certs |
		openssl x509 -outform DER -out "$tmp/debian.der" ||
		die "$1 is not signed"
}

# Secure Boot, with the key as a MOK. 5.10 ignores a MokListRT that shim did not write
# ("Couldn't get UEFI MokListRT"), so there the key is in db, too.
store_secure()
{
	local kernel=$1 keys=(db="$tmp/debian.der" MokListRT="$tmp/ours.der")
	[ "${kernel#rt-}" != 5.10 ] || keys=(db="$tmp/debian.der,$tmp/ours.der")
	store "$kernel-integrity" PK="$tmp/other.der" KEK="$tmp/other.der" "${keys[@]}"
}

# in_vm KERNEL LEVEL [CMDLINE]
in_vm()
{
	local kernel=$1 level=$2 name=$1-$2 cmdline=${3:-}
	# PREEMPT_RT disables the EFI runtime services, and so the firmware's keys, by default.
	[[ $kernel != rt-* ]] || cmdline+=" efi=runtime"
	step_in_vm "$name" "$kernel" --mem 1536 --efi "$tmp/$name.fd" \
		--cmdline "$cmdline" --modules "$top/build/signed/$kernel" \
		--files "$top/build/signed/$kernel/files" --files "$top/tests/platforms/lockdown" \
		--files "$top/tests/hooks" --files "$top/tests/lib" -- sh /files/guest.sh "$level"
}

run_steps()
{
	local kernel=$1
	make_modules "$kernel"
	signer_of "$kernel"
	store_secure "$kernel"
	in_vm "$kernel" integrity
	store "$kernel-confidentiality" db="$tmp/ours.der"
	in_vm "$kernel" confidentiality lockdown=confidentiality
}

make_key ours
make_key other
