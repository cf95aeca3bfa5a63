// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * storage: small file systems, a swap device and a cgroup, created when the first scenario
 * needs them and kept until the end; and loading of modules.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/loop.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/swap.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "runner.h"

#define EXT4_DIR	"/tmp/mmn_ext4"
#define EXT4_BYTES	(32L << 20)
#define SMALL_DIR	"/tmp/mmn_ext4_small"
#define SMALL_BYTES	(8L << 20)
#define DAX_DIR		"/tmp/mmn_dax"
#define SWAP_IMAGE	"/tmp/mmn_swap.img"
#define SWAP_BYTES	(96L << 20)
#define CGROUPS		"/sys/fs/cgroup"

static int command(const char *const argv[])
{
	sigset_t set;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid) {
		int null = open("/dev/null", O_RDWR);

		sigemptyset(&set);
		sigprocmask(SIG_SETMASK, &set, NULL);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid)
		return -1;
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

/* Loads a module of the kernel. Return: 0 if it is loaded or built in. */
int modprobe(const char *name)
{
	const char *const argv[] = { "modprobe", "-q", name, NULL };

	return command(argv);
}

void load_test_module(struct env *e, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/modules/%s.ko", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	need(e, fd >= 0, "no test modules on this machine");
	must(e, !syscall(SYS_finit_module, fd, "", 0) || errno == EEXIST);
	close(fd);
}

/* Loads a test module of the project, which creates /dev/NAME. */
int test_device(struct env *e, const char *name)
{
	char path[64];
	int fd;

	load_test_module(e, name);
	snprintf(path, sizeof(path), "/dev/%s", name);
	fd = open(path, O_RDWR | O_CLOEXEC);
	must(e, fd >= 0);
	return fd;
}

/* Return: path of a loop device for the image, or NULL. */
const char *loop_for(const char *image, long bytes)
{
	static char path[32];
	int ctl, img, dev, nr;

	modprobe("loop");
	ctl = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
	nr = ctl < 0 ? -1 : ioctl(ctl, LOOP_CTL_GET_FREE);
	if (ctl >= 0)
		close(ctl);
	if (nr < 0)
		return NULL;
	img = open(image, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	snprintf(path, sizeof(path), "/dev/loop%d", nr);
	dev = open(path, O_RDWR | O_CLOEXEC);
	if (img < 0 || dev < 0 || ftruncate(img, bytes) ||
	    ioctl(dev, LOOP_SET_FD, img))
		return NULL;
	close(img);
	close(dev);
	return path;
}

/* busybox makes an ext2; the extents feature turns it into an ext4. */
static int make_ext4(const char *device, const char *block)
{
	const char *const mke2fs[] = { "mke2fs", "-F", "-b", block, device, NULL };
	__u32 incompat;
	int fd;

	if (command(mke2fs))
		return -1;
	fd = open(device, O_RDWR | O_CLOEXEC);
	if (fd < 0 || pread(fd, &incompat, 4, 1024 + 96) != 4)
		return -1;
	incompat |= 0x40;
	if (pwrite(fd, &incompat, 4, 1024 + 96) != 4 || fsync(fd))
		return -1;
	return close(fd);
}

/* Mounts a file system on @dir at the first call; later calls find it mounted. */
static bool mounted(const char *dir)
{
	char path[64];

	snprintf(path, sizeof(path), "%s/ready", dir);
	return !access(path, F_OK);
}

static const char *mount_ext4(struct env *e, const char *device, const char *dir,
			      const char *block, const char *options)
{
	char path[64];

	modprobe("ext4");
	need(e, !mkdir(dir, 0700) || errno == EEXIST, "mkdir");
	need(e, device, "no loop device");
	need(e, !make_ext4(device, block), "mke2fs failed");
	need(e, !mount(device, dir, "ext4", 0, options), "ext4 cannot be mounted");
	snprintf(path, sizeof(path), "%s/ready", dir);
	must(e, creat(path, 0600) >= 0);
	return dir;
}

/* Return: a directory on an ext4 of its own. */
const char *ext4(struct env *e)
{
	if (mounted(EXT4_DIR))
		return EXT4_DIR;
	return mount_ext4(e, loop_for("/tmp/mmn_ext4.img", EXT4_BYTES), EXT4_DIR,
			  "4096", NULL);
}

/* Return: a directory on an ext4 with blocks smaller than a page. */
const char *ext4_small(struct env *e)
{
	if (mounted(SMALL_DIR))
		return SMALL_DIR;
	return mount_ext4(e, loop_for("/tmp/mmn_small.img", SMALL_BYTES), SMALL_DIR,
			  "1024", NULL);
}

/* Return: a directory on an ext4 with DAX, on persistent memory. */
const char *ext4_dax(struct env *e)
{
	unsigned int tries;

	if (mounted(DAX_DIR))
		return DAX_DIR;
	need(e, !modprobe("nd_e820") && !modprobe("nd_pmem"), "no nd_pmem");
	for (tries = 0; tries < 100 && access("/dev/pmem0", F_OK); tries++)
		sleep_ms(10);
	need(e, !access("/dev/pmem0", F_OK), "no persistent memory");
	return mount_ext4(e, "/dev/pmem0", DAX_DIR, "4096", "dax");
}

/* Return: a new file of @len bytes, all of them written to the disk. */
int file_in(struct env *e, const char *dir, const char *name, size_t len)
{
	char path[128], block[PG];
	size_t at, part;
	int fd;

	snprintf(path, sizeof(path), "%s/%s", dir, name);
	unlink(path);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	must(e, fd >= 0);
	memset(block, 7, sizeof(block));
	for (at = 0; at < len; at += part) {
		part = len - at < PG ? len - at : PG;
		must(e, pwrite(fd, block, part, at) == (ssize_t)part);
	}
	must(e, !fsync(fd));
	return fd;
}

int ext4_file(struct env *e, const char *name, size_t len)
{
	return file_in(e, ext4(e), name, len);
}

static int make_swap(const char *device, long bytes)
{
	static char page[MAX_PG];
	__u32 info[2] = { 1, bytes / PG - 1 };
	int fd = open(device, O_RDWR | O_CLOEXEC), bad;

	memset(page, 0, sizeof(page));
	memcpy(page + 1024, info, sizeof(info));
	memcpy(page + PG - 10, "SWAPSPACE2", 10);
	bad = fd < 0 || pwrite(fd, page, PG, 0) != (ssize_t)PG || fsync(fd);
	if (fd >= 0)
		close(fd);
	return bad ? -1 : 0;
}

/* zram if the kernel has it, else a loop device; both are in memory. */
static const char *swap_device(void)
{
	const char *dev = "/dev/zram0";

	if (!modprobe("zram") && !put("/sys/block/zram0/disksize", "96M") &&
	    !make_swap(dev, SWAP_BYTES))
		return dev;
	dev = loop_for(SWAP_IMAGE, SWAP_BYTES);
	return dev && !make_swap(dev, SWAP_BYTES) ? dev : NULL;
}

static bool have_swap(void)
{
	char buf[512];
	int fd = open("/proc/swaps", O_RDONLY | O_CLOEXEC);
	ssize_t got = read(fd, buf, sizeof(buf) - 1);

	close(fd);
	buf[got > 0 ? got : 0] = 0;
	return strstr(buf, "/dev/");
}

void swap_on(struct env *e)
{
	const char *dev;

	if (have_swap())
		return;
	dev = swap_device();
	need(e, dev, "neither zram nor loop for swap");
	need(e, !swapon(dev, 0), "swapon");
}

/* Moves the calling process into a new cgroup with these controllers. */
const char *cgroup(struct env *e, const char *controllers)
{
	static char dir[64];
	char path[128], pid[16];

	need(e, !put(CGROUPS "/cgroup.subtree_control", controllers),
	     "the cgroup controllers are not there");
	snprintf(dir, sizeof(dir), CGROUPS "/mmn%d", getpid());
	need(e, !mkdir(dir, 0700), "mkdir in cgroup2");
	snprintf(path, sizeof(path), "%s/cgroup.procs", dir);
	snprintf(pid, sizeof(pid), "%d", getpid());
	must(e, !put(path, pid));
	return dir;
}

/*
 * khugepaged runs a scan for the first process that wants huge pages. So the runner, which
 * has none, is first; khugepaged then sleeps when a scenario starts.
 */
static void wake_khugepaged(void)
{
	void *p = mmap(NULL, 2 * HUGE, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (p != MAP_FAILED)
		madvise(p, 2 * HUGE, MADV_HUGEPAGE);
}

/*
 * Switches off everything in the kernel that invalidates on its own, and on what a distribution
 * has switched off (RHEL 9: io_uring).
 */
void machine_calm(void)
{
	put("/proc/sys/kernel/io_uring_disabled", "0");
	put("/proc/sys/kernel/numa_balancing", "0");
	put("/sys/kernel/mm/ksm/run", "0");
	put("/sys/kernel/mm/transparent_hugepage/enabled", "madvise");
	put("/sys/kernel/mm/transparent_hugepage/defrag", "madvise");
	put("/sys/kernel/mm/transparent_hugepage/khugepaged/scan_sleep_millisecs",
	    "600000");
	wake_khugepaged();
	put("/proc/sys/vm/compaction_proactiveness", "0");
	put("/proc/sys/vm/panic_on_oom", "0");
	put("/proc/sys/vm/memory_failure_early_kill", "0");
}

void machine_tidy(void)
{
	umount2(EXT4_DIR, MNT_DETACH);
	umount2(SMALL_DIR, MNT_DETACH);
	umount2(DAX_DIR, MNT_DETACH);
}
