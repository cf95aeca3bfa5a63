# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
# shellcheck shell=sh disable=SC2034
# For scripts that run in the VM, in a root with rdma-core's tests; sourced. An rxe device and the
# tests, to which test_changes.py is added.

# A device on a network that ends in the VM.
device() {
	modprobe -a rdma_rxe ib_uverbs dummy && ip link set lo up &&
		ip link add dummy0 type dummy && ip addr add 10.0.0.1/24 dev dummy0 &&
		ip link set dummy0 up && rdma link add rxe0 type rxe netdev dummy0 &&
		soon 100 test -e /dev/infiniband/uverbs0
}

gid() {
	grep -q -v '0000:0000:0000:0000$' /sys/class/infiniband/rxe0/ports/1/gids/1
}

unpack_tests() {
	mkdir -p /tmp/rdma
	cp -r /usr/share/doc/rdma-core/tests /tmp/rdma/
	gunzip /tmp/rdma/tests/*.gz
	cp /files/*.py /tmp/rdma/tests/
}

rdma_tests() {
	(cd /tmp/rdma && timeout 400 python3 -W ignore tests/rdma_tap.py --dev rxe0 "$@") 2>&1
}
