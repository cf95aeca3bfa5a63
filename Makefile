# SPDX-License-Identifier: GPL-2.0-only
# For users and developers. One goal per kernel make: 7.x loops on two (docs/dkms.md).
KVER ?= $(if $(KERNELRELEASE),$(KERNELRELEASE),$(shell uname -r))
KDIR ?= /lib/modules/$(KVER)/build
# A release has no tests, so there may be no list.
all-kernels := $(shell sed 's/\#.*//' tests/vm/kernels.list 2>/dev/null | awk 'NF == 2 { print $$1 }')
KERNELS ?= $(or $(KERNEL),$(all-kernels))
RT_KERNELS := $(shell sed 's/\#.*//' tests/vm/kernels.list 2>/dev/null | awk '$$3 == "rt" { print $$1 }')
# Built from source by tests/vm/build-kernel.
FP_KERNELS := $(or $(KERNEL),fp-6.1 fp-7.3)
ARM64_KERNELS := $(or $(KERNEL),arm64-6.12 arm64-7.3 arm64-16k-7.3)
# make check runs their scenarios only.
BRIEF_KERNELS := fp-7.3 arm64-7.3
NEWEST := $(lastword $(all-kernels))

CC := gcc
user-cflags := -O2 -g -Wall -Wextra -Werror -std=gnu11 -static
user := build/user

.DEFAULT_GOAL := help
.PHONY: help help-more modules modules_install clean user dist \
	demo check lint unit fuzz mutants bench bench-growth bench-cpus bench-lines \
	bench-plots bench-thrash bench-top check-api check-faults check-storm check-causes check-disks \
	check-modes check-stress check-power check-rt check-lockdown check-debug \
	check-foreign check-fp check-arm64 check-planted check-dkms check-watch check-first \
	check-tool check-report check-situations tool tool-vm install-tool

# One screen: tests/lint/sizes counts.
help:
	@echo 'make demo           show the causes of a program'"'"'s events, live, in a VM'
	@echo 'make check          all tests: lint, unit, seven kernels (KERNEL=6.12: one)'
	@echo 'make lint | unit    only these'
	@echo 'make modules        build mmnotify.ko for the running kernel (KVER=, KDIR=)'
	@echo 'make tool           the tool mmnotify for administrators; make install-tool'
	@echo 'make docs           docs/causes.md, api.md and internals.md, from the sources'
	@echo 'make dist           the release tree, as a tar file in build/'
	@echo 'make bench          instructions per operation, against native notifiers'
	@echo 'make fuzz           random mm operations under three devices'
	@echo 'make check-api      requirements by number, files and ioctls, with a fuzzer'
	@echo 'make check-faults   each allocation and step fails once'
	@echo 'make check-storm    1,000 loads and unloads, storms of objects, exits'
	@echo 'make check-causes   every scenario on every machine, every event verified'
	@echo 'make check-disks    the page cache of XFS, btrfs, exFAT and ext4'
	@echo 'make check-modes    without ftrace, beside other tracers, unknown call sites'
	@echo 'make check-stress   stress-ng with mirrors at its processes'
	@echo 'make check-power    CPU hotplug, sleep, kexec'
	@echo 'make check-rt       PREEMPT_RT kernels (KERNEL=rt-6.12)'
	@echo 'make check-lockdown signed and unsigned, on kernels that are locked down'
	@echo 'make check-debug    KASAN, lockdep, kmemleak, KCSAN (KERNEL=kasan-6.12)'
	@echo 'make check-foreign  test_hmm (ported), rdma_rxe and KVM with their tests'
	@echo 'make check-dkms     add, build, install, boot, remove, with each dkms'
	@echo 'make help-more      more benchmarks, check-fp, and the variables of each target'

help-more:
	@echo 'make mutants        tests must fail with a one-line fault in any file'
	@echo 'make bench-growth   bench with more objects, clients and processes'
	@echo 'make bench-cpus     1 to 8 CPUs that invalidate at once, against native notifiers'
	@echo 'make bench-lines    cache lines that mmnotify writes to from two CPUs: none'
	@echo 'make bench-thrash   losses of devices, naive and aware, on six workloads'
	@echo 'make bench-top      a refresh of mmnotify top, with 100 processes of 30 causes'
	@echo 'make bench-plots    docs/bench.svg and docs/growth.svg, from bench and bench-growth'
	@echo 'make check-fp       kernels with frame pointers, without ORC (KERNEL=fp-7.3)'
	@echo 'make check-arm64    scenarios on arm64, with pages of 4 and 16 KiB'
	@echo 'make check-planted  a kernel that differs from the audit in five ways'
	@echo 'make check-watch    the data for administrators: tracepoints, with watch=1'
	@echo 'make check-tool     the tool mmnotify, with real events'
	@echo 'make check-report   the page of mmnotify report, in headless Chromium'
	@echo 'make check-situations  what people reported: one command of the tool answers each'
	@echo 'make check-first    the first events after watch=1: 20 boots, 100 loads (BOOTS=, LOADS=)'
	@echo 'make user           the programs that run in the VM'
	@echo
	@echo 'KERNEL=   a kernel of tests/vm/kernels.list: check, demo, fuzz, mutants, bench*, check-*;'
	@echo '          or the path of a build tree or of unpacked packages: all but mutants, check-dkms'
	@echo 'JOBS=     VMs at a time (one per CPU): check, check-*'
	@echo 'ONLY=     some steps: check-modes, check-storm, check-power, check-debug, check-foreign'
	@echo 'SEED=     check-api (with CALLS=), fuzz (with STEPS=, SEEDS=)'
	@echo 'STORM=    rounds of check-storm; SECONDS= of check-stress'
	@echo 'FILE=     one file of mutants, with MUTANTS=6, SUITES='
	@echo 'tests/README.md and docs/testing.md say more.'

modules modules_install clean:
	$(MAKE) -C $(KDIR) M=$(CURDIR) $@

# ---- programs that run in the VM ----

user: $(user)/bench $(user)/growth $(user)/api $(user)/contract $(user)/pairs $(user)/samples $(user)/scenarios \
	$(user)/follow $(user)/fuzz $(user)/thrash $(user)/faults $(user)/ioctls $(user)/storm \
	$(user)/kexec $(user)/cpus $(user)/missed $(user)/first $(user)/mincore $(user)/define $(user)/watched $(user)/raw $(user)/genl \
	$(user)/page_cache $(user)/situation $(user)/screen $(user)/many

# For kernels of arm64, with Debian's cross compilers; scenarios32 is a 32-bit program.
.PHONY: user-arm64
user-arm64:
	@$(MAKE) --no-print-directory user user=build/user-arm64 CC=aarch64-linux-gnu-gcc
	@$(MAKE) --no-print-directory build/user-armhf/scenarios user=build/user-armhf \
		CC=arm-linux-gnueabihf-gcc
	@cp -u build/user-armhf/scenarios build/user-arm64/scenarios32

$(user)/bench: $(wildcard tests/bench/*.[ch])
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $(filter %.c,$^)

$(user)/growth: tests/bench/growth/growth.c tests/bench/alone.c tests/bench/bench.h tests/bench/grow/grow.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $(filter %.c,$^)

$(user)/cpus: tests/bench/cpus/cpus.c tests/bench/alone.c tests/bench/bench.h tests/bench/grow/grow.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -pthread -o $@ $(filter %.c,$^)

# A plugin for QEMU, not for the VM.
build/host/stores.so: tests/bench/lines/stores.c tests/bench/lines/plugin.h tests/bench/bench.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(filter-out -static,$(user-cflags)) -fPIC -shared -fvisibility=hidden -o $@ $<

# Shared by several programs.
tap := tests/lib/tap.c
sys := tests/lib/sys.c
lib-headers := tests/lib/tap.h tests/lib/sys.h tests/lib/kernel.h

$(user)/api: tests/api/api.c $(tap) samples/mirror/mirror.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Isamples/mirror -Itests/lib -o $@ $(filter %.c,$^)

$(user)/samples: tests/api/samples.c $(tap) samples/common/device.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Isamples/common -Itests/lib -o $@ $(filter %.c,$^)

contract-src := $(addprefix tests/api/,contract.c drv.c parallel.c lives.c deaths.c reap.c hugetlb.c) \
	$(tap) $(sys) tests/lib/kernel.c

$(user)/contract: $(contract-src) tests/api/drv.h tests/modules/contract/contract.h \
		  tests/modules/devmem/devmem.h tests/modules/text/text.h \
		  include/mmnotify/mmnotify_types.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -pthread -Iinclude -Itests/modules/contract \
		-Itests/modules/devmem -Itests/lib -o $@ $(contract-src)

pairs-src := $(addprefix tests/api/,pairs.c pairs_dev.c pairs_cells.c pairs_apart.c pairs_random.c)

$(user)/pairs: $(pairs-src) tests/api/pairs_dev.h tests/api/pairs_random.h tests/modules/pairs/pairs.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -pthread -Itests/modules/pairs -Itests/api -o $@ $(pairs-src)

faults-src := tests/fuzz/faults/faults.c tests/fuzz/faults/genl.c tests/api/drv.c $(tap) $(sys)

$(user)/faults: $(faults-src) tests/api/drv.h tests/modules/contract/contract.h \
		tests/modules/faults/faults.h tests/fuzz/faults/genl.h \
		include/mmnotify/mmnotify_types.h include/mmnotify/mmnotify_netlink.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -pthread -Iinclude -Itests/modules/contract \
		-Itests/modules/faults -Itests/api -Itests/lib -o $@ $(faults-src)

ioctls-src := $(addprefix tests/fuzz/ioctls/,fuzz.c call.c contract.c)

$(user)/ioctls: $(ioctls-src) tests/fuzz/ioctls/fuzz.h tests/modules/contract/contract.h \
		samples/mirror/mirror.h samples/common/device.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -pthread -Itests/modules/contract -Isamples/mirror \
		-Isamples/common -o $@ $(ioctls-src)

$(user)/storm: $(wildcard tests/load/storm/*.[ch]) $(tap) $(sys) tests/modules/storm/storm.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -pthread -Itests/lib -o $@ $(filter %.c,$^)

$(user)/kexec: tests/platforms/power/kexec.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $<

$(user)/missed: tests/hooks/missed.c samples/mirror/mirror.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Iinclude -Isamples/mirror -o $@ $<

$(user)/page_cache: tests/scenarios/disks/page_cache.c $(tap) src/rules/names.c src/rules/names.h \
		include/mmnotify/mmnotify_types.h samples/mirror/mirror.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Iinclude -Isamples/mirror -Itests/lib -Isrc \
		'-DARRAY_SIZE(x)=(sizeof(x) / sizeof((x)[0]))' -o $@ $(filter %.c,$^)

$(user)/mincore: tests/platforms/planted/mincore.c samples/mirror/mirror.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Iinclude -Isamples/mirror -o $@ $<

$(user)/first: tests/hooks/first.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $<

$(user)/watched $(user)/raw: $(user)/%: tests/watch/%.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $<

$(user)/situation: $(wildcard tests/situations/*.[ch])
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -fno-omit-frame-pointer -pthread -o $@ $(filter %.c,$^)

$(user)/genl: tests/watch/netlink.c include/mmnotify/mmnotify_netlink.h
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Iinclude -o $@ $<

$(user)/screen: tests/tool/screen.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $< -lutil

$(user)/many: tests/tool/many.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $<

$(user)/define: tests/hooks/define.c
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -o $@ $<

$(user)/follow: tests/load/stress/follow.c $(sys) samples/mirror/mirror.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Isamples/mirror -Itests/lib -o $@ $(filter %.c,$^)

$(user)/fuzz: $(wildcard tests/fuzz/mm/*.[ch]) $(sys) samples/common/device.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Isamples/common -Itests/lib -o $@ $(filter %.c,$^)

$(user)/thrash: $(wildcard tests/bench/thrash/*.[ch]) $(sys) samples/common/device.h $(lib-headers)
	@mkdir -p $(@D)
	@echo "  CC      $@"
	@$(CC) $(user-cflags) -Isamples/common -Itests/lib -o $@ $(filter %.c,$^)

-include tests/scenarios/Makefile.inc

# ---- the administrator's tool ----

prefix ?= /usr/local

tool: deps-tool
	@$(MAKE) -s -C tools/mmnotify

# What the VM tests run: the program of this machine with its libraries.
tool-vm: tool
	@mkdir -p build/tool/vm
	@tests/tool/bundle build/tool/mmnotify build/tool/vm
	@tests/tool/bundle trace-cmd build/tool/vm
	@[ ! -e /lib/terminfo/l/linux ] || \
		install -D -m 644 /lib/terminfo/l/linux build/tool/vm/terminfo/l/linux

install-tool: tool
	@$(MAKE) -s -C tools/mmnotify install DESTDIR='$(abspath $(DESTDIR))' prefix='$(prefix)'

# ---- goals for users and developers ----

demo: deps-vm user tool-vm
	@tests/scenarios/demo $(or $(KERNEL),$(NEWEST))

check: deps-vm deps-unit deps-lint deps-kernel deps-arm64 user user-arm64 tool-vm
	@tests/check $(KERNELS) $(if $(KERNEL),,$(BRIEF_KERNELS:%=--scenarios %))

lint: deps-lint
	@tests/lint/all

unit: deps-unit tool
	@$(MAKE) -C tests/unit check
	@$(MAKE) -C tests/tool/unit check
	@prove tests/tool/words

bench: deps-vm user
	@tests/bench/run $(KERNELS)

fuzz: deps-vm user
	@tests/run fuzz/mm $(KERNELS)

# First the rows of the tables; with FILE= only the faults of that file.
mutants: deps-vm deps-unit user
	$(if $(FILE),,@$(MAKE) -C tests/unit mutants)
	@tests/vm/prepare $(or $(KERNEL),6.12)
	@tests/mutants/run

bench-growth: deps-vm user
	@tests/bench/growth/run $(KERNELS)

bench-cpus: deps-vm user
	@tests/bench/cpus/run $(KERNEL)

bench-lines: deps-vm user build/host/stores.so
	@tests/bench/lines/run $(KERNEL)

# From the results of make bench and make bench-growth in build/results.
bench-plots: deps-chart
	@tests/bench/plots build/results docs

bench-top: deps-vm user tool-vm
	@ONLY=cost tests/run tool $(or $(KERNEL),$(NEWEST))
	@grep -h ' thousand ' build/results/tool/$(or $(KERNEL),$(NEWEST))-tool-cost.tap

bench-thrash: deps-vm deps-chart user
	@tests/bench/thrash/run $(KERNELS)

check-api: deps-vm user
	@tests/check --api $(KERNELS)

check-faults: deps-vm user
	@tests/check --faults $(KERNELS)

check-rt: deps-vm user
	@tests/check --rt $(or $(KERNEL),$(RT_KERNELS))

check-arm64: deps-vm deps-arm64 user-arm64
	@tests/check $(ARM64_KERNELS:%=--scenarios %)

# The loads of the storm run stress-ng in a suite's root, which these kernels cannot mount.
check-fp: deps-vm user
	@tests/check --fp $(FP_KERNELS)
	@tests/run scenarios/causes $(FP_KERNELS)
	@tests/run hooks $(FP_KERNELS)
	@ONLY="objects quiet" tests/run load/storm $(FP_KERNELS)
	@SEEDS=$(or $(SEEDS),4) tests/run fuzz/mm $(FP_KERNELS)

check-lockdown: deps-vm deps-efi user
	@tests/run platforms/lockdown $(KERNEL)

check-storm: deps-vm user
	@tests/run load/storm $(KERNELS)

check-modes: deps-vm user
	@tests/run hooks $(KERNEL)

check-debug: deps-vm user
	@tests/run platforms/debug $(KERNEL)

check-planted: deps-vm user
	@tests/run platforms/planted

check-causes: deps-vm user
	@tests/run scenarios/causes $(KERNELS)

check-disks: deps-vm user
	@tests/run scenarios/disks $(KERNELS)

check-stress: deps-vm user
	@STRESS_SECONDS=$(SECONDS) tests/run load/stress $(KERNELS)

check-foreign: deps-vm user
	@tests/run drivers/foreign $(KERNEL)

check-watch: deps-vm user
	@tests/run watch $(KERNEL)

check-tool: deps-vm user tool-vm
	@tests/run tool $(KERNEL)

# The page that make demo has written, in a browser.
check-report: demo deps-browser
	@tests/tool/page build/results/demo-$(or $(KERNEL),$(NEWEST)).html

check-situations: deps-vm user tool-vm
	@tests/run situations $(KERNEL)

check-first: deps-vm user
	@BOOTS=$(or $(BOOTS),20) LOADS=$(or $(LOADS),100) tests/run watch $(KERNEL)

check-power: deps-vm user
	@tests/run platforms/power $(KERNEL)

check-dkms: deps-vm
	@tests/dkms/run $(KERNEL)

# The lint checks "causes", "api-page", "internals-page" and "netlink" compare the results.
.PHONY: docs
docs: deps-unit
	@mkdir -p build
	@tools/causes-doc >build/causes.md
	@mv build/causes.md docs/causes.md
	@tools/api-doc >build/api.md
	@mv build/api.md docs/api.md
	@tools/internals-doc >build/internals.md
	@mv build/internals.md docs/internals.md
	@tools/netlink-header >build/mmnotify_netlink.h
	@mv build/mmnotify_netlink.h include/mmnotify/mmnotify_netlink.h

.PHONY: deps-vm deps-unit deps-lint deps-kernel deps-chart deps-efi deps-arm64 deps-tool deps-browser
deps-vm deps-unit deps-lint deps-kernel deps-chart deps-efi deps-arm64 deps-tool deps-browser:
	@tools/install-deps $(subst deps-,,$@)

# The files of a release, which dkms builds: no tests.
dist:
	@mkdir -p build
	@git ls-files -- . ":!tests" ":!.ci" | \
		tar -czf build/mmnotify-$(shell cat VERSION).tar.gz \
		--transform 's,^,mmnotify-$(shell cat VERSION)/,' -T -
	@echo build/mmnotify-$(shell cat VERSION).tar.gz
