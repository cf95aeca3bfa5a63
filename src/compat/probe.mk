# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
#
# gen.h has the results of the probes and is made before all objects. if_changed runs
# the probes again if the kernel, the compiler or the flags change.

mmn-compat := $(obj)/src/compat
mmn-probes := $(src)/src/compat/probe

mmn-probe-flags = $(NOSTDINC_FLAGS) $(LINUXINCLUDE) $(KBUILD_CPPFLAGS) \
	$(KBUILD_CFLAGS) $(KBUILD_CFLAGS_MODULE) -DMODULE \
	-DKBUILD_MODFILE=0 -DKBUILD_BASENAME=0 -DKBUILD_MODNAME=0

quiet_cmd_mmn_probe = PROBE   $@
      cmd_mmn_probe = KERNELRELEASE="$(KERNELRELEASE)" \
	sh $(src)/src/compat/probe.sh $@ $(mmn-probes) $(CC) $(mmn-probe-flags)

targets += src/compat/gen.h
$(mmn-compat)/gen.h: $(src)/src/compat/probe.sh \
		     $(wildcard $(mmn-probes)/*.c) FORCE
	$(call if_changed,mmn_probe)

$(addprefix $(obj)/,$(mmnotify-y)): $(mmn-compat)/gen.h
