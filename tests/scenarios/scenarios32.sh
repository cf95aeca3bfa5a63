#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# Runs in a VM of arm64 with mmnotify and mirror loaded: the scenarios of a 32-bit program.
set -eu

only=$(/files/scenarios32 --list | awk '$1 ~ /^compat_/ { printf "%s%s", sep, $1; sep = "," }')
exec /files/scenarios32 --only "$only"
