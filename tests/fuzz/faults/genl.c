// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* genl: requests to mmnotify's generic netlink family. */
#define _GNU_SOURCE
#include <errno.h>
#include <linux/genetlink.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <mmnotify/mmnotify_netlink.h>

#include "genl.h"

struct request {
	struct nlmsghdr head;
	struct genlmsghdr genl;
	char attr[64];
};

static int sock = -1;
static uint16_t family;

static int ask(int type, int cmd, int flags, int attr, const void *value, int len)
{
	struct request r = {
		.head = { .nlmsg_type = type, .nlmsg_flags = NLM_F_REQUEST | flags },
		.genl = { .cmd = cmd, .version = 1 },
	};
	struct nlattr *a = (void *)r.attr;

	r.head.nlmsg_len = NLMSG_LENGTH(GENL_HDRLEN);
	if (attr) {
		a->nla_type = attr;
		a->nla_len = NLA_HDRLEN + len;
		memcpy(r.attr + NLA_HDRLEN, value, len);
		r.head.nlmsg_len += NLA_ALIGN(a->nla_len);
	}
	return send(sock, &r, r.head.nlmsg_len, 0) < 0 ? -errno : 0;
}

static void note_family(const struct nlmsghdr *nl)
{
	const char *at = (const char *)nl + NLMSG_LENGTH(GENL_HDRLEN);
	const char *end = (const char *)nl + nl->nlmsg_len;

	while (at + NLA_HDRLEN <= end) {
		const struct nlattr *a = (const void *)at;

		if (a->nla_type == CTRL_ATTR_FAMILY_ID)
			memcpy(&family, at + NLA_HDRLEN, sizeof(family));
		at += NLA_ALIGN(a->nla_len);
	}
}

/* Reads up to the end of the answer. Return: its errno, as a negative number. */
static int answer(void)
{
	static char buffer[32768] __attribute__((aligned(8)));
	struct nlmsghdr *nl;
	ssize_t len;

	while ((len = recv(sock, buffer, sizeof(buffer), 0)) > 0)
		for (nl = (void *)buffer; NLMSG_OK(nl, len); nl = NLMSG_NEXT(nl, len)) {
			if (nl->nlmsg_type == NLMSG_ERROR || nl->nlmsg_type == NLMSG_DONE)
				return *(int *)NLMSG_DATA(nl);
			if (nl->nlmsg_type == GENL_ID_CTRL)
				note_family(nl);
		}
	return -errno;
}

int genl_open(void)
{
	int ret;

	sock = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_GENERIC);
	if (sock < 0)
		return -errno;
	ret = ask(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, NLM_F_ACK, CTRL_ATTR_FAMILY_NAME,
		  MMNOTIFY_FAMILY_NAME, sizeof(MMNOTIFY_FAMILY_NAME));
	return ret ? ret : answer();
}

void genl_close(void)
{
	close(sock);
}

int genl_watch(void)
{
	uint8_t on = 1;
	int ret = ask(family, MMNOTIFY_CMD_WATCH_SET, NLM_F_ACK, MMNOTIFY_A_WATCH_WATCH, &on, 1);

	return ret ? ret : answer();
}

int genl_drivers(void)
{
	int ret = ask(family, MMNOTIFY_CMD_DRIVERS_GET, NLM_F_DUMP, 0, NULL, 0);

	return ret ? ret : answer();
}
