// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* findings: what happened to which process by which operation, in sentences, worst first. Pure. */
#include <stdlib.h>
#include <string.h>

#include <mmnotify/mmnotify_types.h>

#include "causes.h"
#include "findings.h"
#include "fmt.h"
#include "util.h"
#include "words.h"

#define WIDTH	96

static struct finding *find(struct findings *f, const struct event *e)
{
	struct finding *at;

	for (unsigned int i = 0; i < f->nr; i++) {
		at = &f->list[i];
		if (at->tgid == e->tgid && !strcmp(at->cause, e->cause) &&
		    !strcmp(at->behind, e->behind))
			return at;
	}
	if (f->nr == f->room) {
		f->room = f->room ? 2 * f->room : 64;
		f->list = regrow(f->list, f->room * sizeof(*f->list));
	}
	at = &f->list[f->nr++];
	*at = (struct finding){ .tgid = e->tgid, .low = ~0ULL };
	memcpy(at->cause, e->cause, sizeof(at->cause));
	memcpy(at->behind, e->behind, sizeof(at->behind));
	return at;
}

void findings_add(struct findings *f, const struct event *e, const char *memory)
{
	struct finding *at = find(f, e);
	char task[KEY_LEN];

	/* The last name is the one that the process has now. */
	memcpy(at->comm, e->comm, sizeof(at->comm));
	tally_add(&at->t, e);
	at->effects |= e->effects;
	if (e->pid == e->tgid)
		snprintf(task, sizeof(task), "the process itself");
	else if (e->task[0])
		snprintf(task, sizeof(task), "%s (%d)", e->task, e->pid);
	else
		snprintf(task, sizeof(task), "task %d", e->pid);
	top_add(&at->tasks, task);
	if (*memory)
		top_add(&at->memory, memory);
	if (event_is_all(e))
		return;
	at->low = e->start < at->low ? e->start : at->low;
	at->high = e->end > at->high ? e->end : at->high;
}

static bool is_end(const struct finding *f)
{
	return !strcmp(f->cause, "exit") || !strcmp(f->cause, "exec");
}

static int compare(const void *left, const void *right)
{
	const struct finding *a = left, *b = right;

	if (is_end(a) != is_end(b))
		return is_end(a) - is_end(b);
	if (a->t.ns != b->t.ns)
		return a->t.ns < b->t.ns ? 1 : -1;
	if (a->t.pages != b->t.pages)
		return a->t.pages < b->t.pages ? 1 : -1;
	return a->t.events < b->t.events ? 1 : -1;
}

void findings_sort(struct findings *f)
{
	qsort(f->list, f->nr, sizeof(*f->list), compare);
}

const char *finding_effects(const struct finding *f)
{
	if (!f->effects)
		return "Nothing changed for a device: a driver that knows the cause does nothing.";
	if (f->t.nothing)
		return "A part of the events changed nothing for a device.";
	if (f->effects & MMNOTIFY_FX_VMA_GONE)
		return "The addresses are not mapped any more.";
	if (f->effects & MMNOTIFY_FX_PFN)
		return "A device has to drop its translations, and to fault again.";
	if (f->effects & MMNOTIFY_FX_NO_READ)
		return "A device lost all access, until it faults again.";
	return "A device lost the right to write, until it faults again.";
}

static void put_tasks(FILE *out, const struct finding *f)
{
	int best = top_best(&f->tasks);

	if (best < 0)
		return;
	fprintf(out, ", by %s", f->tasks.slot[best].name);
	if (f->tasks.slot[best].nr < f->t.events)
		fprintf(out, " and others");
}

static void put_place(FILE *out, const struct finding *f)
{
	int best = top_best(&f->memory);

	if (best >= 0)
		fprintf(out, ", memory: %s", f->memory.slot[best].name);
	if (f->low < f->high)
		fprintf(out, ", within %#llx-%#llx", f->low, f->high);
}

char *finding_facts(const struct finding *f)
{
	char events[FMT_LEN], pages[FMT_LEN], sum[FMT_LEN], max[FMT_LEN], *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		die("out of memory");
	fprintf(out, "%s%s%s hit %s (%d): %s event%s", f->cause,
		f->behind[0] ? " because of " : "", f->behind, f->comm, f->tgid,
		fmt_count(events, f->t.events), f->t.events == 1 ? "" : "s");
	if (f->t.pages)
		fprintf(out, ", %s", fmt_pages(pages, f->t.pages));
	if (f->t.ns)
		fprintf(out, ", %s in all, the longest %s", fmt_time(sum, f->t.ns),
			fmt_time(max, f->t.max_ns));
	put_tasks(out, f);
	put_place(out, f);
	fputc('.', out);
	fclose(out);
	return text;
}

void finding_print(FILE *out, unsigned int nr, const struct finding *f)
{
	const struct cause_text *text = cause_get(f->cause);
	char *facts = finding_facts(f), plain[1024], *safe = zalloc(4 * strlen(facts) + 6);

	fprintf(out, "%2u. ", nr);
	words_wrapped(out, fmt_printable(safe, 4 * strlen(facts) + 6, facts), 4, WIDTH);
	fprintf(out, "    ");
	words_wrapped(out, words_plain(plain, sizeof(plain), text->what), 4, WIDTH);
	fprintf(out, "    ");
	words_wrapped(out, finding_effects(f), 4, WIDTH);
	fprintf(out, "    What to do: ");
	words_wrapped(out, words_plain(plain, sizeof(plain), text->remedy), 4, WIDTH - 12);
	fputc('\n', out);
	free(safe);
	free(facts);
}

void findings_free(struct findings *f)
{
	free(f->list);
	*f = (struct findings){ 0 };
}
