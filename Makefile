# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# For users and developers. One goal per kernel make: 7.x loops on two (docs/dkms.md).
KVER ?= $(if $(KERNELRELEASE),$(KERNELRELEASE),$(shell uname -r))
KDIR ?= /lib/modules/$(KVER)/build
prefix ?= /usr/local

.DEFAULT_GOAL := help
.PHONY: help modules modules_install clean samples tool install-tool man install-dev dist packages

# A release has no tests.
-include tests/Makefile.inc

help::
	@echo 'make modules        build mmnotify.ko for the running kernel (KVER=, KDIR=)'
	@echo 'make samples        the sample drivers, after make modules'
	@echo 'make tool           the tool mmnotify for administrators; make install-tool'
	@echo 'make man            manual pages of the API; make install-dev: with the headers'
	@echo 'make packages       a package of each kind for Debian; dist: only the release'
	@[ -d tests ] || echo 'This is a release. Demo, tests and benchmarks are in the git repository.'

modules modules_install clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

# The modules are not installed: they show how a driver uses mmnotify.
samples:
	@[ -f Module.symvers ] || { echo 'samples: run make modules first'; exit 1; }
	@for folder in $(patsubst %/Kbuild,%,$(wildcard samples/*/Kbuild)); do \
		$(MAKE) -C $(KDIR) M=$(CURDIR)/$$folder MMNOTIFY_DIR=$(CURDIR) modules || exit; \
	done

tool:
	@tools/install-deps tool
	@$(MAKE) -s -C tools/mmnotify

install-tool: tool
	@$(MAKE) -s -C tools/mmnotify install DESTDIR='$(abspath $(DESTDIR))' prefix='$(prefix)'

man:
	@mkdir -p build/man
	@tools/api-man build/man

# For drivers that are built without the sources of the module: mmnotify.mk says where it looks.
shared := $(DESTDIR)$(prefix)/share
install-dev: man
	install -D -m 644 -t $(shared)/mmnotify/include/mmnotify include/mmnotify/*
	install -D -m 644 -t $(shared)/mmnotify mmnotify.mk
	install -D -m 644 -t $(shared)/man/man9 build/man/*.9
	install -D -m 644 -t $(DESTDIR)$(prefix)/include/mmnotify \
		$(addprefix include/mmnotify/,mmnotify_types.h mmnotify_netlink.h)
	sed -e 's,@prefix@,$(prefix),' -e 's,@version@,$(shell cat VERSION),' packaging/mmnotify.pc.in | \
		install -D -m 644 /dev/stdin $(shared)/pkgconfig/mmnotify.pc

# From a commit (COMMIT=), with SIGN= the name of a key of gpg.
dist:
	@packaging/release $(COMMIT)

packages: dist
	@packaging/build-deb build/mmnotify-$(shell cat VERSION).tar.gz build
