// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* Sums, findings with their advice, and the page. */
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include <mmnotify/mmnotify_types.h>

#include "causes.h"
#include "findings.h"
#include "heat.h"
#include "report.h"
#include "rules/names.h"
#include "util.h"

static struct event make(int tgid, const char *comm, const char *cause, unsigned long long ns)
{
	struct event e = { .tgid = tgid, .pid = tgid, .start = 0x7f0000000000,
			   .end = 0x7f0000004000, .ns = ns, .effects = 6, .flags = 2,
			   .site_name = "unmap_vmas" };

	snprintf(e.comm, sizeof(e.comm), "%s", comm);
	snprintf(e.cause, sizeof(e.cause), "%s", cause);
	return e;
}

static void causes(void)
{
	unsigned int named = 0, told = 0;

	ok(cause_nr == MMNOTIFY_NR_CAUSES, "%u causes", cause_nr);
	for (unsigned int i = 0; i < cause_nr; i++) {
		named += !strcmp(cause_texts[i].name, mmn_names_cause(i));
		told += strlen(cause_texts[i].what) > 15 && strlen(cause_texts[i].remedy) >= 8 &&
			!strstr(cause_texts[i].remedy, "As for");
	}
	ok(named == cause_nr, "%u have the names of the module", named);
	ok(told == cause_nr, "%u say what happened and what to do", told);
	ok(cause_find("nonsense") == -1 && cause_get("nonsense")->remedy, "a younger cause has a text");
}

static void sums(void)
{
	struct event e = make(1, "a", "munmap", 1000);
	struct table table = { 0 };
	struct tally t = { 0 };
	struct top top = { 0 };
	char name[24];

	for (int i = 0; i < 99; i++)
		tally_add(&t, &e);
	e.ns = 1 << 20;
	tally_add(&t, &e);
	ok(t.events == 100 && t.pages == 400 && t.max_ns == 1 << 20, "sums");
	ok(tally_quantile(&t, 0.5) == 1024 && tally_quantile(&t, 0.99) == 1024 &&
	   tally_quantile(&t, 1) == 1 << 20, "quantiles");
	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof(name), "row %d", i);
		e.ns = i;
		tally_add(table_get(&table, name), &e);
	}
	table_sort(&table);
	ok(table.nr == 1000 && !strcmp(table.sorted[0]->key, "row 999"), "most time first");
	table_free(&table);
	for (int i = 0; i < 300; i++) {
		snprintf(name, sizeof(name), "other %d", i);
		top_add(&top, i % 3 ? "often" : name);
	}
	ok(top_best(&top) >= 0 && !strcmp(top.slot[top_best(&top)].name, "often"), "most frequent");
}

static void advice(void)
{
	struct event hint = make(7, "vm-a", "numa_hint", 5), end = make(7, "vm-a", "exit", 900);
	struct findings f = { 0 };
	char *facts, *page = NULL;
	size_t size;
	FILE *out;

	hint.effects = 0;
	hint.pid = 8;
	snprintf(hint.task, sizeof(hint.task), "vcpu0");
	findings_add(&f, &end, "");
	for (int i = 0; i < 1537; i++)
		findings_add(&f, &hint, "anonymous");
	findings_sort(&f);
	ok(f.nr == 2 && !strcmp(f.list[0].cause, "numa_hint"), "the exit is last");
	facts = finding_facts(&f.list[0]);
	ok(strstr(facts, "numa_hint hit vm-a (7): 1,537 events, 6,148 pages") &&
	   strstr(facts, "by vcpu0 (8)") && strstr(facts, "memory: anonymous"), "%s", facts);
	free(facts);
	out = open_memstream(&page, &size);
	finding_print(out, 1, &f.list[0]);
	fclose(out);
	ok(strstr(page, "numactl") && strstr(page, "Nothing changed for a device"),
	   "what to do about NUMA balancing");
	free(page);
	findings_free(&f);
}

static void heat(void)
{
	struct event e = make(1, "a", "munmap", 1), far = e, all = e;
	static struct heat h;

	far.start = 0x7fff00000000;
	far.end = far.start + (3 << 20);
	all.start = 0;
	all.end = ~0ULL;
	heat_note(&h, &e);
	heat_note(&h, &far);
	heat_note(&h, &all);
	heat_rows(&h);
	ok(h.rows == 3 && h.from[0] == e.start && h.from[2] == far.start + (2 << 20),
	   "a row for each block that was hit");
	heat_add(&h, &far, 5);
	heat_add(&h, &all, 5);
	heat_add(&h, &e, HEAT_COLUMNS);
	ok(h.cell[1][5] == 512 && h.cell[2][5] == 256 && h.max == 512 && !h.cell[0][5],
	   "pages by row and column");
	heat_free(&h);
}

static unsigned int count(const char *text, const char *word)
{
	unsigned int nr = 0;

	for (; (text = strstr(text, word)); text++)
		nr++;
	return nr;
}

/* A process names itself. The page has one script, its own. */
static void page(void)
{
	static const char evil[] = "<script>x</scr";
	struct event e = make(1, evil, "munmap", 1000);
	static struct report r = { .path = "<b>\"&.dat", .events = 1, .last = 10 };
	char *text = NULL, key[40];
	size_t size;
	FILE *out;

	snprintf(e.task, sizeof(e.task), "%s", evil);
	snprintf(key, sizeof(key), "1 %s", evil);
	tally_add(&r.all, &e);
	tally_add(table_get(&r.causes, "munmap"), &e);
	tally_add(table_get(&r.processes, key), &e);
	tally_add(table_get(&r.tasks, key), &e);
	tally_add(table_get(&r.sites, "unmap_vmas"), &e);
	findings_add(&r.findings, &e, "<i>file");
	table_sort(&r.causes);
	table_sort(&r.processes);
	table_sort(&r.tasks);
	table_sort(&r.sites);
	snprintf(r.coloured[0], CAUSE_LEN, "munmap");
	r.nr_coloured = 1;
	r.bins[0][0] = 1;
	snprintf(r.heat[0].comm, COMM_LEN, "%s", evil);
	heat_note(&r.heat[0], &e);
	heat_rows(&r.heat[0]);
	r.open[0].used = true;
	r.open[0].e = e;
	out = open_memstream(&text, &size);
	html_write(out, &r);
	fclose(out);
	ok(count(text, "<script") == 1 && count(text, "</scr") == 1, "one script, the page's own");
	ok(count(text, "&#60;script&#62;x") == 5, "names are text: %u",
	   count(text, "&#60;script&#62;x"));
	ok(!strstr(text, "<b>\"&") && !strstr(text, "<i>file"), "paths are text");
	ok(!strstr(text, "http:") && !strstr(text, "https:") && !strstr(text, "src="),
	   "nothing is loaded from elsewhere");
	free(text);
	text = NULL;
	out = open_memstream(&text, &size);
	json_write(out, &r);
	fclose(out);
	ok(!strchr(text, '<') && strstr(text, "\\u003cscript"), "JSON has no markup");
	free(text);
	table_free(&r.causes);
	table_free(&r.processes);
	table_free(&r.tasks);
	table_free(&r.sites);
	findings_free(&r.findings);
	heat_free(&r.heat[0]);
}

int main(void)
{
	causes();
	sums();
	advice();
	heat();
	page();
	return tap_done();
}
