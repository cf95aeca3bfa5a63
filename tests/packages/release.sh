# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154
# The release: functions for run, which sources this file.

# clone NAME USER: a checkout of the commit under test that belongs to USER.
clone()
{
	git clone -q "$top" "$tmp/$1" && git -C "$tmp/$1" checkout -q "$commit" && chown -R "$2" "$tmp/$1"
}

as_user()
{
	setpriv --reuid "$1" --regid "$1" --clear-groups env HOME=/nonexistent \
		GIT_CONFIG_GLOBAL=/dev/null sh -c "cd '$2' && umask $3 && packaging/release"
}

same_release()
{
	chmod 755 "$tmp"
	clone first 1234 && clone second 65534 || return
	find "$tmp/second" -name '*.c' -exec touch -d '2001-02-03' {} +
	as_user 1234 "$tmp/first" 002 && as_user 65534 "$tmp/second" 077 || return
	cmp "$tmp"/{first,second}/build/"$name.tar.gz" && cmp "$tmp"/{first,second}/build/SHA256SUMS &&
		(cd "$tmp/first/build" && sha256sum -c SHA256SUMS)
}

unpack_release()
{
	tar --no-same-owner -xzf "$tmp/first/build/$name.tar.gz" -C "$tmp/src"
}

# An attack: the user who made the archive has another uid in it.
safe_for_root()
{
	(umask 022 && mkdir -p "$tmp/src" && unpack_release) &&
		[ -z "$(find "$tmp/src/$name" '(' ! -user 0 -o -perm /022 ')' ! -type l)" ]
}

archive_is_roots()
{
	! tar --numeric-owner -tvzf "$tmp/first/build/$name.tar.gz" | grep -v ' 0/0 '
}

without_tests()
{
	! tar -tzf "$tmp/first/build/$name.tar.gz" | grep -E "^$name/(tests|\.|tools/(audit|api-doc))"
}

helps()
{
	local said
	said=$(make -s -C "$tmp/src/$name" help) && echo "$said" && ! grep -q 'make check' <<<"$said" &&
		grep -q 'This is a release' <<<"$said"
}

# refused WORDS COMMAND...: the command fails, with one line that has the words.
refused()
{
	local said
	said=$("${@:2}" 2>&1 >/dev/null) && return 1
	echo "$said"
	[ "$(wc -l <<<"$said")" = 1 ] && grep -q "$1" <<<"$said"
}

# planted FILE SCRIPT: a commit in which sed has changed the file is refused.
planted()
{
	(
		cd "$tmp/second" && git reset -q --hard "$commit" && sed -i "$2" "$1" &&
			git -c user.name=x -c user.email=x@localhost commit -q -a -m planted
	) && refused "make them the same" env GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory \
		GIT_CONFIG_VALUE_0="$tmp/second" "$tmp/second/packaging/release"
}

test_release()
{
	prefix=release
	export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'
	ok "two users make the same file in two folders" same_release
	ok "unpacked as README says, nothing is writable by others than root" safe_for_root
	ok "all files in it belong to root" archive_is_roots
	ok "it has neither tests nor tools for developers" without_tests
	ok "make help offers what is there" helps
	ok "outside of git a release is refused" refused "not a git checkout" \
		"$tmp/src/$name/packaging/release"
	ok "another version in dkms.conf is refused" planted dkms.conf 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="9.9"/'
	ok "another version in CHANGELOG.md is refused" planted CHANGELOG.md 's/^## 0/## 9/'
	mkdir -p "$tmp/share"
	cp "$tmp/first/build/$name.tar.gz" "$tmp/first/build/SHA256SUMS" "$tmp/share/"
	cp -r "$tmp/first" "$tmp/share/clone"
}

sign_and_verify()
{
	# shellcheck disable=SC2016
	in_copy sh -ec '
		cd /mmnotify/clone
		git config --global --add safe.directory "*"
		gpg --batch --quiet --passphrase "" --quick-generate-key release@localhost
		SIGN=release@localhost packaging/release
		cd build
		gpg --verify SHA256SUMS.asc SHA256SUMS
		echo more >> SHA256SUMS
		! gpg --verify SHA256SUMS.asc SHA256SUMS'
}
