# SPDX-License-Identifier: GPL-2.0-only OR MIT
# For the Kbuild of a driver that uses mmnotify: sets the include path and finds
# the symbol versions that belong to this very copy of mmnotify. That is what dkms
# built from it for this kernel, or else what was built in this folder by hand.
# samples/mirror/Kbuild shows how to include it; docs/dkms.md says why.
mmnotify-here := $(realpath $(dir $(lastword $(MAKEFILE_LIST))))
mmnotify-dkms := $(firstword $(wildcard /var/lib/dkms/mmnotify/kernel-$(KERNELRELEASE)-*))

ifeq ($(mmnotify-here),$(if $(mmnotify-dkms),$(realpath $(mmnotify-dkms)/../../source)))
mmnotify-symvers := $(wildcard $(mmnotify-dkms)/module/Module.symvers)
else
mmnotify-symvers := $(wildcard $(mmnotify-here)/Module.symvers)
endif

ifeq ($(mmnotify-symvers),)
$(warning mmnotify in $(mmnotify-here) is not built for $(KERNELRELEASE), its symbols will be undefined)
endif

# HAVE_MMNOTIFY is for mmnotify_compat.h. Kbuild applies subdir-ccflags-y to this
# folder and to all below it.
subdir-ccflags-y += -I$(mmnotify-here)/include -DHAVE_MMNOTIFY
# Kbuild reads this variable from the Kbuild of the folder that M= names. A value from
# make's command line can only be added to by "override", after which make ignores a
# plain "+=" of the driver: so "override" is for that case alone.
ifeq ($(filter $(mmnotify-symvers),$(KBUILD_EXTRA_SYMBOLS)),)
ifneq ($(filter command override,$(origin KBUILD_EXTRA_SYMBOLS)),)
override KBUILD_EXTRA_SYMBOLS += $(mmnotify-symvers)
else
KBUILD_EXTRA_SYMBOLS += $(mmnotify-symvers)
endif
endif
