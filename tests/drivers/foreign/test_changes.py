# SPDX-License-Identifier: GPL-2.0-only
# SPDX-FileCopyrightText: 2026 The mmnotify authors
"""
For rdma-core's own test runner, beside its test_odp: a process changes memory that is
registered for on-demand paging, and then a peer reads and writes it by RDMA. The data of
the peer shows if the driver invalidated its translations. With PINNED in the environment
the memory is registered without on-demand paging, and the tests must fail.
"""
import ctypes
import os
import time

import pyverbs.enums as e
from pyverbs.mr import MR
from pyverbs.pyverbs_error import PyverbsError
from pyverbs.wr import SGE, SendWR
from tests.base import RCResources, RDMATestCase
import tests.utils as u

PAGE = 4096
PAGES = 8
SIZE = PAGES * PAGE
# One packet: of an RDMA write in several to such memory, rxe of 7.3 writes the first.
PART = 1024
NONE, READ, WRITE = 0, 1, 2
SHARED, PRIVATE, FIXED, ANONYMOUS = 1, 2, 16, 32
DONTNEED, MERGEABLE = 4, 12
MREMAP_MAYMOVE, MREMAP_FIXED = 1, 2
MPOL_MF_MOVE = 2
SYS_move_pages = 279

libc = ctypes.CDLL(None, use_errno=True)
libc.mmap.restype = ctypes.c_void_p
libc.mremap.restype = ctypes.c_void_p
REMOTE = e.IBV_ACCESS_LOCAL_WRITE | e.IBV_ACCESS_REMOTE_READ | e.IBV_ACCESS_REMOTE_WRITE


def pointer(address):
    return ctypes.c_void_p(address)


def must(result):
    if result != 0:
        raise OSError(ctypes.get_errno(), 'a system call fails')


def map_pages(address=None, prot=READ | WRITE, flags=PRIVATE | ANONYMOUS, fd=-1):
    if address is not None:
        flags |= FIXED
    p = libc.mmap(pointer(address), ctypes.c_size_t(SIZE), prot, flags, fd,
                  ctypes.c_long(0))
    if p == ctypes.c_void_p(-1).value:
        raise OSError(ctypes.get_errno(), 'mmap fails')
    return p


def put(path, text):
    with open(path, 'w', encoding='ascii') as f:
        f.write(text)


def parts_at(memory):
    """Return the process's data in the part of each page that the peer uses."""
    return [ctypes.string_at(memory + page * PAGE, PART) for page in range(PAGES)]


class Peer(RCResources):
    """One end of a connection; memory passed to it is registered for ODP."""
    def __init__(self, memory=None, **kwargs):
        self.memory = memory
        super().__init__(**kwargs)

    @u.requires_odp('rc', e.IBV_ODP_SUPPORT_READ | e.IBV_ODP_SUPPORT_WRITE)
    def create_mr(self):
        odp = 0 if self.memory is None or 'PINNED' in os.environ else e.IBV_ACCESS_ON_DEMAND
        self.mr = MR(self.pd, SIZE, REMOTE | odp, address=self.memory)

    def create_qp_attr(self):
        attr = super().create_qp_attr()
        attr.qp_access_flags = REMOTE
        return attr


class ChangesTest(RDMATestCase):
    def start(self, memory=None):
        self.memory = map_pages() if memory is None else memory
        args = {'dev_name': self.dev_name, 'ib_port': self.ib_port,
                'gid_index': self.gid_index}
        self.client = Peer(**args)
        self.server = Peer(memory=self.memory, **args)
        self.sync_remote_attr()
        self.client.pre_run(self.server.psns, self.server.qps_num)
        self.server.pre_run(self.client.psns, self.client.qps_num)
        self.writes(1)
        self.reads(1)
        return self.memory

    def transfer(self, opcode, page):
        wr = SendWR(opcode=opcode, num_sge=1,
                    sg=[SGE(self.client.mr.buf, PART, self.client.mr.lkey)])
        wr.set_wr_rdma(self.server.mr.rkey, self.memory + page * PAGE)
        self.client.qp.post_send(wr)
        u.poll_cq(self.client.cq)

    def writes(self, value):
        """The peer writes, and the process must read the data."""
        for page in range(PAGES):
            self.client.mr.write(chr(value) * PART, PART)
            self.transfer(e.IBV_WR_RDMA_WRITE, page)
        self.process_has(value)

    def reads(self, value):
        for page in range(PAGES):
            self.client.mr.write(chr(99) * PART, PART)
            self.transfer(e.IBV_WR_RDMA_READ, page)
            self.assertEqual(self.client.mr.read(PART, 0), bytes([value]) * PART)

    def refused(self, opcode):
        """The last transfer of a test, after which the connection is in error."""
        with self.assertRaises(PyverbsError):
            self.transfer(opcode, 0)

    def process_has(self, value):
        self.assertEqual(parts_at(self.memory), [bytes([value]) * PART] * PAGES)

    def protect(self, prot):
        must(libc.mprotect(pointer(self.memory), ctypes.c_size_t(SIZE), prot))

    def advise(self, advice):
        must(libc.madvise(pointer(self.memory), ctypes.c_size_t(SIZE), advice))

    def unmap(self):
        must(libc.munmap(pointer(self.memory), ctypes.c_size_t(SIZE)))

    def test_munmap(self):
        self.start()
        self.unmap()
        self.refused(e.IBV_WR_RDMA_READ)

    def test_munmap_and_mmap(self):
        self.start()
        self.unmap()
        map_pages(self.memory)
        self.reads(0)
        self.writes(2)

    def test_madv_dontneed(self):
        self.start()
        self.advise(DONTNEED)
        self.reads(0)
        self.writes(2)

    def test_mprotect_read(self):
        self.start()
        self.protect(READ)
        self.reads(1)
        self.refused(e.IBV_WR_RDMA_WRITE)

    def test_mprotect_none(self):
        self.start()
        self.protect(NONE)
        self.refused(e.IBV_WR_RDMA_READ)

    def test_fork(self):
        """A write of the peer after the fork does not reach the child."""
        self.start()
        readable, writable = os.pipe()
        child = os.fork()
        if not child:
            os.close(writable)
            os.read(readable, 1)
            os._exit(parts_at(self.memory) != [b'\1' * PART] * PAGES)
        self.writes(2)
        os.close(writable)
        os.close(readable)
        self.assertEqual(os.waitpid(child, 0)[1], 0)

    def test_ksm(self):
        """A write of the peer to one of the merged pages does not reach the others."""
        self.start()
        put('/sys/kernel/mm/ksm/sleep_millisecs', '10')
        self.advise(MERGEABLE)
        put('/sys/kernel/mm/ksm/run', '1')
        for _ in range(200 if 'PINNED' in os.environ else 3000):
            with open('/proc/self/ksm_merging_pages', encoding='ascii') as f:
                if int(f.read()) >= PAGES - 1:
                    break
            time.sleep(0.01)
        else:
            self.fail('ksmd does not merge the pages')
        self.client.mr.write(chr(2) * PART, PART)
        self.transfer(e.IBV_WR_RDMA_WRITE, 0)
        put('/sys/kernel/mm/ksm/run', '2')
        self.assertEqual(parts_at(self.memory), [b'\2' * PART] + [b'\1' * PART] * (PAGES - 1))

    def test_move_pages(self):
        self.start()
        for node in 0, 1:
            pages = (ctypes.c_void_p * PAGES)(*range(self.memory, self.memory + SIZE, PAGE))
            nodes = (ctypes.c_int * PAGES)(*[node] * PAGES)
            status = (ctypes.c_int * PAGES)()
            must(libc.syscall(SYS_move_pages, 0, ctypes.c_ulong(PAGES), pages, nodes,
                              status, MPOL_MF_MOVE))
            self.assertEqual(list(status), [node] * PAGES)
            self.reads(1 + node)
            self.writes(2 + node)

    def test_mremap(self):
        self.start()
        to = map_pages(prot=NONE)
        libc.mremap(pointer(self.memory), ctypes.c_size_t(SIZE), ctypes.c_size_t(SIZE),
                    MREMAP_MAYMOVE | MREMAP_FIXED, pointer(to))
        self.assertEqual(parts_at(to), [b'\1' * PART] * PAGES)
        self.refused(e.IBV_WR_RDMA_READ)

    def test_truncate(self):
        fd = os.memfd_create('changes')
        os.ftruncate(fd, SIZE)
        self.start(map_pages(flags=SHARED, fd=fd))
        os.ftruncate(fd, 0)
        os.ftruncate(fd, SIZE)
        self.reads(0)
        self.writes(2)
        os.ftruncate(fd, 0)
        self.refused(e.IBV_WR_RDMA_READ)
