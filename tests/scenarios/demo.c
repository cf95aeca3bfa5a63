// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* demo: the same operations, as a table on the terminal while they run. */
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "runner.h"

#define MAX_ROWS	16
#define PAUSE_MS	60

/* Widths of the columns; 150 with the gaps. */
#define W_OP		34
#define W_PAGES		12
#define W_EVENT		16
#define W_CAUSE		18
#define W_EFFECTS	20
#define W_SITE		24

#define RESET	"\033[0m"
#define BOLD	"\033[1m"
#define DIM	"\033[2m"

/* Verdicts that differ only in their range. */
struct row {
	const struct mirror_record *first;
	__u64 start, end;
	unsigned int count;
};

static struct {
	unsigned int operations;
	unsigned int verdicts;
	unsigned int different;
	unsigned int absent;
	unsigned int wrong;
} sum;

static bool colour;

static const char *paint(const char *sequence)
{
	return colour ? sequence : "";
}

static const char *event_colour(unsigned int event)
{
	static const char *const colours[MMNOTIFY_NR_EVENTS] = {
		[MMNOTIFY_UNMAP] = "\033[31m",
		[MMNOTIFY_CLEAR] = "\033[33m",
		[MMNOTIFY_PROTECTION_VMA] = "\033[34m",
		[MMNOTIFY_PROTECTION_PAGE] = "\033[36m",
		[MMNOTIFY_SOFT_DIRTY] = "\033[35m",
		[MMNOTIFY_RELEASE] = "\033[91m",
		[MMNOTIFY_MIGRATE] = "\033[32m",
		[MMNOTIFY_EXCLUSIVE] = "\033[32m",
	};

	return paint(event < MMNOTIFY_NR_EVENTS ? colours[event] : "");
}

static void effects_short(unsigned int effects, char *buf, size_t size)
{
	static const char *const names[] = { "gone", "pfn", "-w", "-r", "dirty" };

	snprintf(buf, size, "nothing");
	bits_text(effects, names, " ", buf, size);
}

/* The range in pages, counted from the start of the watched memory. */
static void pages_text(const struct shared *sh, const struct row *row,
		       char *buf, size_t size)
{
	long long from = ((long long)row->start - (long long)sh->start) / (long)PG;
	long long to = ((long long)row->end - (long long)sh->start) / (long)PG;

	if (!row->start && row->end > 1ULL << 60)
		snprintf(buf, size, "all");
	else
		snprintf(buf, size, "%lld..%lld", from, to);
}

static void print_row(const struct env *e, const struct row *row, bool first)
{
	const struct mirror_record *r = row->first;
	bool differs = r->event != r->native;
	int site = strcspn(r->site, ".");
	char pages[40], fx[40], event[40], times[16] = "";

	pages_text(e->sh, row, pages, sizeof(pages));
	effects_short(r->effects, fx, sizeof(fx));
	snprintf(event, sizeof(event), "%s%s", mmn_names_event(r->event),
		 differs ? "*" : "");
	if (row->count > 1)
		snprintf(times, sizeof(times), "x%u", row->count);
	printf("%-*.*s %*.*s %-4s %s%-*s%s %s%s%-*s%s %-*.*s %-*s %s%.*s%s\n",
	       W_OP, W_OP, first ? e->sc->demo : "", W_PAGES, W_PAGES, pages,
	       times, paint(DIM), W_EVENT - 1, mmn_names_event(r->native),
	       paint(RESET), event_colour(r->event), differs ? paint(BOLD) : "",
	       W_EVENT, event, paint(RESET), W_CAUSE, W_CAUSE,
	       mmn_names_cause(r->cause), W_EFFECTS, fx, paint(DIM),
	       site < W_SITE ? site : W_SITE, r->site, paint(RESET));
	sum.verdicts++;
	sum.different += differs;
}

static bool alike(const struct mirror_record *a, const struct mirror_record *b)
{
	return a->event == b->event && a->native == b->native &&
	       a->cause == b->cause && a->effects == b->effects &&
	       !strcmp(a->site, b->site);
}

static unsigned int fold(const struct env *e, struct row rows[MAX_ROWS])
{
	bool dies = e->sc->flags & S_DIES;
	const struct shared *sh = e->sh;
	__u32 i, to = dies ? sh->nr : sh->done_at;
	unsigned int nr = 0, k;

	for (i = sh->begin_at; i < to; i++) {
		const struct mirror_record *r = &sh->log[i];

		/* When a process dies, only a range gets the unmapping after the release. */
		if (r->tier != (dies ? MIRROR_TIER_RANGE : MIRROR_TIER_MM) ||
		    r->phase != MIRROR_PHASE_START || !in_region(sh, r))
			continue;
		for (k = 0; k < nr && !alike(rows[k].first, r); k++)
			;
		if (k == MAX_ROWS)
			continue;
		if (k == nr)
			rows[nr++] = (struct row){ r, r->start, r->end, 0 };
		rows[k].count++;
		rows[k].start = r->start < rows[k].start ? r->start : rows[k].start;
		rows[k].end = r->end > rows[k].end ? r->end : rows[k].end;
	}
	return nr;
}

static void show(const struct scenario *sc, struct shared *sh)
{
	struct env e = { .sc = sc, .sh = sh, .fd = open_mirror() };
	struct row rows[MAX_ROWS];
	struct mirror_stat stat;
	struct verdicts v;
	unsigned int nr, i;

	if (e.fd < 0)
		return;
	run_one(&e, &stat);
	close(e.fd);
	if (sh->result == RESULT_SKIP) {
		sum.absent++;
		printf("%-*.*s %s%.100s%s\n", W_OP, W_OP, sc->demo, paint(DIM),
		       sh->why, paint(RESET));
		return;
	}
	sum.operations++;
	nr = fold(&e, rows);
	for (i = 0; i < nr; i++)
		print_row(&e, &rows[i], !i);
	judge(&e, &stat, &v);
	if (sh->result != RESULT_DONE || v.nr) {
		sum.wrong++;
		printf("%-*.*s %sfailed: %.90s%s\n", W_OP, W_OP,
		       nr ? "" : sc->demo, paint(BOLD),
		       v.nr ? v.text[0] : sh->why, paint(RESET));
	}
	fflush(stdout);
	sleep_ms(PAUSE_MS);
}

static void header(void)
{
	struct utsname u;

	uname(&u);
	printf("\n%smmnotify on Linux %s:%s what happens to the memory of a process, ",
	       paint(BOLD), u.release, paint(RESET));
	printf("as a device driver sees it\n\n");
	printf("%s%-*s %*s %-4s %-*s %-*s %-*s %-*s %s%s\n", paint(BOLD), W_OP,
	       "OPERATION", W_PAGES, "PAGES", "", W_EVENT - 1, "KERNEL SAYS",
	       W_EVENT, "MMNOTIFY SAYS", W_CAUSE, "CAUSE", W_EFFECTS, "EFFECTS",
	       "CALL SITE", paint(RESET));
}

static void legend(void)
{
	static const unsigned int events[] = {
		MMNOTIFY_UNMAP, MMNOTIFY_CLEAR, MMNOTIFY_PROTECTION_VMA,
		MMNOTIFY_PROTECTION_PAGE, MMNOTIFY_SOFT_DIRTY, MMNOTIFY_RELEASE,
	};
	static const char *const means[] = {
		"unmapped, VMA gone", "other pages, or none", "VMA permissions change",
		"access to single pages", "tracking starts again", "the process ends",
	};
	unsigned int i;

	printf("\n");
	for (i = 0; i < 6; i++)
		printf("%s%s%s%-15s%s %-24s", i == 3 ? "\n" : "", i % 3 ? "" : "  ",
		       event_colour(events[i]), mmn_names_event(events[i]),
		       paint(RESET), means[i]);
	printf("\n  effects: gone = not mapped any more, pfn = another page or none, ");
	printf("-w -r = no more writing, reading,\n");
	printf("           dirty = later writes count again; pages are counted ");
	printf("from the start of the watched memory\n");
	printf("\n  %u operations, %u kinds of verdict; in %s%u marked *%s ",
	       sum.operations, sum.verdicts, paint(BOLD), sum.different, paint(RESET));
	printf("mmnotify's event differs from the kernel's, on purpose.\n");
	if (sum.absent)
		printf("  %u operations cannot run on this kernel or machine.\n", sum.absent);
	if (sum.wrong)
		printf("  %s%u operations failed.%s\n", paint(BOLD), sum.wrong,
		       paint(RESET));
	printf("\n");
}

/* Return: the exit status. */
int demo(struct shared *sh)
{
	const char *term = getenv("TERM"), *no = getenv("NO_COLOR");
	const struct scenario *const *f, *sc;
	int fd = open_mirror();

	if (fd < 0) {
		fprintf(stderr, "scenarios: /dev/mmn_mirror: %s: load mmnotify.ko and mirror.ko\n",
			strerror(errno));
		return 1;
	}
	close(fd);
	colour = !(no && *no) && term && strcmp(term, "dumb");
	header();
	for (f = families; *f; f++)
		for (sc = *f; sc->name; sc++)
			if (sc->demo)
				show(sc, sh);
	legend();
	return sum.wrong ? 1 : 0;
}
