// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* json: the report as one object. Times are in ns. */
#include "causes.h"
#include "fmt.h"
#include "report.h"

static void put_tally(FILE *out, const struct tally *t)
{
	fprintf(out, "\"events\":%llu,\"pages\":%llu,\"ns\":%llu,\"max_ns\":%llu,", t->events,
		t->pages, t->ns, t->max_ns);
	fprintf(out, "\"p50_ns\":%llu,\"p99_ns\":%llu,\"nothing\":%llu,\"inexact\":%llu",
		tally_quantile(t, 0.5), tally_quantile(t, 0.99), t->nothing, t->inexact);
}

static void put_table(FILE *out, const char *name, const struct table *table)
{
	fprintf(out, ",\n\"%s\":[", name);
	for (unsigned int i = 0; i < table->nr; i++) {
		fputs(i ? ",\n{\"name\":" : "\n{\"name\":", out);
		put_json(out, table->sorted[i]->key);
		fputc(',', out);
		put_tally(out, &table->sorted[i]->t);
		fputc('}', out);
	}
	fputc(']', out);
}

static void put_finding(FILE *out, const struct finding *f)
{
	int task = top_best(&f->tasks), memory = top_best(&f->memory);
	const struct cause_text *text = cause_get(f->cause);
	char effects[FMT_LEN];

	fprintf(out, "{\"tgid\":%d,\"comm\":", f->tgid);
	put_json(out, f->comm);
	fputs(",\"cause\":", out);
	put_json(out, f->cause);
	fputs(",\"behind\":", out);
	put_json(out, f->behind);
	fputs(",\"effects\":", out);
	put_json(out, fmt_effects(effects, f->effects));
	fputs(",\"by\":", out);
	put_json(out, task < 0 ? "" : f->tasks.slot[task].name);
	fputs(",\"memory\":", out);
	put_json(out, memory < 0 ? "" : f->memory.slot[memory].name);
	fputs(",\"what\":", out);
	put_json(out, text->what);
	fputs(",\"remedy\":", out);
	put_json(out, text->remedy);
	if (f->low < f->high)
		fprintf(out, ",\"low\":\"%#llx\",\"high\":\"%#llx\"", f->low, f->high);
	fputc(',', out);
	put_tally(out, &f->t);
	fputc('}', out);
}

void json_write(FILE *out, const struct report *r)
{
	fprintf(out, "{\"file\":");
	put_json(out, r->path);
	fprintf(out, ",\"first\":%llu,\"last\":%llu,\"lost\":%llu,", r->first, r->last, r->lost);
	put_tally(out, &r->all);
	put_table(out, "causes", &r->causes);
	put_table(out, "processes", &r->processes);
	put_table(out, "tasks", &r->tasks);
	put_table(out, "sites", &r->sites);
	put_table(out, "drivers", &r->by_driver);
	put_table(out, "callbacks", &r->callbacks);
	fputs(",\n\"findings\":[", out);
	for (unsigned int i = 0; i < r->findings.nr; i++) {
		fputs(i ? ",\n" : "\n", out);
		put_finding(out, &r->findings.list[i]);
	}
	fputs("]}\n", out);
}
