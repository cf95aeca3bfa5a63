// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * kvm: the memory of a virtual machine. KVM's notifier, a bare one and mmnotify's are on
 * the same process. The values that the guest reads after the operation, and the pages
 * that it can write, show whether KVM got the event.
 */
#define _GNU_SOURCE
#include "actors.h"

#ifdef __arm__
/* No KVM for 32-bit programs. */
const struct scenario kvm_scenarios[] = { { .name = NULL } };
#else
#include <fcntl.h>
#include <linux/kvm.h>
#include <linux/mempolicy.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#define PAGES	8UL
#define WHERE	0x4000UL	/* guest physical address of the memory */

struct guest {
	int vm;
	int cpu;
	struct kvm_run *run;
};

static void slot(struct env *e, const struct guest *g, int nr, __u64 where, void *p,
		 size_t len)
{
	struct kvm_userspace_memory_region r = {
		.slot = nr, .guest_phys_addr = where, .memory_size = len,
		.userspace_addr = (uintptr_t)p,
	};

	must(e, !ioctl(g->vm, KVM_SET_USER_MEMORY_REGION, &r));
}

#ifdef __aarch64__
/*
 * Without translation: load w0 from [x1], or store it there; then store it to [x2], where no memory
 * is, at which the CPU exits with the value.
 */
#define READ	0
#define WRITE	8
#define NO_MEMORY	0x80000000UL
static const __u32 code[] = {
	0xb9400020, 0xb9000040,
	0xb9000020, 0xb9000040,
};

#define CORE_REG(name) \
	(KVM_REG_ARM64 | KVM_REG_SIZE_U64 | KVM_REG_ARM_CORE | \
	 offsetof(struct kvm_regs, name) / sizeof(__u32))

static void init_cpu(struct env *e, const struct guest *g)
{
	struct kvm_vcpu_init init;

	must(e, !ioctl(g->vm, KVM_ARM_PREFERRED_TARGET, &init));
	must(e, !ioctl(g->cpu, KVM_ARM_VCPU_INIT, &init));
}

static void set_reg(struct env *e, const struct guest *g, __u64 reg, __u64 value)
{
	struct kvm_one_reg r = { .id = reg, .addr = (uintptr_t)&value };

	must(e, !ioctl(g->cpu, KVM_SET_ONE_REG, &r));
}

static void set_regs(struct env *e, const struct guest *g, int what, __u64 where, __u32 value)
{
	set_reg(e, g, CORE_REG(regs.pc), what);
	set_reg(e, g, CORE_REG(regs.regs[0]), value);
	set_reg(e, g, CORE_REG(regs.regs[1]), where);
	set_reg(e, g, CORE_REG(regs.regs[2]), NO_MEMORY);
}

/* Where the host has no memory for a page, KVM reports an access to a device, or fails. */
static int end_of_run(struct env *e, const struct guest *g, unsigned int page, __u32 *value)
{
	if (g->run->exit_reason != KVM_EXIT_MMIO)
		fail(e, "the guest stopped for reason %u at page %u", g->run->exit_reason, page);
	if (g->run->mmio.phys_addr != NO_MEMORY)
		return -EFAULT;
	memcpy(value, g->run->mmio.data, sizeof(*value));
	return 0;
}
#else
/* Code in real mode: read eax from [ebx], or write eax to [ebx], then halt. */
#define READ	0
#define WRITE	5
static const unsigned char code[] = {
	0x66, 0x67, 0x8b, 0x03, 0xf4,
	0x66, 0x67, 0x89, 0x03, 0xf4,
};

static void init_cpu(struct env *e, const struct guest *g)
{
	struct kvm_sregs s;

	must(e, !ioctl(g->cpu, KVM_GET_SREGS, &s));
	s.cs.base = 0;
	s.cs.selector = 0;
	must(e, !ioctl(g->cpu, KVM_SET_SREGS, &s));
}

static void set_regs(struct env *e, const struct guest *g, int what, __u64 where, __u32 value)
{
	struct kvm_regs r = { .rip = what, .rbx = where, .rax = value, .rflags = 2 };

	must(e, !ioctl(g->cpu, KVM_SET_REGS, &r));
}

static int end_of_run(struct env *e, const struct guest *g, unsigned int page, __u32 *value)
{
	struct kvm_regs r;

	if (g->run->exit_reason != KVM_EXIT_HLT)
		fail(e, "the guest stopped for reason %u at page %u",
		     g->run->exit_reason, page);
	must(e, !ioctl(g->cpu, KVM_GET_REGS, &r));
	*value = r.rax;
	return 0;
}
#endif

static void start_cpu(struct env *e, struct guest *g, int kvm)
{
	int size = ioctl(kvm, KVM_GET_VCPU_MMAP_SIZE, 0);

	g->cpu = ioctl(g->vm, KVM_CREATE_VCPU, 0);
	must(e, g->cpu >= 0 && size > 0);
	g->run = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED, g->cpu, 0);
	must(e, g->run != MAP_FAILED);
	init_cpu(e, g);
}

/* A virtual machine with one CPU; the pages at @p are its memory. */
static struct guest guest_with(struct env *e, void *p)
{
	char *text = anon(e, 1);
	struct guest g;
	int kvm;

#ifndef __aarch64__
	need(e, !modprobe("kvm_amd"), "no kvm_amd");
#endif
	kvm = open("/dev/kvm", O_RDWR | O_CLOEXEC);
	need(e, kvm >= 0, "no KVM");
	g.vm = ioctl(kvm, KVM_CREATE_VM, 0);
	need(e, g.vm >= 0, "KVM cannot create a virtual machine");
	memcpy(text, code, sizeof(code));
	slot(e, &g, 0, 0, text, PG);
	slot(e, &g, 1, WHERE, p, PAGES * PG);
	start_cpu(e, &g, kvm);
	close(kvm);
	return g;
}

/* Return: 0, or -EFAULT if the host has no memory that the guest may access this way. */
static int guest_does(struct env *e, const struct guest *g, int what,
		      unsigned int page, __u32 *value)
{
	int ret;

	set_regs(e, g, what, WHERE + page * PG, *value);
	do {
		ret = ioctl(g->cpu, KVM_RUN, 0);
	} while (ret && (errno == EINTR || errno == EAGAIN));
	if (ret) {
		must(e, errno == EFAULT);
		return -EFAULT;
	}
	return end_of_run(e, g, page, value);
}

static void guest_reads(struct env *e, const struct guest *g, unsigned int first,
			unsigned int pages, __u32 value)
{
	unsigned int i;
	__u32 got;

	for (i = first; i < first + pages; i++) {
		got = 0xdead;
		if (guest_does(e, g, READ, i, &got))
			fail(e, "the guest cannot read page %u", i);
		if (got != value)
			fail(e, "the guest reads %#x in page %u, not %#x", got, i,
			     value);
	}
}

/* The guest writes; the process has to read the same value. */
static void guest_writes(struct env *e, const struct guest *g, char *p,
			 unsigned int first, unsigned int pages, __u32 value)
{
	unsigned int i;

	for (i = first; i < first + pages; i++) {
		if (guest_does(e, g, WRITE, i, &value))
			fail(e, "the guest cannot write page %u", i);
		if (*(volatile __u32 *)(p + i * PG) != value)
			fail(e, "the process does not see the guest's write to page %u", i);
	}
}

static void guest_cannot(struct env *e, const struct guest *g, int what)
{
	unsigned int i;
	__u32 value = 0xbad;

	for (i = 0; i < PAGES; i++)
		if (!guest_does(e, g, what, i, &value))
			fail(e, "the guest can still %s page %u",
			     what == READ ? "read" : "write", i);
}

/* The process writes words, which the guest reads. */
static void put_words(char *p, unsigned int pages, __u32 value)
{
	unsigned int i;

	for (i = 0; i < pages; i++)
		*(volatile __u32 *)(p + i * PG) = value;
}

/* KVM, the mirror and a bare notifier together; KVM and the mirror have translations. */
static struct guest company(struct env *e, char *p)
{
	struct guest g = guest_with(e, p);
	int fd;

	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, true);
	load_test_module(e, "mmn_native");
	fd = open("/dev/bench_native", O_RDWR | O_CLOEXEC);
	must(e, fd >= 0);
	guest_writes(e, &g, p, 0, PAGES, 0x11111111);
	guest_reads(e, &g, 0, PAGES, 0x11111111);
	return g;
}

/* After the old pages are gone, process and guest have to see each other's writes. */
static void share_new_pages(struct env *e, const struct guest *g, char *p)
{
	put_words(p, PAGES, 0x22222222);
	guest_reads(e, g, 0, PAGES, 0x22222222);
	guest_writes(e, g, p, 0, PAGES, 3);
}

/* ---- operations ---- */

static void run_munmap(struct env *e)
{
	char *p = anon(e, PAGES);
	struct guest g = company(e, p);

	begin(e);
	must(e, !munmap(p, PAGES * PG));
	guest_cannot(e, &g, READ);
	must(e, mmap(p, PAGES * PG, PROT_READ | PROT_WRITE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == p);
	share_new_pages(e, &g, p);
}

/* The guest reads zeroes, and then the pages that the process has written. */
static void run_dontneed(struct env *e)
{
	char *p = anon(e, PAGES);
	struct guest g = company(e, p);

	begin(e);
	must(e, !madvise(p, PAGES * PG, MADV_DONTNEED));
	guest_reads(e, &g, 0, PAGES, 0);
	share_new_pages(e, &g, p);
}

static void run_mprotect(struct env *e)
{
	char *p = anon(e, PAGES);
	struct guest g = company(e, p);

	begin(e);
	must(e, !mprotect(p, PAGES * PG, PROT_READ));
	guest_cannot(e, &g, WRITE);
	guest_reads(e, &g, 0, PAGES, 0x11111111);
}

static void run_mprotect_none(struct env *e)
{
	char *p = anon(e, PAGES);
	struct guest g = company(e, p);

	begin(e);
	must(e, !mprotect(p, PAGES * PG, PROT_NONE));
	guest_cannot(e, &g, READ);
}

/* A child shares the pages until the guest or the process writes to them. */
static void run_fork(struct env *e)
{
	char *p = anon(e, PAGES);
	struct guest g = company(e, p);
	int go[2];
	pid_t pid;
	char c;

	begin(e);
	must(e, !pipe(go));
	pid = child(e);
	if (!pid) {
		close(go[1]);
		while (read(go[0], &c, 1) > 0)
			;
		_exit(*(__u32 *)p != 0x11111111 ||
		      *(__u32 *)(p + 4 * PG) != 0x11111111);
	}
	close(go[0]);
	guest_writes(e, &g, p, 0, 4, 2);
	put_words(p + 4 * PG, 4, 0x33333333);
	guest_reads(e, &g, 4, 4, 0x33333333);
	guest_reads(e, &g, 0, 4, 2);
	close(go[1]);
	reap(e, pid);
}

static void run_move_pages(struct env *e)
{
	int nodes[PAGES], status[PAGES];
	void *pages[PAGES];
	struct guest g;
	unsigned int i;
	char *p;

	two_nodes(e);
	bind_node(e, 0);
	p = anon(e, PAGES);
	bind_node(e, -1);
	g = company(e, p);
	for (i = 0; i < PAGES; i++) {
		nodes[i] = 1;
		pages[i] = p + i * PG;
	}
	begin(e);
	must(e, !syscall(SYS_move_pages, 0, PAGES, pages, nodes, status, MPOL_MF_MOVE));
	must(e, page_node(p) == 1 && page_node(p + 7 * PG) == 1);
	guest_reads(e, &g, 0, PAGES, 0x11111111);
	guest_writes(e, &g, p, 0, PAGES, 2);
}

/* Pages that the guest has accessed are kept at first: KVM reports them as young. */
static void run_pageout(struct env *e)
{
	unsigned int tries = 0;
	struct guest g;
	char *p;

	swap_on(e);
	p = anon(e, PAGES);
	g = company(e, p);
	begin(e);
	while (!seen_times(e, MMNOTIFY_CAUSE_MADV_PAGEOUT, PAGES) && tries++ < 200)
		must(e, !madvise(p, PAGES * PG, MADV_PAGEOUT));
	guest_reads(e, &g, 0, 4, 0x11111111);
	guest_writes(e, &g, p, 4, 4, 2);
}

static void run_truncate(struct env *e)
{
	int fd = memfd(e, PAGES * PG, 0);
	char *p = mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	struct guest g;

	must(e, p != MAP_FAILED);
	g = company(e, p);
	begin(e);
	must(e, !ftruncate(fd, 0));
	guest_cannot(e, &g, READ);
	must(e, !ftruncate(fd, PAGES * PG));
	guest_reads(e, &g, 0, PAGES, 0);
	guest_writes(e, &g, p, 0, PAGES, 2);
}

static void run_mremap(struct env *e)
{
	char *to = map_at(e, PAGES * PG, PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1);
	char *p = anon(e, PAGES);
	struct guest g = company(e, p);

	must(e, !munmap(to, PAGES * PG));
	begin(e);
	must(e, mremap(p, PAGES * PG, PAGES * PG, MREMAP_MAYMOVE | MREMAP_FIXED,
		       to) == to);
	guest_cannot(e, &g, READ);
	must(e, *(__u32 *)to == 0x11111111);
}

/* The process exits while its virtual machine exists. */
static void run_exit(struct env *e)
{
	company(e, anon(e, PAGES));
	begin(e);
	_exit(0);
}

/* A page that the guest writes to is copied like one that the process writes to. */
#define COPIED_IF(by)	MUST_N(8, CLEAR, COW, CLEAR, by)
#define COPIED	COPIED_IF(ALL(C))

const struct scenario kvm_scenarios[] = {
	{ .name = "kvm_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) }, .machine = "kvm" },
	{ .name = "kvm_dontneed", .run = run_dontneed, .expect = {
		MUST(CLEAR, MADV_DONTNEED, CLEAR, ALL(C)),
		COPIED_IF(LACKS(READ_PIN_COPIES, C)) }, .machine = "kvm" },
	{ .name = "kvm_mprotect", .run = run_mprotect, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, WRITE, ALL(PV)) }, .machine = "kvm" },
	{ .name = "kvm_mprotect_none", .run = run_mprotect_none, .expect = {
		MUST(PROTECTION_VMA, MPROTECT, ACCESS, ALL(PV)) }, .machine = "kvm" },
	{ .name = "kvm_fork", .run = run_fork, .expect = {
		MUST(PROTECTION_PAGE, FORK, WRITE, ALL(PP)),
		COPIED }, .machine = "kvm" },
	{ .name = "kvm_move_pages", .run = run_move_pages, .expect = {
		MUST_N(8, CLEAR, MOVE_PAGES, CLEAR, ALL(C)) }, .machine = "kvm" },
	{ .name = "kvm_pageout", .run = run_pageout, .expect = {
		MUST_N(8, CLEAR, MADV_PAGEOUT, CLEAR, ALL(C)) }, .machine = "kvm" },
	{ .name = "kvm_truncate", .run = run_truncate, .expect = {
		MUST(CLEAR, TRUNCATE, CLEAR, ALL(C)) }, .machine = "kvm" },
	{ .name = "kvm_mremap", .run = run_mremap, .expect = {
		MUST_N(2, UNMAP, MREMAP_MOVE, GONE, ALL(U)) }, .machine = "kvm" },
	{ .name = "kvm_exit", .run = run_exit, .expect = {
		MUST(RELEASE, EXIT, GONE, AFTER(RE)),
		MUST(UNMAP, EXIT, GONE, AFTER(U)) },
	  .flags = S_DIES, .machine = "kvm" },
	{ .name = NULL }
};
#endif
