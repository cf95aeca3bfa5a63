// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * kexec: loads a kernel with the command line of the running one, or starts the loaded
 * kernel. It replaces kexec(8), which the VM does not have.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/reboot.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#define ADDED	" kexec_second"

static int load(const char *kernel, const char *initrd)
{
	int cmdline = open("/proc/cmdline", O_RDONLY | O_CLOEXEC);
	int k = open(kernel, O_RDONLY | O_CLOEXEC);
	int i = open(initrd, O_RDONLY | O_CLOEXEC);
	char line[2048 + sizeof(ADDED)];
	ssize_t len = read(cmdline, line, 2048);

	if (k < 0 || i < 0 || len <= 0) {
		perror("kexec");
		return 1;
	}
	line[len - 1] = 0;
	strcat(line, ADDED);
	if (syscall(SYS_kexec_file_load, k, i, strlen(line) + 1, line, 0)) {
		perror("kexec_file_load");
		return 1;
	}
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 4 && !strcmp(argv[1], "load"))
		return load(argv[2], argv[3]);
	if (argc == 2 && !strcmp(argv[1], "start")) {
		syscall(SYS_reboot, LINUX_REBOOT_MAGIC1, LINUX_REBOOT_MAGIC2,
			LINUX_REBOOT_CMD_KEXEC, NULL);
		perror("kexec");
		return 1;
	}
	fprintf(stderr, "Usage: kexec load KERNEL INITRD | kexec start\n");
	return 2;
}
