// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* frames: finds the callback of a driver in the text of a stack. Pure. */
#include <stdio.h>
#include <string.h>

#include "frames.h"
#include "util.h"

/* The kernel's functions that call notifiers. */
static const struct {
	const char *name;
	const char *phase;
} callers[] = {
	{ "__mmu_notifier_invalidate_range_start", "start" },
	{ "__mmu_notifier_invalidate_range_end", "end" },
	{ "__mmu_notifier_release", "release" },
	{ "__mmu_notifier_arch_invalidate_secondary_tlbs", "secondary TLBs" },
	{ "__mmu_notifier_invalidate_range", "secondary TLBs" },
};

/* What lies between such a function and the callback: helpers of the kernel, and mmnotify. */
static const char *const between[] = { "mn_itree_", "mn_hlist_", "ftrace_", "arch_ftrace_ops", "0xff",
	"arch_rethook", "kretprobe", "kprobe" };

void frames_strip(const char *line, char *buf, size_t size)
{
	const char *at = strstr(line, "] ");
	size_t len;

	at = at && line[0] == '[' ? at + 2 : line;
	len = strcspn(at, "\n");
	snprintf(buf, size, "%.*s", (int)len, at);
}

static const char *phase_of(const char *function)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(callers); i++) {
		size_t len = strlen(callers[i].name);

		if (!strncmp(function, callers[i].name, len) &&
		    (function[len] == '+' || function[len] == '.' || !function[len]))
			return callers[i].phase;
	}
	return NULL;
}

static bool is_between(const char *function)
{
	if (strstr(function, "[mmnotify]"))
		return true;
	for (unsigned int i = 0; i < ARRAY_SIZE(between); i++)
		if (!strncmp(function, between[i], strlen(between[i])))
			return true;
	return false;
}

bool frames_parse(const char *text, struct frames *frames)
{
	char function[160], before[160] = "";

	while (text && *text) {
		frames_strip(text, function, sizeof(function));
		frames->phase = phase_of(function);
		if (frames->phase) {
			snprintf(frames->callback, sizeof(frames->callback), "%s", before);
			return true;
		}
		/* The last function that the caller may have called. */
		if (!is_between(function))
			snprintf(before, sizeof(before), "%s", function);
		text = strchr(text, '\n');
		if (text)
			text++;
	}
	return false;
}
