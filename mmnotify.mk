# SPDX-License-Identifier: GPL-2.0-only OR MIT
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# For the Kbuild of a driver that uses mmnotify: sets the include path, and the symbol
# versions (Module.symvers) that belong to this copy of mmnotify: those that dkms built
# for this kernel if this is the copy that dkms uses, else those of a build in this
# folder. The package mmnotify-dev installs it in /usr/share/mmnotify, without the module's
# sources: then symvers/KERNEL/Module.symvers beside it is taken if it exists, else dkms's. A
# build without either, as on another machine, gives make MMNOTIFY_SYMVERS=FILE.
# samples/minimal/Kbuild shows how to include this file, docs/dkms.md explains it.
mmnotify-here := $(realpath $(dir $(lastword $(MAKEFILE_LIST))))
mmnotify-dkms := $(firstword $(wildcard /var/lib/dkms/mmnotify/kernel-$(KERNELRELEASE)-*))

ifneq ($(MMNOTIFY_SYMVERS),)
mmnotify-symvers := $(or $(wildcard $(MMNOTIFY_SYMVERS)),\
	$(error MMNOTIFY_SYMVERS=$(MMNOTIFY_SYMVERS): there is no such file))
else ifeq ($(wildcard $(mmnotify-here)/Kbuild),)
mmnotify-symvers := $(firstword $(wildcard \
	$(mmnotify-here)/symvers/$(KERNELRELEASE)/Module.symvers \
	$(mmnotify-dkms)/module/Module.symvers))
else ifeq ($(mmnotify-here),$(if $(mmnotify-dkms),$(realpath $(mmnotify-dkms)/../../source)))
mmnotify-symvers := $(wildcard $(mmnotify-dkms)/module/Module.symvers)
else
mmnotify-symvers := $(wildcard $(mmnotify-here)/Module.symvers)
endif

ifeq ($(mmnotify-symvers),)
$(warning mmnotify in $(mmnotify-here) is not built for $(KERNELRELEASE), its symbols will be undefined)
endif

# HAVE_MMNOTIFY selects mmnotify.h in mmnotify_compat.h. Kbuild applies subdir-ccflags-y
# to the folder of this Kbuild and to all folders below it.
subdir-ccflags-y += -I$(mmnotify-here)/include -DHAVE_MMNOTIFY
include $(mmnotify-here)/include/mmnotify/mmnotify_kernel.mk
# Kbuild reads KBUILD_EXTRA_SYMBOLS from the Kbuild of the folder that M= names. Adding
# to a value from make's command line needs "override", but after an "override" make
# ignores a plain "+=" of the driver. So use "override" in that case only.
ifeq ($(filter $(mmnotify-symvers),$(KBUILD_EXTRA_SYMBOLS)),)
ifneq ($(filter command override,$(origin KBUILD_EXTRA_SYMBOLS)),)
override KBUILD_EXTRA_SYMBOLS += $(mmnotify-symvers)
else
KBUILD_EXTRA_SYMBOLS += $(mmnotify-symvers)
endif
endif
