# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=bash disable=SC2034,SC2154,SC2317
#
# make check-foreign: drivers from outside of this project, on 7.3. The kernel's test_hmm with
# the kernel's hmm-tests, unmodified and ported to mmnotify, and then with planted bugs, which
# the tests must find. Unmodified rdma_rxe with rdma-core's tests and KVM with a guest, without
# mmnotify and with mmnotify watching. A debug kernel (KERNEL=kasan-7.3) is built first, and has
# neither RDMA nor KVM. Of a kernel given by its path only KVM runs. ONLY="hmm faults" runs
# some steps.

tests=$top/tests
only=${ONLY:-}
kernels=(7.3)
packages=(python3-pyverbs ibverbs-providers iproute2)

# Devices with coherent memory get memory that is reserved here; hmm.sh has the addresses.
# shellcheck disable=SC2016
hmm_vm=(--mem 2560 --cmdline 'memmap=512M$0x40000000' --load mmnotify:verify=1 --timeout 1200
	--files "$tests/drivers/foreign" --files "$tests/lib")

hmm_in_vm()
{
	step_in_vm "$1-hmm-$2" "$1" "${hmm_vm[@]}" --files "$top/build/foreign/$1/out" \
		-- sh /files/hmm.sh "$2"
}

check_hmm()
{
	local variant
	for variant in stock tier1 tier2; do
		in_turn hmm_in_vm "$1" "$variant"
	done
}

# A run that must fail, so its TAP is not part of the results. The driver must load and then
# fail a test of hmm-tests or device. A report of the kernel about the bug counts as well.
fault_in_vm()
{
	local kernel=$1 variant=${2/-/_} name=$1-fault-$2 status nr begun=$SECONDS
	setpriv --pdeathsig TERM "$tests/vm/run" --kernel "$kernel" "${hmm_vm[@]}" \
		--tap "$results/$name.out" --files "$top/build/foreign/$kernel/out" \
		-- sh /files/hmm.sh "$variant" >"$results/$name.log" 2>&1
	status=$?
	nr=$(grep -c "^not ok .*: \(hmm2\?\.\|device: \)" "$results/$name.out")
	if ! grep -q "^ok .*: the driver loads" "$results/$name.out"; then
		broken "$name" "$kernel: the driver with the planted bug $2 does not load"
	elif [ "$nr" = 0 ] && [ "$status" != 99 ]; then
		broken "$name" "$kernel: the tests find a planted bug: $2"
	else
		passed "$name" "$kernel: the tests find a planted bug: $2 ($nr tests fail)"
	fi
	say "$name: $((SECONDS - begun)) s, $nr tests fail"
}

check_faults()
{
	local fault
	for fault in $("$tests/drivers/foreign/port" --faults); do
		in_turn fault_in_vm "$1" "$fault"
	done
}

rxe_in_vm()
{
	step_in_vm "$1-rxe-$2" "$1" --root --mem 2048 --files "$tests/drivers/foreign" \
		--files "$tests/lib" "${@:3}" -- sh /files/rxe.sh "$2"
}

is_stock()
{
	[[ $1 != kasan-* && $1 != kcsan-* ]]
}

check_rxe()
{
	is_stock "$1" || return
	in_turn rxe_in_vm "$1" alone --no-modules
	in_turn rxe_in_vm "$1" watched --load mmnotify:verify=1
}

kvm_in_vm()
{
	step_in_vm "$1-kvm-$2" "$1" --mem 1024 --files "$tests/drivers/foreign" --files "$tests/lib" \
		"${@:3}" -- sh /files/kvm.sh "$2"
}

check_kvm()
{
	is_stock "$1" || return
	in_turn kvm_in_vm "$1" alone
	in_turn kvm_in_vm "$1" watched --load mmnotify:verify=1
}

# steps_of KERNEL: of a kernel given by its path only KVM is a driver from outside. The edits of
# test_hmm are for the sources of 7.x, and rdma-core's tests need a suite's root with RDMA.
steps_of()
{
	if [ -n "$only" ]; then
		echo "$only"
	elif is_listed "$1" || is_debug_kernel "$1"; then
		echo hmm faults rxe kvm
	else
		echo kvm
	fi
}

# The edits apply, and all variants of test_hmm are built.
build_kernel()
{
	"$tests/vm/build" "$1" || return
	case $(steps_of "$1") in
	*hmm*|*faults*) "$tests/drivers/foreign/build" "$1" ;;
	esac
}

run_steps()
{
	local step
	for step in $(steps_of "$1"); do
		"check_$step" "$1"
	done
}
