// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* report: records as text in the TAP output, and as JSON lines. */
#include <stdlib.h>
#include <string.h>

#include "runner.h"

#define MAX_LINES	400	/* of records, for one failed scenario */
#define MAX_SAME	4	/* JSON lines that differ only in their range */

FILE *tap;
FILE *json;

void bits_text(unsigned int bits, const char *const names[5], const char *between,
	       char *buf, size_t size)
{
	size_t used = 0;
	unsigned int i;

	for (i = 0; i < 5; i++)
		if ((bits & (1u << i)) && used < size)
			used += snprintf(buf + used, size - used, "%s%s",
					 used ? between : "", names[i]);
}

void effects_text(unsigned int effects, char *buf, size_t size)
{
	static const char *const names[] = { "VMA_GONE", "PFN", "NO_WRITE",
					     "NO_READ", "DIRTY" };

	snprintf(buf, size, "-");
	bits_text(effects, names, "|", buf, size);
}

static void flags_text(unsigned int flags, char *buf, size_t size)
{
	static const char *const names[] = { "BLOCKABLE", "EXACT", "WIDENED",
					     "SELF", "REMOTE" };

	snprintf(buf, size, "-");
	bits_text(flags, names, "|", buf, size);
}

const char *tier_text(unsigned int tier)
{
	switch (tier) {
	case MIRROR_TIER_CLASSIFY:
		return "classify";
	case MIRROR_TIER_RANGE:
		return "range";
	case MIRROR_TIER_MM:
		return "mm";
	}
	return "?";
}

static const char *phase_text(unsigned int phase)
{
	static const char *const names[] = { "start", "end", "release" };

	return phase < 3 ? names[phase] : "?";
}

static void report_record(const struct shared *sh, const struct mirror_record *r)
{
	char fx[64], flags[64];

	effects_text(r->effects, fx, sizeof(fx));
	flags_text(r->flags, flags, sizeof(flags));
	fprintf(tap, "#   %4llu %c %-8s %-7s %#llx-%#llx %s/%s %s [%s] {%s} %s %.16s/%u\n",
		(unsigned long long)r->seq, in_region(sh, r) ? '*' : ' ',
		tier_text(r->tier), phase_text(r->phase),
		(unsigned long long)r->start, (unsigned long long)r->end,
		mmn_names_event(r->native), mmn_names_event(r->event),
		mmn_names_cause(r->cause), fx, flags, r->site, r->comm, r->tgid);
}

/* Prints all records, so that a failure can be analysed from the log alone. */
void report_records(const struct shared *sh)
{
	__u32 i;

	fprintf(tap, "# watched %#llx-%#llx; records: seq, * in it, tier, phase, range, native/ours cause [effects] {flags} site task\n",
		(unsigned long long)sh->start,
		(unsigned long long)(sh->start + sh->len));
	for (i = 0; i < sh->nr; i++) {
		if (i == sh->begin_at)
			fprintf(tap, "#   ---- the operation begins\n");
		if (i == sh->done_at && sh->done_at)
			fprintf(tap, "#   ---- the operation ends\n");
		if (i < MAX_LINES)
			report_record(sh, &sh->log[i]);
	}
	if (sh->nr > MAX_LINES)
		fprintf(tap, "#   ... and %u more\n", sh->nr - MAX_LINES);
}

static void json_string(const char *s, size_t max)
{
	fputc('"', json);
	for (; max && *s; max--, s++) {
		unsigned char c = *s;

		if (c == '"' || c == '\\')
			fprintf(json, "\\%c", c);
		else if (c < 0x20 || c > 0x7e)
			fprintf(json, "\\u%04x", c);
		else
			fputc(c, json);
	}
	fputc('"', json);
}

static void json_record(const struct env *e, const struct mirror_record *r)
{
	const char *kernel = getenv("MMN_KERNEL");
	char fx[64], flags[64];

	effects_text(r->effects, fx, sizeof(fx));
	flags_text(r->flags, flags, sizeof(flags));
	fprintf(json, "{\"kernel\":");
	json_string(kernel ? kernel : "", 64);
	fprintf(json, ",\"scenario\":\"%s\",\"start\":\"%#llx\",\"end\":\"%#llx\"",
		e->sc->name, (unsigned long long)r->start,
		(unsigned long long)r->end);
	fprintf(json, ",\"native\":\"%s\",\"event\":\"%s\",\"cause\":\"%s\"",
		mmn_names_event(r->native), mmn_names_event(r->event),
		mmn_names_cause(r->cause));
	fprintf(json, ",\"effects\":\"%s\",\"flags\":\"%s\",\"site\":", fx, flags);
	json_string(r->site, sizeof(r->site));
	fprintf(json, ",\"tier\":\"%s\",\"phase\":\"%s\",\"comm\":",
		tier_text(r->tier), phase_text(r->phase));
	json_string(r->comm, sizeof(r->comm));
	fprintf(json, "}\n");
}

static bool odd(const struct mirror_record *r)
{
	return !is_vague(r) && (r->cause == MMNOTIFY_CAUSE_UNKNOWN ||
				!(r->flags & MMNOTIFY_F_EXACT));
}

/* Return: true if the records differ only in their range and task. */
static bool alike(const struct mirror_record *a, const struct mirror_record *b)
{
	return a->tier == b->tier && a->phase == b->phase &&
	       a->event == b->event && a->cause == b->cause &&
	       a->native == b->native && a->effects == b->effects &&
	       a->flags == b->flags && !strcmp(a->site, b->site);
}

static bool enough(const struct shared *sh, __u32 i)
{
	unsigned int n = 0;
	__u32 j;

	for (j = sh->begin_at; j < i && n < MAX_SAME; j++)
		n += in_region(sh, &sh->log[j]) && alike(&sh->log[i], &sh->log[j]);
	return n == MAX_SAME;
}

/* Writes at most MAX_SAME records of a kind, and every one that is not exact. */
void report_json(const struct env *e)
{
	unsigned int tier = e->sc->tiers ? tiers_of(e->sc) : MIRROR_TIER_MM;
	const struct shared *sh = e->sh;
	__u32 i, to = e->sc->flags & S_DIES ? sh->nr : sh->done_at;

	if (!json)
		return;
	/* Only interval notifiers log the events after the release. */
	if (e->sc->flags & S_DIES)
		tier |= MIRROR_TIER_RANGE;
	for (i = 0; i < sh->nr; i++) {
		const struct mirror_record *r = &sh->log[i];
		bool mine = (r->tier & tier) && r->phase != MIRROR_PHASE_END &&
			    in_region(sh, r) && i >= sh->begin_at && i < to;

		if (odd(r) || (mine && !enough(sh, i)))
			json_record(e, r);
	}
	fflush(json);
}
