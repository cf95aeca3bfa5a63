// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * top: processes by what they lose, refreshed from the module's counters. What a refresh costs
 * depends on the number of processes and causes, not on the number of events.
 */
#include <curses.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "causes.h"
#include "cmd.h"
#include "event.h"
#include "fmt.h"
#include "focus.h"
#include "live.h"
#include "net.h"
#include "pick.h"
#include "rates.h"
#include "tally.h"
#include "tasks.h"
#include "top_rows.h"
#include "util.h"
#include "words.h"

static struct pick pick;
static unsigned long times;
static unsigned long long interval = 2000000000;
static const char *sort_name, *page_name;
static bool batch;

static const struct opt opts[] = {
	PICK_OPTIONS(pick),
	{ 'i', "interval", "TIME", OPT_TIME, &interval,
	  "time between refreshes, 2 s if none is given" },
	{ 's', "sort", "COLUMN", OPT_TEXT, &sort_name,
	  "events (default), pages, time, p50, p99, max or nothing" },
	{ 'B', "by", "PAGE", OPT_TEXT, &page_name,
	  "processes (default), drivers; with --pid also operations, threads, ranges" },
	{ 'b', "batch", NULL, OPT_FLAG, &batch, "print text, without a screen" },
	{ 'n', "times", "NUMBER", OPT_NUMBER, &times, "end after so many refreshes" },
	{ 0 }
};

/* ---- what is shown ---- */

#define FILTER_LEN	24

/* What the rows are. The last three are of one process, from its last events. */
enum page { PROCESSES, DRIVERS, OPERATIONS, THREADS, RANGES, NR_PAGES };

static const char *const page_names[NR_PAGES] = {
	"processes", "drivers", "operations", "threads", "ranges",
};

static const char *const page_titles[NR_PAGES] = {
	"MOST BY", "CAUSE, DRIVER", "OPERATION", "THREAD", "RANGE, MEMORY",
};

/*
 * @detail: id of the entry that is shown alone, 0: none
 * @refused: why its last events cannot be read
 * @focus_rows: the rows of the last three pages, sorted
 */
static struct view {
	enum page page;
	const char *refused;
	struct row **focus_rows;
	struct net_snapshot before, now;
	struct rates rows, causes;
	struct rates_filter filter;
	unsigned int selected, first;
	uint64_t detail;
	char detail_comm[NET_NAME];
	unsigned int detail_tgid;
	char name[FILTER_LEN];
	const char *untimed;
	bool paused, asks;
} view;

static const struct rate *worst_cause(uint64_t id)
{
	const struct rate *worst = NULL;

	for (unsigned int i = 0; i < view.causes.nr; i++) {
		const struct rate *r = &view.causes.list[i];

		if (r->id == id && (!worst || r->events > worst->events))
			worst = r;
	}
	return worst;
}

/* Return: true if the rows are of focus.c. */
static bool focused(void)
{
	return view.page >= OPERATIONS;
}

static unsigned int nr_rows(void)
{
	return focused() ? focus_table(view.page - OPERATIONS)->nr : view.rows.nr;
}

static void make_focus_rows(void)
{
	const struct table *table = focus_table(view.page - OPERATIONS);

	qsort(table->sorted, table->nr, sizeof(*table->sorted), top_compare_tallies);
	view.focus_rows = table->sorted;
}

static void make_rows(void)
{
	struct rates_filter f = view.filter;

	rates_free(&view.rows);
	rates_free(&view.causes);
	f.name = *view.name && !view.detail ? view.name : NULL;
	if (view.detail)
		f.id = view.detail;
	rates_make(&view.rows, &view.before, &view.now,
		   view.page == PROCESSES ? RATES_PROCESS : RATES_DRIVER, &f);
	rates_make(&view.causes, &view.before, &view.now, RATES_CAUSE, &f);
	qsort(view.rows.list, view.rows.nr, sizeof(*view.rows.list), top_compare_rates);
	if (focused())
		make_focus_rows();
	if (view.selected >= nr_rows())
		view.selected = nr_rows() ? nr_rows() - 1 : 0;
}

static void refresh_rows(void)
{
	net_free(&view.before);
	view.before = view.now;
	net_read(&view.now);
	if (focused())
		focus_read();
	make_rows();
}

static void head_line(char *to, size_t size)
{
	struct rate sum = { 0 };
	char time[FMT_LEN];
	double s = view.rows.seconds > 0 ? view.rows.seconds : 1;
	int used;

	for (unsigned int i = 0; i < view.rows.nr; i++)
		rates_add(&sum, &view.rows.list[i]);
	used = snprintf(to, size, "mmnotify top: %.1f events/s, %.1f pages/s, %s/s", sum.events / s,
			sum.pages / s, fmt_time(time, sum.ns / s));
	if (sum.nothing)
		used += snprintf(to + used, size - used, ", %.0f%% change nothing",
				 100.0 * sum.nothing / sum.events);
	if (view.now.flights)
		used += snprintf(to + used, size - used, ", %u in flight for up to %s",
				 view.now.flights, fmt_time(time, view.now.oldest_ns));
	if (view.now.flagged)
		used += snprintf(to + used, size - used, ", rows may be missing");
	if (view.untimed)
		snprintf(to + used, size - used, ", callbacks are not timed: %s", view.untimed);
}

static void title_line(char *to, size_t size)
{
	snprintf(to, size, "%7s %-16s %9s %10s %8s %8s %8s %8s %4s  %s", "PID", "PROCESS",
		 "EVENTS/s", "PAGES/s", "TIME/s", "P50", "P99", "MAX", "NIL%",
		 page_titles[view.page]);
}

static void what_of(const struct rate *r, char *to, size_t size)
{
	const struct rate *worst;

	if (view.page == DRIVERS) {
		snprintf(to, size, "%s%s%s", net_cause(r->cause), *r->driver ? ", " : "",
			 r->driver);
		return;
	}
	worst = worst_cause(r->id);
	if (!worst || !r->events)
		snprintf(to, size, "-");
	else
		snprintf(to, size, "%s %.0f%%", net_cause(worst->cause),
			 100.0 * worst->events / r->events);
}

static void rate_line(const struct rate *r, char *to, size_t size)
{
	char what[120];

	what_of(r, what, sizeof(what));
	top_rate_line(r, view.rows.seconds, what, to, size);
}

static void line_of(unsigned int i, char *to, size_t size)
{
	if (focused())
		top_tally_line(view.focus_rows[i], view.detail_tgid, view.detail_comm,
			       view.rows.seconds, to, size);
	else
		rate_line(&view.rows.list[i], to, size);
}

/* Where the rows of a process come from, or why there are none. */
static void detail_line(char *to, size_t size)
{
	bool complete;
	char count[FMT_LEN];
	int used = snprintf(to, size, "%s (%u)", view.detail_comm, view.detail_tgid);

	if (!focused())
		return;
	if (view.refused)
		snprintf(to + used, size - used, ": %s", view.refused);
	else
		snprintf(to + used, size - used, ", from its %s%s events",
			 fmt_count(count, focus_events(&complete)), complete ? "" : " last");
}

/* ---- one process ---- */

static void show_page(enum page page)
{
	bool was = focused();

	view.page = page;
	view.selected = 0;
	if (focused() && !was)
		view.refused = focus_begin(view.detail_tgid);
	else if (!focused() && was)
		focus_end();
}

/* ---- text ---- */

static void print_drivers(void)
{
	char line[400];

	title_line(line, sizeof(line));
	puts(line);
	for (unsigned int i = 0; i < view.rows.nr; i++) {
		if (!view.rows.list[i].calls)
			continue;
		rate_line(&view.rows.list[i], line, sizeof(line));
		puts(line);
	}
}

static void print_all(void)
{
	char line[400];

	head_line(line, sizeof(line));
	puts(line);
	title_line(line, sizeof(line));
	puts(line);
	for (unsigned int i = 0; i < nr_rows(); i++) {
		line_of(i, line, sizeof(line));
		puts(line);
	}
}

/* With processes their drivers, too. */
static void print_batch(void)
{
	if (focused()) {
		char line[400];

		detail_line(line, sizeof(line));
		puts(line);
	}
	print_all();
	if (!page_name && !view.untimed) {
		view.page = DRIVERS;
		make_rows();
		print_drivers();
		view.page = PROCESSES;
	}
	putchar('\n');
	fflush(stdout);
}

static void run_batch(void)
{
	for (unsigned long n = 0; !live_stopped && (!times || n < times); n++) {
		live_wait(interval / 1000000);
		refresh_rows();
		print_batch();
	}
}

/* ---- screen ---- */

enum { PLAIN, HEAD, CHOSEN, BAD, NIL };

static void init_colors(void)
{
	if (!has_colors())
		return;
	start_color();
	use_default_colors();
	init_pair(HEAD, COLOR_CYAN, -1);
	init_pair(BAD, COLOR_RED, -1);
	init_pair(NIL, COLOR_YELLOW, -1);
}

/* A second of each second is spent, or a callback took 10 ms: red; mostly for nothing: yellow. */
static int color_of(const struct rate *r)
{
	if (r->max_ns >= 10000000 || r->ns / 1e9 > view.rows.seconds)
		return BAD;
	return r->events && r->nothing * 2 > r->events ? NIL : PLAIN;
}

static int color_of_tally(const struct tally *t)
{
	if (t->max_ns >= 10000000 || t->ns / 1e9 > view.rows.seconds)
		return BAD;
	return t->nothing * 2 > t->events ? NIL : PLAIN;
}

static int color_at(unsigned int i)
{
	return focused() ? color_of_tally(&view.focus_rows[i]->t) : color_of(&view.rows.list[i]);
}

static void put_line(int y, const char *text, int color, int attributes)
{
	if (y < 0 || y >= LINES)
		return;
	attrset(COLOR_PAIR(color) | attributes);
	mvaddnstr(y, 0, text, COLS);
	clrtoeol();
	attrset(A_NORMAL);
}

/* What the selected row stands for, or NULL. */
static const char *what_selected(void)
{
	char cause[CAUSE_LEN];

	if (view.page == OPERATIONS && nr_rows()) {
		snprintf(cause, sizeof(cause), "%.*s",
			 (int)strcspn(view.focus_rows[view.selected]->key, " "),
			 view.focus_rows[view.selected]->key);
		return cause_get(cause)->what;
	}
	if (view.page != DRIVERS || !view.rows.nr)
		return NULL;
	return cause_get(net_cause(view.rows.list[view.selected].cause))->what;
}

static void foot_line(char *to, size_t size)
{
	if (view.asks)
		snprintf(to, size, "name contains: %s", view.name);
	else if (view.detail)
		snprintf(to, size,
			 "q quit  s sort (%s)  Tab next of: causes, operations, threads, ranges  Esc back  space %s",
			 top_columns[top_sort], view.paused ? "go on" : "pause");
	else
		snprintf(to, size,
			 "q quit  s sort (%s)  / filter%s%s  d %s  Enter a process  space %s",
			 top_columns[top_sort], *view.name ? ": " : "", view.name,
			 view.page == DRIVERS ? "processes" : "drivers",
			 view.paused ? "go on" : "pause");
}

static void draw(void)
{
	unsigned int rows = LINES > 4 ? LINES - 4 : 1;
	const char *what = what_selected();
	char line[400];

	if (view.selected < view.first)
		view.first = view.selected;
	if (view.selected >= view.first + rows)
		view.first = view.selected - rows + 1;
	erase();
	head_line(line, sizeof(line));
	put_line(0, line, HEAD, A_BOLD);
	if (view.detail) {
		detail_line(line, sizeof(line));
		put_line(1, line, PLAIN, A_BOLD);
	} else if (what) {
		put_line(1, words_plain(line, sizeof(line), what), PLAIN, 0);
	}
	title_line(line, sizeof(line));
	put_line(2, line, PLAIN, A_REVERSE);
	for (unsigned int i = 0; i < rows && view.first + i < nr_rows(); i++) {
		line_of(view.first + i, line, sizeof(line));
		put_line(3 + i, line, color_at(view.first + i),
			 view.first + i == view.selected ? A_STANDOUT : 0);
	}
	foot_line(line, sizeof(line));
	put_line(LINES - 1, line, HEAD, 0);
	refresh();
}

static void enter(void)
{
	const struct rate *r;

	if (view.detail || !view.rows.nr)
		return;
	r = &view.rows.list[view.selected];
	view.detail = r->id;
	view.detail_tgid = r->tgid;
	fmt_printable(view.detail_comm, sizeof(view.detail_comm), r->comm);
	show_page(DRIVERS);
}

/* The next page of a process. */
static void turn(void)
{
	if (view.detail)
		show_page(view.page == RANGES ? DRIVERS : view.page + 1);
}

/* From processes to drivers of all processes, and back. */
static void toggle_drivers(void)
{
	if (!view.detail)
		show_page(view.page == DRIVERS ? PROCESSES : DRIVERS);
}

/* A letter of the filter. */
static void edit(int key)
{
	size_t len = strlen(view.name);

	if (key == '\n' || key == KEY_ENTER || key == 27)
		view.asks = false;
	else if ((key == KEY_BACKSPACE || key == 127 || key == 8) && len)
		view.name[len - 1] = '\0';
	else if (key >= ' ' && key < 127 && len < FILTER_LEN - 1)
		view.name[len] = key;
}

static void leave(void)
{
	if (!view.detail)
		*view.name = '\0';
	view.detail = 0;
	show_page(PROCESSES);
}

/* Return: false to quit. */
static bool act(int key)
{
	if (view.asks) {
		edit(key);
		return true;
	}
	switch (key) {
	case 'q':
		return false;
	case 's':
		top_sort = (top_sort + 1) % NR_COLUMNS;
		break;
	case '/':
	case 'f':
		view.asks = true;
		*view.name = '\0';
		break;
	case 'd':
		toggle_drivers();
		break;
	case '\t':
		turn();
		break;
	case ' ':
		view.paused = !view.paused;
		break;
	case '\n':
	case KEY_ENTER:
		enter();
		break;
	case 27:
	case KEY_BACKSPACE:
	case 127:
		leave();
		break;
	case KEY_UP:
		view.selected -= view.selected > 0;
		break;
	case KEY_DOWN:
		view.selected++;
		break;
	case KEY_PPAGE:
		view.selected -= view.selected > 10 ? 10 : view.selected;
		break;
	case KEY_NPAGE:
		view.selected += 10;
		break;
	}
	return true;
}

/* At exit, also after an error, whose line is then read on the terminal as it was. */
static void end_screen(void)
{
	if (!isendwin())
		endwin();
}

static void begin_screen(void)
{
	const char *term = getenv("TERM");
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		die("top needs a terminal: mmnotify top --batch");
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		die("the terminal '%s' is not known here: mmnotify top --batch", term ? term : "");
	atexit(end_screen);
	set_escdelay(100);
	cbreak();
	noecho();
	keypad(stdscr, TRUE);
	curs_set(0);
	init_colors();
}

/* The first rates are of a short time. */
#define FIRST	500000000ULL

static void run_screen(void)
{
	unsigned long long next = live_now() + (interval < FIRST ? interval : FIRST);
	unsigned long n = 0;
	int key = ERR;

	begin_screen();
	while (!live_stopped && (!times || n < times)) {
		unsigned long long now = live_now();

		if (now >= next) {
			if (!view.paused)
				refresh_rows();
			next = now + interval;
			n++;
		}
		draw();
		timeout((next - now) / 1000000 + 1);
		key = getch();
		if (key != ERR && !act(key))
			break;
		if (key != ERR)
			make_rows();
	}
	end_screen();
}

static void choose_column(void)
{
	for (unsigned int i = 0; sort_name && i < NR_COLUMNS; i++) {
		if (!strcmp(sort_name, top_columns[i])) {
			top_sort = i;
			return;
		}
	}
	if (sort_name)
		usage_die("--sort: there is no column '%s'", sort_name);
}

/* A page for --batch, or to begin with. */
static void choose_page(void)
{
	enum page page = PROCESSES;

	while (page_name && page < NR_PAGES && strcmp(page_name, page_names[page]))
		page++;
	if (page == NR_PAGES)
		usage_die("--by: there is no page '%s'", page_name);
	if (page >= OPERATIONS && !pick.pid)
		usage_die("--by %s needs --pid", page_name);
	if (pick.pid) {
		view.detail_tgid = pick.pid;
		fmt_printable(view.detail_comm, sizeof(view.detail_comm), process_name(pick.pid));
	}
	show_page(page);
	if (batch && view.refused)
		die("--by %s: %s", page_name, view.refused);
}

static int run(int argc, char **argv)
{
	if (argc)
		usage_die("top has no operand '%s'", argv[0]);
	choose_column();
	setlocale(LC_CTYPE, "");
	live_catch_signals();
	net_open();
	view.filter = pick_filter(&pick);
	view.untimed = pick_watch(pick.driver);
	choose_page();
	net_read(&view.now);
	if (batch)
		run_batch();
	else
		run_screen();
	return 0;
}

const struct cmd cmd_top = {
	.name = "top",
	.what = "Processes by what they lose, refreshed: causes, drivers, time in callbacks.",
	.usage = "[options]",
	.opts = opts,
	.run = run,
};
