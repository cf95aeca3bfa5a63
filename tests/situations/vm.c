// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* vm: a virtual machine with one CPU in flat protected mode, whose code touches pages. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/kvm.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "situation.h"

#ifdef __x86_64__
#define GUEST_MEMORY	0x100000UL

/* Touch one byte in each of ecx pages from address ebx on, then halt. */
#define WRITE	0
#define READ	12
static const unsigned char code[] = {
	0x88, 0x03, 0x81, 0xc3, 0x00, 0x10, 0x00, 0x00, 0x49, 0x75, 0xf5, 0xf4,
	0x8a, 0x03, 0x81, 0xc3, 0x00, 0x10, 0x00, 0x00, 0x49, 0x75, 0xf5, 0xf4,
};

static struct {
	int fd;
	int cpu;
	struct kvm_run *run;
	char *memory;
	size_t len;
} vm;

static void set_slot(int nr, uint64_t where, void *p, size_t len)
{
	struct kvm_userspace_memory_region r = {
		.slot = nr, .guest_phys_addr = where, .memory_size = len,
		.userspace_addr = (uintptr_t)p,
	};

	must(!ioctl(vm.fd, KVM_SET_USER_MEMORY_REGION, &r));
}

static void enter_protected_mode(void)
{
	struct kvm_segment data = {
		.limit = 0xffffffff, .type = 3, .present = 1, .db = 1, .s = 1, .g = 1,
	};
	struct kvm_sregs s;

	must(!ioctl(vm.cpu, KVM_GET_SREGS, &s));
	s.ds = data;
	s.es = data;
	s.ss = data;
	s.cs = data;
	s.cs.type = 11;
	s.cr0 |= 1;
	must(!ioctl(vm.cpu, KVM_SET_SREGS, &s));
}

void vm_create(char *p, size_t len)
{
	int kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	char *text = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	must(kvm >= 0 && text != MAP_FAILED);
	vm.fd = ioctl(kvm, KVM_CREATE_VM, 0);
	must(vm.fd >= 0);
	memcpy(text, code, sizeof(code));
	set_slot(0, 0, text, PG);
	set_slot(1, GUEST_MEMORY, p, len);
	vm.memory = p;
	vm.len = len;
	vm.cpu = ioctl(vm.fd, KVM_CREATE_VCPU, 0);
	must(vm.cpu >= 0);
	vm.run = mmap(NULL, ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0), PROT_READ | PROT_WRITE,
		      MAP_SHARED, vm.cpu, 0);
	must(vm.run != MAP_FAILED);
	enter_protected_mode();
	close(kvm);
}

void vm_touch(size_t offset, size_t len, bool write)
{
	struct kvm_regs r = {
		.rip = write ? WRITE : READ, .rbx = GUEST_MEMORY + offset, .rcx = len / PG,
		.rax = 0x5a, .rflags = 2,
	};
	int ret;

	must(!ioctl(vm.cpu, KVM_SET_REGS, &r));
	do {
		ret = ioctl(vm.cpu, KVM_RUN, 0);
	} while (ret && (errno == EINTR || errno == EAGAIN));
	must(!ret && vm.run->exit_reason == KVM_EXIT_HLT);
}

void vm_new_slot(void)
{
	set_slot(1, GUEST_MEMORY, vm.memory, 0);
	set_slot(1, GUEST_MEMORY, vm.memory, vm.len);
}
#else
void vm_create(char *p, size_t len)
{
	(void)p;
	(void)len;
	errno = EOPNOTSUPP;
	must(!"a guest for this architecture");
}

void vm_touch(size_t offset, size_t len, bool write)
{
	(void)offset;
	(void)len;
	(void)write;
}

void vm_new_slot(void)
{
}
#endif
