// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * snapshot: a dump of drivers has each row that there was when it began, once, and says if drivers
 * that came meanwhile are missing.
 */
#include <stdlib.h>

#include <linux/errno.h>
#include <linux/slab.h>

#include <mmnotify/mmnotify_netlink.h>

#include "drivers/drivers.h"
#include "messages.h"
#include "netlink/snapshot.h"
#include "tap.h"

static struct sk_buff request = { .portid = 7 }, skb;
static struct nlmsghdr header = { .nlmsg_seq = 9, .cmd = MMNOTIFY_CMD_DRIVERS_GET };
static struct netlink_callback cb;
static unsigned int rows, more, allocated, passes;
static int no_memory, fails_at;

void *mmn_message_begin_row(struct sk_buff *to, struct netlink_callback *of, u8 cmd)
{
	return genlmsg_put(to, of->skb->portid, of->nlh->nlmsg_seq, (void *)1, NLM_F_MULTI, cmd);
}

void *kvzalloc(size_t size, int flags)
{
	allocated += !no_memory;
	return no_memory ? NULL : calloc(1, size);
}

void kvfree(void *p)
{
	allocated -= !!p;
	free(p);
}

/* Odd rows have times, even ones notifiers; @more come after the first pass. */
int mmn_drivers_for_each(int (*fn)(const struct mmn_driver_line *line, void *arg), void *arg)
{
	unsigned int i, nr = rows + (passes ? more : 0);

	if (++passes == fails_at)
		return -ENOMEM;
	for (i = 0; i < nr; i++) {
		struct mmn_times t = { .process = 3, .cause = 4, .calls = 5, .ns = 6, .max_ns = 7,
			.histogram = { 0, 8, 0, 9 } };
		struct mmn_driver_line line = {
			.process = { .tgid = 70 + i, .comm = "vm" },
			.driver = { .symbol = "gpu_start" },
			.notifiers = i % 2 ? 0 : 2,
			.times = i % 2 ? &t : NULL,
		};

		if (i % 2)
			snprintf(line.driver.module, sizeof(line.driver.module), "gpu");
		fn(&line, arg);
	}
	return 0;
}

static unsigned int flagged, whole;

/* Return: number of messages in buffers of @room, or an errno of the first one. */
static int dump(unsigned int room)
{
	unsigned int i, messages = 0;
	int ret;

	memset(&cb, 0, sizeof(cb));
	cb.skb = &request;
	cb.nlh = &header;
	passes = 0;
	flagged = 0;
	whole = 1;
	do {
		memset(&skb, 0, sizeof(skb));
		skb.room = room;
		ret = mmn_snapshot_dump(&skb, &cb);
		for (i = 0; i < skb.messages; i++, messages++) {
			flagged += !!(skb.message[i].flags & NLM_F_DUMP_INTR);
			whole &= number(&skb, i, MMNOTIFY_A_DRIVER_TGID) == 70 + messages;
		}
		whole &= are_whole(&skb);
	} while (ret > 0);
	mmn_snapshot_done(&cb);
	return ret ?: messages;
}

static void begin(void)
{
	memset(&cb, 0, sizeof(cb));
	cb.skb = &request;
	cb.nlh = &header;
	memset(&skb, 0, sizeof(skb));
	skb.room = SHIM_ATTRS;
	passes = 0;
}

static void test_row(void)
{
	unsigned int i, buckets = 0, sum = 0;

	rows = 2;
	begin();
	ok(mmn_snapshot_dump(&skb, &cb) == skb.len && skb.messages == 2 &&
	   is_text(&skb, 0, MMNOTIFY_A_DRIVER_SYMBOL, "gpu_start") &&
	   is_text(&skb, 0, MMNOTIFY_A_DRIVER_MODULE, NULL) &&
	   number(&skb, 0, MMNOTIFY_A_DRIVER_TGID) == 70 &&
	   is_text(&skb, 0, MMNOTIFY_A_DRIVER_COMM, "vm") &&
	   number(&skb, 0, MMNOTIFY_A_DRIVER_NOTIFIERS) == 2 &&
	   number(&skb, 0, MMNOTIFY_A_DRIVER_CALLS) == ABSENT, "a row with notifiers, of the kernel");
	ok(is_text(&skb, 1, MMNOTIFY_A_DRIVER_MODULE, "gpu") &&
	   number(&skb, 1, MMNOTIFY_A_DRIVER_NOTIFIERS) == ABSENT &&
	   number(&skb, 1, MMNOTIFY_A_DRIVER_PROCESS) == 3 &&
	   number(&skb, 1, MMNOTIFY_A_DRIVER_CAUSE) == 4 &&
	   number(&skb, 1, MMNOTIFY_A_DRIVER_CALLS) == 5 &&
	   number(&skb, 1, MMNOTIFY_A_DRIVER_NS) == 6 &&
	   number(&skb, 1, MMNOTIFY_A_DRIVER_MAX_NS) == 7, "a row with times, of a module");
	for (i = 0; i < skb.nr; i++)
		if (skb.attrs[i].type == MMNOTIFY_A_DRIVER_BUCKET)
			sum += ++buckets * skb.attrs[i].value;
	ok(buckets == 4 && sum == 2 * 8 + 4 * 9, "its histogram ends with its last bucket");
	mmn_snapshot_done(&cb);
	ok(!allocated, "the copy is freed");
}

static void test_dump(void)
{
	unsigned int room, wrong = 0;

	rows = 0;
	ok(!dump(SHIM_ATTRS), "no rows");
	rows = 20;
	for (room = 20; room < 200; room += 7)
		wrong += dump(room) != 20 || !whole || flagged || passes != 2 || allocated;
	ok(!wrong, "a dump takes several buffers, and one copy");
	more = 16;
	ok(dump(SHIM_ATTRS - 1) == 36 && whole && !flagged, "there is room for drivers that come meanwhile");
	more = 17;
	ok(dump(SHIM_ATTRS - 1) == 36 && whole && flagged == 1, "that one is missing is said once");
	more = 0;
	no_memory = true;
	ok(dump(SHIM_ATTRS) == -ENOMEM && !allocated, "without memory there is no dump");
	no_memory = false;
	fails_at = 1;
	ok(dump(SHIM_ATTRS) == -ENOMEM && !allocated, "nor if the drivers cannot be counted");
	fails_at = 2;
	ok(dump(SHIM_ATTRS) == -ENOMEM && !allocated, "or copied");
	fails_at = 0;
}

int main(void)
{
	test_row();
	test_dump();
	return tap_done();
}
