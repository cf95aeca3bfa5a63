// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* driver: drivers and other kernel code unmap memory that they have mapped. */
#define _GNU_SOURCE
#include <dirent.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/btf.h>
#include <linux/pci_regs.h>
#include <linux/vfio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "../modules/devmem/devmem.h"
#include "../modules/zapper/zapper.h"
#include "kernel.h"
#include "runner.h"

#define PAGES	8UL

/* ---- a driver that maps pages of its own ---- */

static char *zapper_map(struct env *e, int fd, off_t way)
{
	char *p = mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, way);

	must(e, p != MAP_FAILED);
	fill(p, PAGES * PG, 1);
	return p;
}

static void zapper_do(struct env *e, int fd, unsigned long cmd, __u64 start)
{
	struct zapper_range r = { .start = start, .len = 4 * PG };

	must(e, !ioctl(fd, cmd, &r));
}

/* VM_PFNMAP: frames without struct page. */
static void run_zap(struct env *e)
{
	int fd = test_device(e, "mmn_zapper");
	char *p = zapper_map(e, fd, ZAPPER_MAP_PFNS);

	watch(e, p, PAGES * PG);
	begin(e);
	zapper_do(e, fd, ZAPPER_IOC_ZAP, (uintptr_t)p);
}

/* Up to v5.17 hmm_range_fault() refuses such pages. Then only the CPU has translations of them. */
static void device_of_pages(struct env *e, char *p)
{
	if (has(F_FAULTS_DRIVERS))
		device(e, p, PAGES * PG, true);
}

static void revoke_by(struct env *e, unsigned long cmd)
{
	int fd = test_device(e, "mmn_zapper");
	char *p = zapper_map(e, fd, ZAPPER_MAP_PAGES);

	watch(e, p, PAGES * PG);
	device_of_pages(e, p);
	begin(e);
	zapper_do(e, fd, cmd, ZAPPER_MAP_PAGES + PG);
}

static void run_revoke(struct env *e)
{
	revoke_by(e, ZAPPER_IOC_REVOKE);
}

/* In a kworker, which has neither a system call nor an mm. */
static void run_revoke_later(struct env *e)
{
	revoke_by(e, ZAPPER_IOC_LATER);
}

static void run_revoke_pfns(struct env *e)
{
	int fd = test_device(e, "mmn_zapper");
	char *p = zapper_map(e, fd, ZAPPER_MAP_PFNS);

	watch(e, p, PAGES * PG);
	begin(e);
	zapper_do(e, fd, ZAPPER_IOC_REVOKE, ZAPPER_MAP_PFNS);
}

static void revoke_pages(struct env *e, void *fd)
{
	zapper_do(e, *(int *)fd, ZAPPER_IOC_REVOKE, ZAPPER_MAP_PAGES);
}

/* Another process makes the driver revoke; the watched process does nothing. */
static void run_revoke_other(struct env *e)
{
	int fd = test_device(e, "mmn_zapper");
	char *p = zapper_map(e, fd, ZAPPER_MAP_PAGES);
	struct other o = other_process(e, revoke_pages, &fd);

	watch(e, p, PAGES * PG);
	device_of_pages(e, p);
	begin(e);
	other_does(e, &o);
}

/* The driver's mmap() fails after it has mapped pages, which are then unmapped. */
static void run_mmap_error(struct env *e)
{
	int fd = test_device(e, "mmn_zapper");
	char *p = mmap(NULL, PAGES * PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	must(e, p != MAP_FAILED && !munmap(p, PAGES * PG));
	watch(e, p, PAGES * PG);
	begin(e);
	must(e, mmap(p, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd,
		     ZAPPER_MAP_FAILS) == MAP_FAILED && errno == EIO);
}

static void run_munmap(struct env *e)
{
	int fd = test_device(e, "mmn_zapper");
	char *p = watched_anon(e, 8);

	begin(e);
	zapper_do(e, fd, ZAPPER_IOC_MUNMAP, (uintptr_t)p);
}

/* ---- a driver that migrates memory ---- */

static void devmem_do(struct env *e, int fd, unsigned long cmd, char *p)
{
	struct devmem_range r = { .start = (uintptr_t)p, .len = PAGES * PG };

	need_feature(e, cmd == DEVMEM_IOC_MIGRATE ? F_MIGRATE_VMA : F_EXCLUSIVE);
	must(e, !ioctl(fd, cmd, &r));
	if (r.done != PAGES)
		fail(e, "the driver migrated %llu pages, not %lu",
		     (unsigned long long)r.done, PAGES);
}

static void run_migrate_vma(struct env *e)
{
	int fd = test_device(e, "mmn_devmem");
	char *p = watched_anon(e, PAGES);

	begin(e);
	devmem_do(e, fd, DEVMEM_IOC_MIGRATE, p);
}

/* The range has unmapped pages: the driver fills the gaps. */
static void run_migrate_hole(struct env *e)
{
	int fd = test_device(e, "mmn_devmem");
	char *p = map_at(e, PAGES * PG, PG, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1);

	madvise(p, PAGES * PG, MADV_NOHUGEPAGE);
	watch(e, p, PAGES * PG);
	begin(e);
	devmem_do(e, fd, DEVMEM_IOC_MIGRATE, p);
}

/* A part of a huge page. */
static void run_migrate_thp(struct env *e)
{
	int fd = test_device(e, "mmn_devmem");
	struct devmem_range r = { .len = PAGES * PG };
	char *p = thp(e);

	watch(e, p, HUGE);
	device(e, p, HUGE, true);
	r.start = (uintptr_t)p;
	begin(e);
	need_feature(e, F_MIGRATE_VMA);
	must(e, !ioctl(fd, DEVMEM_IOC_MIGRATE, &r));
}

struct shared_pages {
	int fd;
	char *p;
};

static void migrate_shared(struct env *e, void *arg)
{
	const struct shared_pages *s = arg;

	devmem_do(e, s->fd, DEVMEM_IOC_MIGRATE, s->p);
}

/* A child's driver migrates pages that the watched process shares, and so unmaps them there. */
static void run_migrate_shared(struct env *e)
{
	struct shared_pages s = { test_device(e, "mmn_devmem"), anon(e, PAGES) };
	struct other o = other_process(e, migrate_shared, &s);

	watch(e, s.p, PAGES * PG);
	device(e, s.p, PAGES * PG, false);
	begin(e);
	other_does(e, &o);
}

static void run_exclusive(struct env *e)
{
	int fd = test_device(e, "mmn_devmem");
	char *p = watched_anon(e, PAGES);

	begin(e);
	devmem_do(e, fd, DEVMEM_IOC_EXCLUSIVE, p);
}

/* An access of the CPU ends the exclusive access of the device. */
static void run_exclusive_restore(struct env *e)
{
	int fd = test_device(e, "mmn_devmem");
	char *p = watched_anon(e, PAGES);

	devmem_do(e, fd, DEVMEM_IOC_EXCLUSIVE, p);
	begin(e);
	fill(p, PAGES * PG, 2);
}

/* Another device takes over the exclusive access. */
static void run_exclusive_taken(struct env *e)
{
	int fd = test_device(e, "mmn_devmem");
	char *p = watched_anon(e, PAGES);

	devmem_do(e, fd, DEVMEM_IOC_EXCLUSIVE, p);
	begin(e);
	device(e, p, PAGES * PG, true);
}

/* ---- a frame buffer: deferred I/O write-protects pages to find written ones ---- */

static void run_frame_buffer(struct env *e)
{
	unsigned int tries;
	char *p;
	int fd;

	if (!kernel_has("fb_deferred_io_work"))
		skip(e, "the kernel proper has no deferred I/O, and frames of modules do not count");
	need(e, !modprobe("bochs") || !modprobe("bochs-drm"), "no bochs display driver");
	for (tries = 0; tries < 300 && access("/dev/fb0", F_OK); tries++)
		sleep_ms(10);
	fd = open("/dev/fb0", O_RDWR | O_CLOEXEC);
	need(e, fd >= 0, "no frame buffer");
	p = mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(e, p != MAP_FAILED);
	watch(e, p, PAGES * PG);
	begin(e);
	fill(p, PAGES * PG, 1);
	must(e, wait_for_times(e, MMNOTIFY_CAUSE_DRIVER_DIRTY_TRACK, PAGES, 5000));
}

/* ---- registers of a PCI device ---- */

#define PCI	"/sys/bus/pci/devices"
#define DRIVER	"/sys/bus/pci/drivers/virtio-pci"

/* Return: the name of the first PCI device with one of two device IDs. */
static const char *pci_device(struct env *e, const char *id, const char *or_id)
{
	static char name[NAME_MAX + 1];
	struct dirent *entry;
	char path[320], is[16];
	DIR *dir = opendir(PCI);

	need(e, dir, "no PCI");
	name[0] = 0;
	while ((entry = readdir(dir))) {
		snprintf(path, sizeof(path), PCI "/%.255s/device", entry->d_name);
		if (!get(path, is, sizeof(is)) && (!strcmp(is, id) || !strcmp(is, or_id)))
			snprintf(name, sizeof(name), "%s", entry->d_name);
	}
	closedir(dir);
	if (!name[0])
		skip(e, "no PCI device %s here", id);
	return name;
}

/* Return: the virtio entropy device, which nothing uses, unbound from its driver. */
static const char *spare_device(struct env *e)
{
	const char *name = pci_device(e, "0x1005", "0x1044");

	need(e, !modprobe("virtio_pci"), "no virtio_pci");
	put(DRIVER "/unbind", name);
	return name;
}

/* Return: physical address of the last memory BAR; @bar is set to its index. */
static __u64 registers_of(struct env *e, const char *name, int *bar)
{
	unsigned long long start, end, flags, found = 0;
	char path[320];
	FILE *f;
	int i;

	snprintf(path, sizeof(path), PCI "/%.255s/resource", name);
	f = fopen(path, "re");
	must(e, f);
	for (i = 0; fscanf(f, "%llx %llx %llx", &start, &end, &flags) == 3; i++)
		if ((flags & 0x200) && end - start >= PG - 1) {
			found = start;
			*bar = i;
		}
	fclose(f);
	if (!found)
		skip(e, "the PCI device has no memory BAR");
	return found;
}

/* A driver that claims a region revokes the mappings of /dev/mem. */
static void run_claim(struct env *e)
{
	const char *name = spare_device(e);
	int bar, fd = open("/dev/mem", O_RDWR | O_CLOEXEC);
	__u64 at = registers_of(e, name, &bar);
	char *p;

	need(e, fd >= 0, "no /dev/mem");
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, at);
	need(e, p != MAP_FAILED, "/dev/mem does not allow to map this region");
	watch(e, p, PG);
	begin(e);
	must(e, !put(DRIVER "/bind", name));
	/* What may be mapped still, the kernel leaves mapped. */
	if (mmap(NULL, PG, PROT_READ, MAP_SHARED, fd, at) != MAP_FAILED)
		skip(e, "/dev/mem also maps regions that a driver claimed");
}

/*
 * The device comes back. Not on 5.4, whose IOMMU driver does not find a device any more that was
 * removed. So its link to the device stays, and the kernel warns if the device is added once more.
 */
static void come_back(struct env *e, const char *name)
{
	char path[320], target[320];

	snprintf(path, sizeof(path), "/sys/class/iommu/dmar0/devices/%.255s", name);
	if (readlink(path, target, sizeof(target)) < 0)
		must(e, !put("/sys/bus/pci/rescan", "1"));
}

/* Removing the device removes its sysfs resource file and the mapping of it. */
static void run_remove(struct env *e)
{
	const char *name = spare_device(e);
	char path[320], *p;
	int bar, fd;

	registers_of(e, name, &bar);
	snprintf(path, sizeof(path), PCI "/%.255s/resource%d", name, bar);
	fd = open(path, O_RDWR | O_CLOEXEC);
	must(e, fd >= 0);
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(e, p != MAP_FAILED);
	watch(e, p, PG);
	snprintf(path, sizeof(path), PCI "/%.255s/remove", name);
	begin(e);
	must(e, !put(path, "1"));
	come_back(e, name);
	if (!seen(e, MMNOTIFY_CAUSE_PFNMAP_REVOKE) && has(F_IOMEM_INODE))
		skip(e, "this kernel keeps the mapping when the device is removed");
}

/* Return: descriptor of QEMU's edu device, bound to vfio. */
static int vfio_device(struct env *e)
{
	const char *name = pci_device(e, "0x11e8", "0x11e8");
	int container, group;
	char path[320], link[256];
	ssize_t len;

	need(e, !modprobe("vfio_iommu_type1") && !modprobe("vfio_pci"), "no vfio-pci");
	put("/sys/module/vfio_iommu_type1/parameters/allow_unsafe_interrupts", "1");
	snprintf(path, sizeof(path), PCI "/%.255s/driver_override", name);
	must(e, !put(path, "vfio-pci"));
	put("/sys/bus/pci/drivers_probe", name);
	snprintf(path, sizeof(path), PCI "/%.255s/iommu_group", name);
	len = readlink(path, link, sizeof(link) - 1);
	need(e, len > 0, "no IOMMU");
	link[len] = 0;
	snprintf(path, sizeof(path), "/dev/vfio/%.64s", strrchr(link, '/') + 1);
	container = open("/dev/vfio/vfio", O_RDWR | O_CLOEXEC);
	group = open(path, O_RDWR | O_CLOEXEC);
	must(e, container >= 0 && group >= 0);
	must(e, !ioctl(group, VFIO_GROUP_SET_CONTAINER, &container));
	must(e, !ioctl(container, VFIO_SET_IOMMU, VFIO_TYPE1_IOMMU));
	return ioctl(group, VFIO_GROUP_GET_DEVICE_FD, name);
}

/* May a function jump to the last one that it calls? Not with frame pointers, only with ORC. */
static bool jumps(void)
{
	return kernel_has("unwind_module_init");
}

/* A guest disables memory of its device, which the VMM has mapped. */
static void run_vfio(struct env *e)
{
	struct vfio_region_info bar = {
		.argsz = sizeof(bar), .index = VFIO_PCI_BAR0_REGION_INDEX,
	}, config = {
		.argsz = sizeof(config), .index = VFIO_PCI_CONFIG_REGION_INDEX,
	};
	int fd = vfio_device(e);
	__u16 command;
	char *p;

	must(e, fd >= 0);
	if (!has(F_VFIO_INODE) && access("/sys/module/vfio_pci/initstate", F_OK) && jumps())
		skip(e, "vfio is no module here, and zap_vma_ptes() may leave no frame");
	must(e, !ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &bar));
	must(e, !ioctl(fd, VFIO_DEVICE_GET_REGION_INFO, &config));
	p = mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, bar.offset);
	must(e, p != MAP_FAILED);
	must(e, pread(fd, &command, 2, config.offset + PCI_COMMAND) == 2);
	command |= PCI_COMMAND_MEMORY;
	must(e, pwrite(fd, &command, 2, config.offset + PCI_COMMAND) == 2);
	must(e, *(volatile __u32 *)p);
	watch(e, p, PAGES * PG);
	begin(e);
	command &= ~PCI_COMMAND_MEMORY;
	must(e, pwrite(fd, &command, 2, config.offset + PCI_COMMAND) == 2);
}

/* ---- memory that a BPF program shares with user space ---- */

#define ARENA		33	/* BPF_MAP_TYPE_ARENA */
#define SLEEPABLE	(1U << 4)

static int bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* Return: size in bytes of the data that follows a BTF type of this kind. */
static size_t btf_more(unsigned int kind, unsigned int members)
{
	switch (kind) {
	case BTF_KIND_ARRAY:
		return sizeof(struct btf_array);
	case BTF_KIND_STRUCT:
	case BTF_KIND_UNION:
	case BTF_KIND_DATASEC:
	case BTF_KIND_ENUM64:
		return members * sizeof(struct btf_member);
	case BTF_KIND_ENUM:
	case BTF_KIND_FUNC_PROTO:
		return members * sizeof(struct btf_enum);
	case BTF_KIND_INT:
	case BTF_KIND_VAR:
	case BTF_KIND_DECL_TAG:
		return sizeof(__u32);
	default:
		return 0;
	}
}

/* Return: BTF id by which a BPF program calls the kernel function @name, or 0. */
static int btf_function(const char *btf, const char *name)
{
	const struct btf_header *h = (const void *)btf;
	const char *at = btf + h->hdr_len + h->type_off, *end = at + h->type_len;
	const char *strings = btf + h->hdr_len + h->str_off;
	int id;

	for (id = 1; at < end; id++) {
		const struct btf_type *t = (const void *)at;
		unsigned int kind = t->info >> 24 & 0x7f;

		if (kind == BTF_KIND_FUNC && !strcmp(strings + t->name_off, name))
			return id;
		at += sizeof(*t) + btf_more(kind, t->info & 0xffffff);
	}
	return 0;
}

/* Reads all of the kernel's BTF, for btf_function(). */
static char *read_btf(struct env *e)
{
	size_t room = 32 << 20, len = 0;
	int fd = open("/sys/kernel/btf/vmlinux", O_RDONLY | O_CLOEXEC);
	char *btf = malloc(room);
	ssize_t got;

	need(e, fd >= 0, "no BTF");
	must(e, btf);
	while ((got = read(fd, btf + len, room - len)) > 0)
		len += got;
	close(fd);
	must(e, len > sizeof(struct btf_header));
	return btf;
}

#define INSN(c, ...)	{ .code = (c), __VA_ARGS__ }
#define CALL(name)	INSN(BPF_JMP | BPF_CALL, .src_reg = BPF_PSEUDO_KFUNC_CALL, \
			     .imm = btf_function(btf, name))
#define NOTHING		INSN(BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_0)

/*
 * Return: descriptor of a program that frees four pages of the arena from @p on: itself,
 * or, if it must not sleep, by a kworker.
 */
static int freeing_program(struct env *e, int arena, char *p, bool sleeps)
{
	const __u64 at = (uintptr_t)p;
	char *btf = read_btf(e);
	const struct bpf_insn code[] = {
		sleeps ? (struct bpf_insn)NOTHING :
			 (struct bpf_insn)CALL("bpf_rcu_read_lock"),
		INSN(BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_1,
		     .src_reg = BPF_PSEUDO_MAP_FD, .imm = arena),
		INSN(0),
		INSN(BPF_LD | BPF_DW | BPF_IMM, .dst_reg = BPF_REG_2,
		     .imm = (__s32)at),
		INSN(0, .imm = (__s32)(at >> 32)),
		INSN(BPF_ALU64 | BPF_MOV | BPF_K, .dst_reg = BPF_REG_3, .imm = 4),
		CALL("bpf_arena_free_pages"),
		sleeps ? (struct bpf_insn)NOTHING :
			 (struct bpf_insn)CALL("bpf_rcu_read_unlock"),
		NOTHING,
		INSN(BPF_JMP | BPF_EXIT),
	};
	static char log[4096];
	union bpf_attr attr = {
		.prog_type = BPF_PROG_TYPE_SYSCALL,
		.insns = (uintptr_t)code,
		.insn_cnt = ARRAY_SIZE(code),
		.license = (uintptr_t)"GPL",
		.log_level = 1,
		.log_buf = (uintptr_t)log,
		.log_size = sizeof(log),
		.prog_flags = SLEEPABLE,
	};
	int fd = bpf(BPF_PROG_LOAD, &attr);

	free(btf);
	if (fd < 0 && !sleeps)
		need_feature(e, F_ARENA_LATER);
	if (fd < 0)
		fail(e, "the verifier rejected the program (%m): %.300s", log);
	return fd;
}

static void arena(struct env *e, bool sleeps)
{
	union bpf_attr map = {
		.map_type = ARENA, .max_entries = PAGES, .map_flags = BPF_F_MMAPABLE,
	}, run = { };
	int fd = bpf(BPF_MAP_CREATE, &map);
	char *p;

	need(e, fd >= 0, "no BPF arena");
	p = mmap(NULL, PAGES * PG, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	must(e, p != MAP_FAILED);
	run.test.prog_fd = freeing_program(e, fd, p, sleeps);
	fill(p, PAGES * PG, 1);
	watch(e, p, PAGES * PG);
	device(e, p, PAGES * PG, true);
	begin(e);
	must(e, !bpf(BPF_PROG_TEST_RUN, &run));
	must(e, wait_for_times(e, MMNOTIFY_CAUSE_BPF_ARENA_FREE, 1, 3000));
}

static void run_arena(struct env *e)
{
	arena(e, true);
}

static void run_arena_later(struct env *e)
{
	arena(e, false);
}

#define REVOKED	MUST(CLEAR, PFNMAP_REVOKE, CLEAR, ALL(C))

const struct scenario driver_scenarios[] = {
	{ .name = "driver_zap", .run = run_zap, .expect = {
		MUST(CLEAR, DRIVER_ZAP, CLEAR, ALL(C)) } },
	{ .name = "driver_revoke", .run = run_revoke, .expect = { REVOKED } },
	{ .name = "driver_revoke_later", .run = run_revoke_later, .expect = { REVOKED } },
	{ .name = "driver_revoke_pfns", .run = run_revoke_pfns, .expect = { REVOKED } },
	{ .name = "driver_revoke_other", .run = run_revoke_other, .expect = { REVOKED } },
	{ .name = "driver_mmap_error", .run = run_mmap_error, .expect = {
		MUST(UNMAP, MMAP_ERROR, GONE, ALL(U)) } },
	{ .name = "driver_munmap", .run = run_munmap, .expect = {
		MUST(UNMAP, MUNMAP, GONE, ALL(U)) } },
	{ .name = "migrate_vma", .run = run_migrate_vma, .expect = {
		MUST(MIGRATE, MIGRATE_VMA, CLEAR, HAS(MIGRATE_VMA, MI)) } },
	{ .name = "migrate_vma_hole", .run = run_migrate_hole, .expect = {
		MUST_N(2, MIGRATE, MIGRATE_VMA, CLEAR,
		       HAS_BY(MIGRATE_VMA, RELEASE_UNNAMED, NO, MI)),
		/* RHEL 8, as kernels before v5.14, announces a part of it as CLEAR. */
		MUST(MIGRATE, MIGRATE_VMA, CLEAR, HAS_BY(MIGRATE_VMA, RELEASE_UNNAMED, MI, NO)),
		MUST(MIGRATE, MIGRATE_VMA, CLEAR, HAS_BY(MIGRATE_VMA, RELEASE_UNNAMED, C, NO)) } },
	{ .name = "migrate_vma_thp", .run = run_migrate_thp, .expect = {
		MUST(MIGRATE, MIGRATE_VMA, CLEAR, HAS(MIGRATE_VMA, MI)),
		MUST(CLEAR, MIGRATE_VMA, CLEAR, HAS(MIGRATE_VMA, C)),
		MUST(CLEAR, THP_SPLIT, CLEAR,
		     HAS_BY(MIGRATE_VMA, MIGRATE_SPLITS_FIRST, C, NO)) } },
	{ .name = "migrate_vma_shared", .run = run_migrate_shared, .expect = {
		MUST_N(8, CLEAR, MIGRATE_VMA, CLEAR, HAS(MIGRATE_VMA, C)) } },
	{ .name = "device_exclusive", .run = run_exclusive, .expect = {
		MUST_N(8, EXCLUSIVE, DEVICE_EXCLUSIVE, CLEAR, HAS(EXCLUSIVE, EX)) } },
	{ .name = "device_exclusive_restore", .run = run_exclusive_restore, .expect = {
		MUST_N(8, CLEAR, DEVICE_EXCLUSIVE_RESTORE, CLEAR,
		       HAS_BY(EXCLUSIVE, EXCLUSIVE_PAGE, C, EX)) } },
	{ .name = "device_exclusive_taken", .run = run_exclusive_taken, .expect = {
		MUST_N(8, CLEAR, DEVICE_EXCLUSIVE_RESTORE, CLEAR,
		       HAS_BY(EXCLUSIVE, EXCLUSIVE_PAGE, C, EX)) },
	  .flags = S_DEVICE },
	{ .name = "bpf_arena_free", .run = run_arena, .expect = {
		MUST(CLEAR, BPF_ARENA_FREE, CLEAR, HAS(ARENA, C)) } },
	{ .name = "bpf_arena_free_later", .run = run_arena_later, .expect = {
		MUST(CLEAR, BPF_ARENA_FREE, CLEAR, HAS(ARENA_LATER, C)) } },
	{ .name = "frame_buffer", .run = run_frame_buffer, .expect = {
		MUST(PROTECTION_PAGE, DRIVER_DIRTY_TRACK, CLEAN, ALL(PP)) },
	  .machine = "devices" },
	{ .name = "pci_claim", .run = run_claim, .expect = { REVOKED },
	  .machine = "devices" },
	/* vfio zaps VMA by VMA, or by unmap_mapping_range(). */
	{ .name = "vfio", .run = run_vfio, .expect = {
		MUST(CLEAR, DRIVER_ZAP, CLEAR, LACKS(VFIO_INODE, C)),
		MUST(CLEAR, PFNMAP_REVOKE, CLEAR, HAS(VFIO_INODE, C)) },
	  .machine = "devices" },
	{ .name = "pci_remove", .run = run_remove, .expect = {
		MUST(CLEAR, PFNMAP_REVOKE, CLEAR, LACKS(IOMEM_INODE, C)) }, .machine = "devices" },
	{ .name = NULL }
};
