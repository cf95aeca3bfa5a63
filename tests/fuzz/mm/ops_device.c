// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * ops_device: operations of the devices, and the check that each of their translations
 * matches the CPU's.
 *
 * A file descriptor of a device keeps its number for the whole run: attaching again
 * replaces the file behind it.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "fuzz.h"

#define FIRST_FD	200

static const char *const paths[DEVICES] = { "/dev/mmn_svm", "/dev/mmn_userptr", "/dev/mmn_odp" };
static bool there[DEVICES], has_memory;

static int attached(int device)
{
	struct device_attach attach = { .mode = opt.naive ? DEVICE_NAIVE : DEVICE_AWARE };
	int fd = open(paths[device], O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (ioctl(fd, DEVICE_IOC_ATTACH, &attach)) {
		close(fd);
		return -errno;
	}
	return fd;
}

static long attach(int device)
{
	int fd = attached(device);

	if (fd < 0)
		return fd;
	dup3(fd, FIRST_FD + device, O_CLOEXEC);
	close(fd);
	return 0;
}

/* With every second seed, if there is device memory; the other seeds have KSM. */
bool device_takes(void)
{
	return has_memory && opt.seed & 1;
}

static bool try_to_take(void)
{
	struct device_migrate migrate = { .start = (uintptr_t)ARENA, .len = PG };

	return !ioctl(FIRST_FD + SVM, DEVICE_IOC_MIGRATE, &migrate);
}

/* Return: number of devices; sh->error is set if one cannot be attached. */
int devices_open(void)
{
	int i, nr = 0;

	memset(there, 0, sizeof(there));
	for (i = 0; i < DEVICES && !opt.no_devices; i++) {
		long ret = access(paths[i], F_OK) ? -ENOENT : attach(i);

		there[i] = !ret;
		nr += !ret;
		if (ret && ret != -ENOENT)
			snprintf(sh->error, sizeof(sh->error), "%s: attach: %s",
				 paths[i], strerror(-ret));
	}
	has_memory = there[SVM] && try_to_take();
	return nr;
}

/* Adds up the counters of a file before it is closed. */
static void add_stat(int device)
{
	__u64 *to = (__u64 *)&sh->stat[device];
	struct device_stat stat;
	const __u64 *from = (const __u64 *)&stat;
	size_t i;

	if (ioctl(FIRST_FD + device, DEVICE_IOC_STAT, &stat))
		return;
	for (i = 0; i < sizeof(stat) / sizeof(*from); i++)
		__atomic_fetch_add(&to[i], from[i], __ATOMIC_RELAXED);
}

void devices_close(void)
{
	int i;

	for (i = 0; i < DEVICES; i++) {
		if (!there[i])
			continue;
		add_stat(i);
		close(FIRST_FD + i);
	}
}

static void stale(int device, const struct device_check *check, __u64 at)
{
	if (atomic_flag_test_and_set(&sh->failing))
		return;
	sh->failed_device = device;
	sh->failed_at = at;
	sh->stale = check->stale;
	sh->failed = 1;
	sh->stop = 1;
}

/* Return: false if a device has a translation that the CPU does not have. */
bool devices_check(__u64 at)
{
	struct device_check check;
	bool good = true;
	int i;

	for (i = 0; i < DEVICES; i++) {
		struct totals *t = &sh->totals[i];

		if (!there[i])
			continue;
		memset(&check, 0, sizeof(check));
		if (ioctl(FIRST_FD + i, DEVICE_IOC_CHECK, &check)) {
			__atomic_fetch_add(&t->refused, 1, __ATOMIC_RELAXED);
			continue;
		}
		__atomic_fetch_add(&t->checks, 1, __ATOMIC_RELAXED);
		__atomic_fetch_add(&t->checked, check.checked, __ATOMIC_RELAXED);
		__atomic_fetch_add(&t->stale, check.stale, __ATOMIC_RELAXED);
		__atomic_fetch_add(&t->unsettled, check.unsettled, __ATOMIC_RELAXED);
		if (!check.stale)
			continue;
		stale(i, &check, at);
		good = false;
	}
	return good;
}

/* ---- steps ---- */

/* svm also covers the rest of the process: its heap and its System V segment. */
static int pick(const struct draw *d)
{
	int device = d->a % 8;

	return device < 3 ? SVM : device < 5 ? USERPTR : ODP;
}

static char *aim(const struct draw *d, int device, size_t *len)
{
	if (device != SVM || d->b % 16)
		return draw_range(d, len);
	*len = (1 + d->pages % 8) * PG;
	return (d->b & 16 ? heap : segment) + d->page % SMALL * PG;
}

static long device_access(const struct draw *d, bool write)
{
	struct device_access access = { .write = write };
	int device = pick(d);
	size_t len;

	if (!there[device])
		return -ENODEV;
	access.start = (uintptr_t)aim(d, device, &len);
	access.len = len;
	return ioctl(FIRST_FD + device, DEVICE_IOC_ACCESS, &access) ? -errno : 0;
}

static long op_device_read(struct actor *a, const struct draw *d)
{
	(void)a;
	return device_access(d, false);
}

static long op_device_write(struct actor *a, const struct draw *d)
{
	(void)a;
	return device_access(d, true);
}

/* The CPU accesses the memory first, so that most accesses of the device succeed. */
static long op_device_use(struct actor *a, const struct draw *d)
{
	size_t len;
	char *p = draw_range(d, &len);

	(void)a;
	touch_range(p, len, d->b & 2, 1);
	return device_access(d, d->b & 1);
}

/* Migrates to the device's memory; the CPU's next access migrates the pages back. */
static long op_device_take(struct actor *a, const struct draw *d)
{
	struct device_migrate migrate = { };
	size_t len;

	(void)a;
	if (!device_takes())
		return -EOPNOTSUPP;
	migrate.start = (uintptr_t)draw_range(d, &len);
	migrate.len = len;
	return ioctl(FIRST_FD + SVM, DEVICE_IOC_MIGRATE, &migrate) ? -errno : 0;
}

/*
 * The few ranges that a slot can have: the whole, or one of its quarters. Of a big slot
 * only a part: a queue fills the pages that it needs again after each event.
 */
static void range_of(const struct draw *d, int device, struct device_range *range)
{
	unsigned int pages = slot_pages(d->slot), part = d->pages % 8;

	memset(range, 0, sizeof(*range));
	range->start = (uintptr_t)slot_base(d->slot);
	range->len = pages * PG;
	if (d->slot >= BIG)
		range->len /= 16;
	if (part < 4) {
		range->start += part * (range->len / 4);
		range->len /= 4;
	}
	range->flags = d->b % 4 ? DEVICE_WRITE : 0;
	if (device == ODP && d->b & 16)
		range->flags |= DEVICE_IMPLICIT;
}

static long op_range_add(struct actor *a, const struct draw *d)
{
	int device = d->a & 1 ? USERPTR : ODP;
	struct device_range range;

	(void)a;
	if (!there[device])
		return -ENODEV;
	range_of(d, device, &range);
	return ioctl(FIRST_FD + device, DEVICE_IOC_ADD_RANGE, &range) ? -errno : 0;
}

static long op_range_del(struct actor *a, const struct draw *d)
{
	int device = d->a & 1 ? USERPTR : ODP;
	struct device_range range;

	(void)a;
	if (!there[device])
		return -ENODEV;
	range_of(d, device, &range);
	return ioctl(FIRST_FD + device, DEVICE_IOC_DEL_RANGE, &range) ? -errno : 0;
}

static long op_reattach(struct actor *a, const struct draw *d)
{
	int device = d->a % DEVICES;

	(void)a;
	if (!there[device])
		return -ENODEV;
	add_stat(device);
	return attach(device);
}

const struct op device_ops[] = {
	{ "device_read", 70, BY_MAIN, op_device_read },
	{ "device_write", 50, BY_MAIN, op_device_write },
	{ "device_use", 90, BY_MAIN, op_device_use },
	{ "device_take", 15, BY_MAIN, op_device_take },
	{ "range_add", 25, BY_MAIN, op_range_add },
	{ "range_del", 12, BY_MAIN, op_range_del },
	{ "reattach", 1, BY_MAIN, op_reattach },
	{ }
};
