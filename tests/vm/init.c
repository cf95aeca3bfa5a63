// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * PID 1 of the test VM. Mounts file systems, runs one command, writes its exit
 * status to the last of four serial ports and resets the machine, at which QEMU ends: power off
 * needs ACPI, which a kernel may lack. The first port is the console, the second takes TAP, the
 * third results. They are ttyS0 to ttyS3; on arm64 ttyAMA0, and ttyS0 to ttyS2 on PCI.
 *
 * tests/vm/run passes the command in /mmn/argv, each argument with a NUL at its end.
 * It passes MMN_KERNEL, MMN_LOAD (module names, comma separated) and MMN_ROOT (shared:
 * run in the root shared over 9p; disk: in the root on a disk) as kernel parameters;
 * the kernel adds them to the environment.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/serial.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/klog.h>
#include <sys/mount.h>
#include <sys/reboot.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#define ARRAY_SIZE(x)	(sizeof(x) / sizeof((x)[0]))
#define MAX_ARGS	1024
#define MAX_ARGV_BYTES	(128 * 1024)

static const struct {
	const char *type;
	const char *dir;
	const char *opts;
	int required;
} mounts[] = {
	{ "devtmpfs",	"/dev",			NULL,		1 },
	{ "proc",	"/proc",		NULL,		1 },
	{ "sysfs",	"/sys",			NULL,		1 },
	{ "tmpfs",	"/tmp",			"mode=1777",	1 },
	{ "devpts",	"/dev/pts",		NULL,		0 },
	{ "tmpfs",	"/dev/shm",		"mode=1777",	0 },
	{ "debugfs",	"/sys/kernel/debug",	NULL,		0 },
	{ "tracefs",	"/sys/kernel/tracing",	NULL,		0 },
	{ "cgroup2",	"/sys/fs/cgroup",	NULL,		0 },
	{ "hugetlbfs",	"/dev/hugepages",	NULL,		0 },
};

/* Kept open, because the last close of a port resets its raw mode. */
static int ports[4] = { -1, -1, -1, -1 };

static void end(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(ports); i++)
		if (ports[i] >= 0)
			tcdrain(ports[i]);
	sync();
	reboot(RB_AUTOBOOT);
	for (;;)
		pause();
}

static void fail(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	if (ports[3] >= 0) {
		dprintf(ports[3], "failed ");
		vdprintf(ports[3], fmt, ap);
		dprintf(ports[3], "\n");
	}
	va_end(ap);
	end();
}

#ifdef __aarch64__
static const char * const port_names[] = {
	"/dev/ttyAMA0", "/dev/ttyS0", "/dev/ttyS1", "/dev/ttyS2"
};
#else
static const char * const port_names[] = {
	"/dev/ttyS0", "/dev/ttyS1", "/dev/ttyS2", "/dev/ttyS3"
};

#endif

static int open_tty(const char *path)
{
	return open(path, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

#ifdef __aarch64__
/* PCI tells the interrupts of its ports. */
static int open_port(int i)
{
	return open_tty(port_names[i]);
}
#else
/*
 * A kernel without ACPI or PNP does not know the interrupts of ttyS2 and ttyS3. Return: 1 if
 * it did not; the port then has to be opened again, because writes to it fail.
 */
static int set_irq(int fd, int irq)
{
	struct serial_struct s;

	if (ioctl(fd, TIOCGSERIAL, &s) || s.irq == irq)
		return 0;
	s.irq = irq;
	return !ioctl(fd, TIOCSSERIAL, &s);
}

static int open_port(int i)
{
	/* As tests/vm/run gives them. */
	static const int irqs[] = { 4, 3, 6, 7 };
	int fd = open_tty(port_names[i]);

	if (fd < 0 || !set_irq(fd, irqs[i]))
		return fd;
	close(fd);
	return open_tty(port_names[i]);
}
#endif

static void open_ports(void)
{
	struct termios t;
	int i;

	for (i = 0; i < 4; i++) {
		ports[i] = open_port(i);
		if (ports[i] < 0 || tcgetattr(ports[i], &t))
			continue;
		cfmakeraw(&t);
		tcsetattr(ports[i], TCSANOW, &t);
	}
	for (i = 0; i < 3; i++)
		dup2(ports[0], i);
	if (ports[3] < 0)
		end();
}

static void mount_one(unsigned int i)
{
	mkdir(mounts[i].dir, 0755);
	if (!mount(mounts[i].type, mounts[i].dir, mounts[i].type, 0, mounts[i].opts))
		return;
	if (mounts[i].required)
		fail("cannot mount %s: %s", mounts[i].dir, strerror(errno));
}

static int wait_for(pid_t pid)
{
	int status;

	for (;;) {
		pid_t got = wait(&status);

		if (got == pid)
			break;
		if (got < 0 && errno != EINTR)
			return 127;
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* Without a controlling terminal: the exit of a session leader would hang up the port. */
static int run_command(char *const argv[])
{
	pid_t pid = fork();

	if (pid < 0)
		fail("cannot fork: %s", strerror(errno));
	if (!pid) {
		execvp(argv[0], argv);
		fprintf(stderr, "init: cannot start %s: %m\n", argv[0]);
		_exit(127);
	}
	return wait_for(pid);
}

static void load_modules(char *names)
{
	char path[256], *name, *parameters, *p;
	int fd;

	for (name = strtok(names, ","); name; name = strtok(NULL, ",")) {
		parameters = name + strcspn(name, ":");
		if (*parameters)
			*parameters++ = 0;
		for (p = parameters; (p = strchr(p, ':')); )
			*p = ' ';
		snprintf(path, sizeof(path), "/modules/%s.ko", name);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || syscall(SYS_finit_module, fd, parameters, 0))
			fail("cannot load %s: %s", path, strerror(errno));
		close(fd);
	}
}

static void move_into_root(const char *dir, unsigned long flags)
{
	char to[256];

	snprintf(to, sizeof(to), "/newroot%s", dir);
	mkdir(to, 0755);
	if (mount(dir, to, NULL, flags, NULL))
		fail("cannot move %s into the root: %s", dir, strerror(errno));
}

/* The shared tree stays read-only for the guest: its changes go to a tmpfs. */
static void mount_shared(void)
{
	static char *const modprobe[] = {
		"modprobe", "-a", "-q", "virtio_pci", "9pnet_virtio", "9p", "overlay", NULL
	};

	mkdir("/lower", 0755);
	mkdir("/upper", 0755);
	run_command(modprobe);
	if (mount("root", "/lower", "9p", MS_RDONLY,
		  "trans=virtio,version=9p2000.L,msize=262144,cache=loose"))
		fail("cannot mount the root over 9p: %s", strerror(errno));
	if (mount("tmpfs", "/upper", "tmpfs", 0, NULL) ||
	    mkdir("/upper/data", 0755) || mkdir("/upper/work", 0755))
		fail("cannot make the overlay: %s", strerror(errno));
	if (mount("overlay", "/newroot", "overlay", 0,
		  "lowerdir=/lower,upperdir=/upper/data,workdir=/upper/work"))
		fail("cannot mount the overlay: %s", strerror(errno));
}

/* Return: true if the disk has the serial number that tests/vm/run gives the root. */
static int is_root_disk(const char *name)
{
	char path[320], serial[32] = "";
	int fd;

	snprintf(path, sizeof(path), "/sys/block/%s/serial", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	if (read(fd, serial, sizeof(serial) - 1) < 0)
		serial[0] = 0;
	close(fd);
	return !strncmp(serial, "mmnroot", strlen("mmnroot"));
}

/* QEMU keeps the guest's changes of the disk in a temporary file. */
static void mount_disk(void)
{
	static char *const modprobe[] = {
		"modprobe", "-a", "-q", "virtio_pci", "virtio_blk", "ext4", NULL
	};
	struct dirent *entry;
	char device[320] = "";
	DIR *dir;

	run_command(modprobe);
	dir = opendir("/sys/block");
	while (dir && (entry = readdir(dir)))
		if (is_root_disk(entry->d_name))
			snprintf(device, sizeof(device), "/dev/%s", entry->d_name);
	if (dir)
		closedir(dir);
	if (!device[0])
		fail("no disk with the root");
	if (mount(device, "/newroot", "ext4", 0, NULL))
		fail("cannot mount the root from %s: %s", device, strerror(errno));
}

/* A root of a suite has no modules of a kernel that was given by its path. */
static void keep_modules(void)
{
	struct utsname u;
	char path[320];

	uname(&u);
	snprintf(path, sizeof(path), "/newroot/lib/modules/%s", u.release);
	if (access(path, F_OK))
		move_into_root("/lib/modules", MS_BIND);
}

static void enter_root(int disk)
{
	mkdir("/newroot", 0755);
	if (disk)
		mount_disk();
	else
		mount_shared();
	keep_modules();
	move_into_root("/dev", MS_MOVE);
	move_into_root("/proc", MS_MOVE);
	move_into_root("/sys", MS_MOVE);
	move_into_root("/tmp", MS_MOVE);
	move_into_root("/files", MS_BIND);
	move_into_root("/modules", MS_BIND);

	if (chdir("/newroot") || mount(".", "/", NULL, MS_MOVE, NULL) || chroot("."))
		fail("cannot enter the root: %s", strerror(errno));
}

static void read_argv(char *argv[])
{
	static char buf[MAX_ARGV_BYTES];
	int fd = open("/mmn/argv", O_RDONLY | O_CLOEXEC);
	ssize_t len = fd < 0 ? -1 : read(fd, buf, sizeof(buf));
	int argc = 0;
	char *p;

	if (len <= 0 || len == sizeof(buf) || buf[len - 1])
		fail("no command, or one too long, in /mmn/argv");
	for (p = buf; p < buf + len; p += strlen(p) + 1) {
		if (argc == MAX_ARGS - 1)
			fail("more than %d arguments", MAX_ARGS - 1);
		argv[argc++] = p;
	}
	argv[argc] = NULL;
	close(fd);
}

int main(void)
{
	static char *argv[MAX_ARGS];
	unsigned int i;
	int status;

	mount_one(0);
	open_ports();
	for (i = 1; i < ARRAY_SIZE(mounts); i++)
		mount_one(i);
	sethostname("mmnotify-vm", strlen("mmnotify-vm"));
	setenv("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/files", 1);
	setenv("HOME", "/root", 1);
	setenv("TERM", "dumb", 1);
	setenv("MMN_TAP", port_names[1], 1);
	setenv("MMN_OUT", port_names[2], 1);
	read_argv(argv);

	/* The boot was quiet; from here on, print messages of modules to the console. */
	klogctl(8, NULL, 7);
	if (getenv("MMN_LOAD"))
		load_modules(getenv("MMN_LOAD"));
	if (getenv("MMN_ROOT"))
		enter_root(!strcmp(getenv("MMN_ROOT"), "disk"));

	status = run_command(argv);
	fflush(NULL);
	kill(-1, SIGKILL);
	while (wait(NULL) > 0 || errno == EINTR)
		;
	dprintf(ports[3], "exit %d\n", status);
	end();
}
