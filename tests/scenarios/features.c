// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * features: proves at run time what this kernel has. A call is tried with arguments that change
 * nothing, a file is looked for, or the text of the kernel tells: a function that is there, or
 * that calls another one. The table also says which stock kernels have it: that serves the
 * documents, and walks.sh compares it with the proofs.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/bpf.h>
#include <linux/userfaultfd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "../modules/zapper/zapper.h"
#include "actors.h"
#include "kernel.h"
#include "mirror.h"

#define START		"__mmu_notifier_invalidate_range_start"
#define UFFD_WP_BIT	(1ULL << 57)	/* of an entry in pagemap */
#define DAMON_DIR	"/sys/kernel/mm/damon/admin/kdamonds/"

struct row {
	const char *name;
	const char *what;
	unsigned char stock;		/* S_*: the stock kernels that have it */
	bool (*probe)(const struct row *r);
	const char *a, *b;		/* names for the probe */
	unsigned long nr;		/* number for the probe */
};

/* ---- calls ---- */

/* An advice on no memory is checked and does nothing. */
static bool takes_advice(const struct row *r)
{
	return !madvise(NULL, 0, r->nr);
}

static bool takes_process_advice(const struct row *r)
{
	return !advise_process(getpid(), NULL, 0, r->nr);
}

/* A call that exists refuses the descriptor, before it does something with the zeros. */
static bool has_call(const struct row *r)
{
	return syscall(r->nr, -1, 0, 0, 0, 0, 0) >= 0 || errno == EBADF;
}

/* One mremap() of two VMAs. */
static bool moves_many(const struct row *r)
{
	char *p = mmap(NULL, 8 * PG, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	bool moved;

	(void)r;
	if (p == MAP_FAILED || mprotect(p, PG, PROT_READ))
		return false;
	moved = mremap(p, 2 * PG, 2 * PG, MREMAP_MAYMOVE | MREMAP_FIXED,
		       p + 4 * PG) != MAP_FAILED;
	munmap(p, 8 * PG);
	return moved;
}

static bool moves_and_stays(const struct row *r)
{
	char *p = mmap(NULL, PG, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0), *q;

	(void)r;
	if (p == MAP_FAILED)
		return false;
	q = mremap(p, PG, PG, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
	munmap(p, PG);
	if (q != MAP_FAILED)
		munmap(q, PG);
	return q != MAP_FAILED;
}

static bool reads_prctl(const struct row *r)
{
	return prctl((int)r->nr, 0, 0, 0, 0) >= 0;
}

static bool makes_arena(const struct row *r)
{
	union bpf_attr map = {
		.map_type = r->nr, .max_entries = 1, .map_flags = BPF_F_MMAPABLE,
	};
	int fd = syscall(SYS_bpf, BPF_MAP_CREATE, &map, sizeof(map));

	if (fd >= 0)
		close(fd);
	return fd >= 0;
}

/* Without a request for features the kernel tells all that it has. */
static bool in_userfaultfd(const struct row *r)
{
	struct uffdio_api api = { .api = UFFD_API };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	bool there;

	there = fd >= 0 && !ioctl(fd, UFFDIO_API, &api) && (api.features & r->nr);
	close(fd);
	return there;
}

/* Does pagemap say that userfaultfd protects the page? Kernels before 5.14 do not say so. */
static bool is_protected(const char *p)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	__u64 entry = 0;

	if (pread(fd, &entry, sizeof(entry), (unsigned long)p / PG * sizeof(entry)) < 0)
		entry = 0;
	close(fd);
	return entry & UFFD_WP_BIT;
}

/* It came to 6.1 with an update. */
static bool lifts_at_close(const struct row *r)
{
	struct uffdio_api api = { .api = UFFD_API, .features = UFFD_FEATURE_PAGEFAULT_FLAG_WP };
	char *p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	struct uffdio_writeprotect wp = { .range = { (unsigned long)p, PG },
					  .mode = UFFDIO_WRITEPROTECT_MODE_WP };
	struct uffdio_register reg = { .range = wp.range, .mode = UFFDIO_REGISTER_MODE_WP };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);
	bool lifted;

	if (p == MAP_FAILED)
		return false;
	*p = 1;
	lifted = fd >= 0 && !ioctl(fd, UFFDIO_API, &api) && !ioctl(fd, UFFDIO_REGISTER, &reg) &&
		 !ioctl(fd, UFFDIO_WRITEPROTECT, &wp) && is_protected(p);
	close(fd);
	lifted = lifted && !is_protected(p) && kernel_has(r->a);
	munmap(p, PG);
	return lifted;
}

/* Two untouched pages are read by get_user_pages(): do they share the zero page afterwards? */
static bool read_pin_copies(const struct row *r)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	char *p = mmap(NULL, 2 * PG, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	char bytes[2 * PG];
	struct iovec from = { p, sizeof(bytes) }, to = { bytes, sizeof(bytes) };
	__u64 entries[2];
	bool copies;

	(void)r;
	copies = process_vm_readv(getpid(), &to, 1, &from, 1, 0) > 0 &&
		 pread(fd, entries, sizeof(entries), (unsigned long)p / PG * 8) > 0 &&
		 entries[0] != entries[1];
	close(fd);
	munmap(p, 2 * PG);
	return copies;
}

static bool scans_pagemap(const struct row *r)
{
	int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
	bool there;

	there = fd >= 0 && ioctl(fd, r->nr, NULL) < 0 && errno != ENOTTY;
	close(fd);
	return there;
}

/* The mapping needs no huge page until it is touched. */
static bool drops_hugetlb(const struct row *r)
{
	char *p = mmap(NULL, HUGE, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE, -1, 0);
	bool dropped;

	(void)r;
	if (p == MAP_FAILED)
		return false;
	dropped = !madvise(p, HUGE, MADV_DONTNEED);
	munmap(p, HUGE);
	return dropped;
}

/* ---- files ---- */

static bool has_file(const struct row *r)
{
	return !access(r->a, F_OK);
}

static bool file_says(const struct row *r)
{
	static char text[8192];
	FILE *f = fopen(r->a, "re");
	size_t len = f ? fread(text, 1, sizeof(text) - 1, f) : 0;

	if (f)
		fclose(f);
	text[len] = 0;
	return strstr(text, r->b);
}

/* A scheme of a context that never runs. */
static bool takes_action(const struct row *r)
{
	bool taken;

	if (put(DAMON_DIR "nr_kdamonds", "1"))
		return false;
	put(DAMON_DIR "0/contexts/nr_contexts", "1");
	put(DAMON_DIR "0/contexts/0/schemes/nr_schemes", "1");
	taken = !put(DAMON_DIR "0/contexts/0/schemes/0/action", r->a);
	put(DAMON_DIR "nr_kdamonds", "0");
	return taken;
}

/* ---- a device ---- */

static bool mirror_gets(int mirror, char *p)
{
	struct mirror_attach attach = { .tiers = MIRROR_TIER_RANGE };
	struct mirror_range range = { .start = (uintptr_t)p, .len = PG };
	struct mirror_access access = { .start = (uintptr_t)p, .len = PG };

	return !ioctl(mirror, MIRROR_IOC_ATTACH, &attach) &&
	       !ioctl(mirror, MIRROR_IOC_ADD_RANGE, &range) &&
	       !ioctl(mirror, MIRROR_IOC_ACCESS, &access) && access.pages == 1;
}

/* A page that a driver has mapped is accessed by the device. */
static bool faults_drivers(const struct row *r)
{
	int module = open("/modules/mmn_zapper.ko", O_RDONLY | O_CLOEXEC), mirror, zapper;
	bool gets;
	char *p;

	(void)r;
	syscall(SYS_finit_module, module, "", 0);
	close(module);
	mirror = open("/dev/mmn_mirror", O_RDWR | O_CLOEXEC);
	zapper = open("/dev/mmn_zapper", O_RDWR | O_CLOEXEC);
	p = mmap(NULL, PG, PROT_READ | PROT_WRITE, MAP_SHARED, zapper, ZAPPER_MAP_PAGES);
	gets = p != MAP_FAILED && mirror_gets(mirror, p);
	close(mirror);
	close(zapper);
	munmap(p, PG);
	return gets;
}

/* ---- the text of the kernel ---- */

static bool has_function(const struct row *r)
{
	return kernel_has(r->a) || (r->b && kernel_has(r->b));
}

/* Not static, so a caller is in another file. */
static bool has_global(const struct row *r)
{
	return kernel_has_global(r->a);
}

/* A function of a module, which is loaded for this. */
static bool module_has_function(const struct row *r)
{
	if (modprobe(r->b))
		return false;
	kernel_forget();
	return kernel_has(r->a);
}

static bool calls(const struct row *r)
{
	return kernel_calls(r->a, r->b);
}

static bool has_and_calls(const struct row *r)
{
	return kernel_has(r->b) && kernel_calls(r->a, r->b);
}

/* Without try_to_migrate_one() try_to_unmap_one() does its work. */
static bool splits_before_migration(const struct row *r)
{
	return kernel_calls(kernel_has("try_to_migrate_one") ? "try_to_migrate_one" :
							       "try_to_unmap_one", r->b);
}

/* Inlined into its caller, it shows there. */
static bool copies_zero_page(const struct row *r)
{
	return kernel_has(r->a) || kernel_calls(r->b, START);
}

/* ---- the table ---- */

#define S_5_10		(1u << K5_10)
#define S_6_1		(1u << K6_1)
#define S_6_12		(1u << K6_12)
#define S_7_2		(1u << K7)
#define S_7_3		(S_7_2 << 1)
#define SINCE_7		(S_7_2 | S_7_3)
#define SINCE_6_12	(S_6_12 | SINCE_7)
#define SINCE_6_1	(S_6_1 | SINCE_6_12)
#define UNTIL_5_10	S_5_10
#define UNTIL_6_1	(S_5_10 | S_6_1)
#define UNTIL_6_12	(UNTIL_6_1 | S_6_12)
#define SCAN_IOCTL	0xc0606610UL	/* PAGEMAP_SCAN */
#define ROW(f, on, how, text, ...) \
	[F_##f] = { .name = #f, .stock = (on), .probe = (how), .what = (text), __VA_ARGS__ }

static const struct row rows[NR_FEATURES] = {
	[F_NONE] = { .stock = S_5_10 | SINCE_6_1 },
	ROW(DONTNEED_LOCKED, SINCE_6_1, takes_advice,
	    "MADV_DONTNEED_LOCKED",
	    .nr = 24),
	ROW(POPULATE, SINCE_6_1, takes_advice,
	    "MADV_POPULATE_READ and MADV_POPULATE_WRITE",
	    .nr = 23),
	ROW(COLLAPSE, SINCE_6_1, takes_advice,
	    "MADV_COLLAPSE",
	    .nr = 25),
	ROW(GUARD, SINCE_7, takes_advice,
	    "MADV_GUARD_INSTALL",
	    .nr = 102),
	ROW(PROCESS_MADVISE, S_5_10 | SINCE_6_1, has_call,
	    "process_madvise()",
	    .nr = SYS_process_madvise),
	ROW(PROCESS_SELF, SINCE_7, takes_process_advice,
	    "process_madvise() with any advice for the caller itself",
	    .nr = MADV_DONTNEED),
	ROW(MRELEASE, SINCE_6_1, has_call,
	    "process_mrelease()",
	    .nr = 448),
	ROW(MREMAP_DONTUNMAP, S_5_10 | SINCE_6_1, moves_and_stays,
	    "MREMAP_DONTUNMAP"),
	ROW(MREMAP_MANY, SINCE_7, moves_many,
	    "an mremap() that moves several VMAs"),
	ROW(KSM_PRCTL, SINCE_6_12, reads_prctl,
	    "PR_SET_MEMORY_MERGE",
	    .nr = 68),
	ROW(URING_LATER, S_5_10 | SINCE_6_1, has_function,
	    "an io_uring that advises, reads and opens files",
	    .a = "io_wq_create"),
	ROW(URING_FTRUNCATE, SINCE_6_12, has_function,
	    "ftruncate by io_uring",
	    .a = "io_ftruncate"),
	ROW(ARENA, SINCE_6_12, makes_arena,
	    "memory that BPF programs share with user space (BPF arena)",
	    .nr = 33),
	ROW(ARENA_LATER, SINCE_7, has_function,
	    "programs that may not sleep and free pages of a BPF arena",
	    .a = "arena_free_worker"),

	ROW(UFFD_WP_FILE, SINCE_6_1, in_userfaultfd,
	    "write protection of hugetlb and shared memory by userfaultfd",
	    .nr = 1UL << 12),
	ROW(UFFD_WP_ASYNC, SINCE_6_12, in_userfaultfd,
	    "asynchronous write protection by userfaultfd",
	    .nr = 1UL << 15),
	ROW(UFFD_MOVE, SINCE_6_12, in_userfaultfd,
	    "UFFDIO_MOVE",
	    .nr = 1UL << 16),
	ROW(UFFD_RWP, S_7_3, in_userfaultfd,
	    "protection against reads by userfaultfd",
	    .nr = 1UL << 17),
	ROW(UFFD_END, SINCE_6_1, has_function,
	    "an UFFDIO_UNREGISTER that lifts write protection, and announces that",
	    .a = "uffd_wp_range"),
	ROW(UFFD_CLOSE, SINCE_6_1, lifts_at_close,
	    "a close of a userfaultfd that lifts its write protection, and announces that",
	    .a = "uffd_wp_range"),
	ROW(PAGEMAP_SCAN, SINCE_6_12, scans_pagemap,
	    "PAGEMAP_SCAN",
	    .nr = SCAN_IOCTL),

	ROW(DEMOTION, SINCE_6_1, has_file,
	    "demotion to slower memory",
	    .a = "/sys/kernel/mm/numa/demotion_enabled"),
	ROW(MEMORY_RECLAIM, SINCE_6_1, has_function,
	    "memory.reclaim of a cgroup",
	    .a = "memory_reclaim"),
	ROW(NODE_RECLAIM, SINCE_7, has_file,
	    "a file that reclaims from a memory node",
	    .a = "/sys/devices/system/node/node0/reclaim"),
	ROW(UNDERUSED, SINCE_6_12, has_file,
	    "a split of huge pages that are mostly zeroes",
	    .a = "/sys/kernel/mm/transparent_hugepage/shrink_underused"),
	ROW(DAMON, SINCE_6_12, has_file,
	    "DAMON with its files",
	    .a = "/sys/kernel/mm/damon/admin/kdamonds"),
	ROW(DAMON_VADDR, SINCE_7, has_function,
	    "migration by virtual address by DAMON",
	    .a = "damos_va_migrate"),
	ROW(DAMON_COLLAPSE, SINCE_7, takes_action,
	    "an action of DAMON that collapses huge pages",
	    .a = "collapse"),
	ROW(DAMON_RECLAIM, SINCE_7, has_file,
	    "a DAMON_RECLAIM that reclaims what it finds cold",
	    .a = "/sys/module/damon_stat"),

	ROW(RANGES, S_5_10 | SINCE_6_1, has_function,
	    "interval notifiers, on which mmnotify's ranges are built",
	    .a = "mmu_interval_notifier_insert"),
	ROW(RELEASE_UNNAMED, 0, has_function,
	    "a release of the mm that interval notifiers get as UNMAP",
	    .a = "mmu_notifier_register_v2"),
	ROW(MIGRATE_VMA, SINCE_6_1, has_function,
	    "migration by drivers (migrate_vma_setup())",
	    .a = "migrate_vma_setup"),
	ROW(EXCLUSIVE, SINCE_7, has_function,
	    "exclusive access of devices (make_device_exclusive())",
	    .a = "make_device_exclusive", .b = "make_device_exclusive_range"),
	ROW(EXCLUSIVE_PAGE, SINCE_7, has_function,
	    "exclusive access page by page, with the end announced as CLEAR",
	    .a = "make_device_exclusive"),
	ROW(VFIO_INODE, SINCE_6_12, module_has_function,
	    "a vfio with inodes of its own, which revokes all mappings at once",
	    .a = "vfio_fs_init_fs_context", .b = "vfio_pci"),
	ROW(IOMEM_INODE, SINCE_6_1, has_function,
	    "a common inode for mappings of device registers",
	    .a = "iomem_get_mapping"),
	ROW(FAULTS_DRIVERS, S_5_10 | SINCE_6_1, faults_drivers,
	    "an hmm_range_fault() that returns pages which a driver has mapped"),
	ROW(READ_PIN_COPIES, 0, read_pin_copies,
	    "a get_user_pages() for reading that gives the process a page of its own"),

	ROW(EXIT_REAPS, UNTIL_5_10, has_global,
	    "an exit of OOM victims that reaps them first",
	    .a = "__oom_reap_task_mm"),
	ROW(REAPER_CLEARS, SINCE_7, has_function,
	    "a reaper that announces CLEAR, not UNMAP",
	    .a = "zap_vma_for_reaping"),
	ROW(HINT_SPLIT, UNTIL_5_10, has_function,
	    "a migration of its own for huge pages, which hints wait for",
	    .a = "migrate_misplaced_transhuge_page"),
	ROW(LONGTERM_PIN, SINCE_6_1, file_says,
	    "a long-term pin that moves pages out of movable memory first",
	    .a = "/sys/kernel/tracing/events/migrate/mm_migrate_pages/format", .b = "longterm_pin"),
	ROW(BDEV_RANGE, S_5_10 | SINCE_6_1, has_function,
	    "a helper by which block devices drop a range of the page cache",
	    .a = "truncate_bdev_range"),
	ROW(HUGE_COW, 0, has_and_calls,
	    "a write to a shared huge page that copies all of it",
	    .a = "do_huge_pmd_wp_page", .b = "copy_user_huge_page"),
	ROW(FORK_SPLITS, S_5_10 | SINCE_6_1, calls,
	    "a fork that splits a huge page which is pinned",
	    .a = "copy_huge_pmd", .b = "__split_huge_pmd"),
	ROW(PUNCH_SPLITS, S_5_10 | SINCE_6_1, has_function,
	    "a hole in a huge page of a file that splits the page",
	    .a = "shmem_punch_compound", .b = "truncate_inode_partial_folio"),
	ROW(ZERO_PAGE_COW, SINCE_7, copies_zero_page,
	    "a write to the huge zero page that does not split it",
	    .a = "do_huge_zero_wp_pmd", .b = "do_huge_pmd_wp_page"),
	ROW(UNMAP_SPLITS_FIRST, UNTIL_6_1, calls,
	    "an unmap by the reverse map that announces a split before it looks",
	    .a = "try_to_unmap_one", .b = "split_huge_pmd_address"),
	ROW(MIGRATE_SPLITS_FIRST, UNTIL_6_12, splits_before_migration,
	    "a migration that announces the split of a huge mapping apart",
	    .b = "split_huge_pmd_address"),
	ROW(HUGETLB_NESTED, UNTIL_6_1, calls,
	    "an unmap of hugetlb that announces UNMAP by itself",
	    .a = "__unmap_hugepage_range", .b = START),
	ROW(HUGETLB_MREMAP, SINCE_6_1, has_function,
	    "mremap() of hugetlb",
	    .a = "move_hugetlb_page_tables"),
	ROW(HUGETLB_DONTNEED, SINCE_6_1, drops_hugetlb,
	    "MADV_DONTNEED of hugetlb"),
	ROW(DAX_RMAP, SINCE_6_1, has_function,
	    "a writeback of DAX that announces by the reverse map",
	    .a = "pfn_mkclean_range"),
	ROW(UPROBE_WRITE, SINCE_7, has_function,
	    "a uprobe in a new mapping that announces nothing",
	    .a = "uprobe_write"),
};

/* 0: not proved yet; 1: absent; 2: present. Children write to it, too. */
static unsigned char *proved;

void features_init(void)
{
	proved = mmap(NULL, NR_FEATURES, PROT_READ | PROT_WRITE,
		      MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (proved == MAP_FAILED) {
		perror("scenarios: features");
		exit(1);
	}
}

bool has(enum feature f)
{
	if (!f)
		return true;
	if (!proved[f])
		proved[f] = 1 + rows[f].probe(&rows[f]);
	return proved[f] == 2;
}

bool stock_has(enum feature f, unsigned int column)
{
	unsigned int stock = column == K7 ? SINCE_7 : 1u << column;

	return rows[f].stock & stock;
}

const char *lack_of(enum feature f)
{
	return rows[f].what;
}

/* The stock kernels that have it stand beside the proof, for a comparison. */
void print_features(void)
{
	static const char *const names[5] = { "5.10", "6.1", "6.12", "7.2", "7.3" };
	unsigned int f;
	char on[32];

	for (f = F_NONE + 1; f < NR_FEATURES; f++) {
		snprintf(on, sizeof(on), "-");
		bits_text(rows[f].stock, names, ",", on, sizeof(on));
		printf("%s\t%s\t%s\t%s\n", rows[f].name, has(f) ? "yes" : "no", on,
		       rows[f].what);
	}
}
