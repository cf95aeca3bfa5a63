# SPDX-License-Identifier: GPL-2.0-only OR MIT
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# What the headers in this folder have to know about the kernel, and no preprocessor can find
# out. mmnotify.mk includes it; so does the Kbuild of a driver with copies of the headers
# (docs/compat.md). A header that cannot be read counts as one of a new kernel.

# mmnotify-lacks: y if linux/mmu_notifier.h does not have the word $(1).
mmnotify-notifiers := $(wildcard $(srctree)/include/linux/mmu_notifier.h)
mmnotify-lacks = $(if $(mmnotify-notifiers),$(shell \
	grep -q -w $(1) $(mmnotify-notifiers) || echo y))

# m if the kernel has interval notifiers, on which ranges are built (v5.5).
mmnotify-ranges := $(if $(call mmnotify-lacks,mmu_interval_notifier_insert),,m)
subdir-ccflags-y += $(if $(mmnotify-ranges),,-DMMNOTIFY_WITHOUT_RANGES)
# Two passes (v7.1) in a driver without mmnotify.
subdir-ccflags-y += $(if $(call mmnotify-lacks,invalidate_finish),,-DMMNOTIFY_COMPAT_TWO_PASS=1)
