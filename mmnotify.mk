# SPDX-License-Identifier: GPL-2.0-only
# For the Kbuild of a driver that uses mmnotify: sets the include path and finds
# the symbol versions. Under DKMS, in the driver's Kbuild:
#
#   include $(wildcard /var/lib/dkms/mmnotify/kernel-$(KERNELRELEASE)-*/../../source/mmnotify.mk)
#
# and by hand, with MMNOTIFY_DIR=<folder where mmnotify was built> given to make:
#
#   include $(MMNOTIFY_DIR)/mmnotify.mk
#
# See docs/dkms.md.
mmnotify-here := $(realpath $(dir $(lastword $(MAKEFILE_LIST))))

ifneq ($(MMNOTIFY_DIR),)
mmnotify-built := $(MMNOTIFY_DIR)
mmnotify-hint := run make in $(MMNOTIFY_DIR)
else
mmnotify-built := /var/lib/dkms/mmnotify/kernel-$(KERNELRELEASE)-*/module
mmnotify-hint := run "dkms install mmnotify/$(shell cat $(mmnotify-here)/VERSION) -k $(KERNELRELEASE)"
endif
mmnotify-symvers := $(firstword $(wildcard $(mmnotify-built)/Module.symvers))

ifeq ($(mmnotify-symvers),)
$(warning mmnotify is not built for $(KERNELRELEASE), its symbols will be undefined: $(mmnotify-hint))
endif

ccflags-y += -I$(mmnotify-here)/include
KBUILD_EXTRA_SYMBOLS += $(mmnotify-symvers)
