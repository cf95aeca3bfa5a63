// SPDX-License-Identifier: GPL-2.0-only
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
#include "fmt.h"
#include "live.h"
#include "net.h"
#include "pick.h"
#include "rates.h"
#include "util.h"
#include "words.h"

static struct pick pick;
static unsigned long times;
static unsigned long long interval = 2000000000;
static const char *sort_name;
static bool batch;

static const struct opt opts[] = {
	PICK_OPTIONS(pick),
	{ 'i', "interval", "TIME", OPT_TIME, &interval,
	  "time between refreshes, 2 s if none is given" },
	{ 's', "sort", "COLUMN", OPT_TEXT, &sort_name,
	  "events (default), pages, time, p99, max or nothing" },
	{ 'b', "batch", NULL, OPT_FLAG, &batch, "print text, without a screen" },
	{ 'n', "times", "NUMBER", OPT_NUMBER, &times, "end after so many refreshes" },
	{ 0 }
};

/* ---- columns ---- */

enum column { EVENTS, PAGES, TIME, P50, P99, MAX, NOTHING, NR_COLUMNS };

static const char *const column_names[NR_COLUMNS] = {
	"events", "pages", "time", "p50", "p99", "max", "nothing",
};

static enum column sort_by = EVENTS;

static double value_of(const struct rate *r, enum column c)
{
	switch (c) {
	case EVENTS:
		return r->events ? r->events : r->calls;
	case PAGES:
		return r->pages;
	case TIME:
		return r->calls ? r->callback_ns : r->ns;
	case P50:
		return rates_quantile(r, 0.5);
	case P99:
		return rates_quantile(r, 0.99);
	case MAX:
		return r->max_ns;
	case NOTHING:
		return r->events ? (double)r->nothing / r->events : 0;
	default:
		return 0;
	}
}

static int compare(const void *a, const void *b)
{
	double x = value_of(a, sort_by), y = value_of(b, sort_by);
	const struct rate *p = a, *q = b;

	if (x != y)
		return x < y ? 1 : -1;
	return (p->id > q->id) - (p->id < q->id);
}

/* ---- what is shown ---- */

#define FILTER_LEN	24

/* @detail: id of the entry that is shown alone, 0: none */
static struct view {
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

static void make_rows(void)
{
	struct rates_filter f = view.filter;

	rates_free(&view.rows);
	rates_free(&view.causes);
	f.name = *view.name && !view.detail ? view.name : NULL;
	if (view.detail)
		f.id = view.detail;
	rates_make(&view.rows, &view.before, &view.now, view.detail ? RATES_DRIVER : RATES_PROCESS,
		   &f);
	rates_make(&view.causes, &view.before, &view.now, RATES_CAUSE, &f);
	qsort(view.rows.list, view.rows.nr, sizeof(*view.rows.list), compare);
	if (view.selected >= view.rows.nr)
		view.selected = view.rows.nr ? view.rows.nr - 1 : 0;
}

static void refresh_rows(void)
{
	net_free(&view.before);
	view.before = view.now;
	net_read(&view.now);
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
		 view.detail ? "CAUSE, DRIVER" : "MOST BY");
}

static void what_of(const struct rate *r, char *to, size_t size)
{
	const struct rate *worst;

	if (view.detail) {
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

static void row_line(const struct rate *r, char *to, size_t size)
{
	char time[FMT_LEN], p50[FMT_LEN], p99[FMT_LEN], max[FMT_LEN];
	char comm[80], what[120], nil[8] = "-";
	double s = view.rows.seconds > 0 ? view.rows.seconds : 1;

	if (r->events)
		snprintf(nil, sizeof(nil), "%.0f", 100.0 * r->nothing / r->events);
	what_of(r, what, sizeof(what));
	snprintf(to, size, "%7u %-16.16s %9.1f %10.1f %8s %8s %8s %8s %4s  %s", r->tgid,
		 fmt_printable(comm, sizeof(comm), r->comm), (r->events ? r->events : r->calls) / s,
		 r->pages / s, fmt_time(time, (r->calls ? r->callback_ns : r->ns) / s),
		 fmt_time_or_dash(p50, rates_quantile(r, 0.5), r->calls),
		 fmt_time_or_dash(p99, rates_quantile(r, 0.99), r->calls),
		 fmt_time_or_dash(max, r->max_ns, r->calls), nil,
		 what);
}

/* ---- text ---- */

static void print_all(void)
{
	char line[400];

	head_line(line, sizeof(line));
	puts(line);
	title_line(line, sizeof(line));
	puts(line);
	for (unsigned int i = 0; i < view.rows.nr; i++) {
		row_line(&view.rows.list[i], line, sizeof(line));
		puts(line);
	}
	putchar('\n');
	fflush(stdout);
}

static void run_batch(void)
{
	for (unsigned long n = 0; !live_stopped && (!times || n < times); n++) {
		live_wait(interval / 1000000);
		refresh_rows();
		print_all();
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

static void put_line(int y, const char *text, int color, int attributes)
{
	if (y < 0 || y >= LINES)
		return;
	attrset(COLOR_PAIR(color) | attributes);
	mvaddnstr(y, 0, text, COLS);
	clrtoeol();
	attrset(A_NORMAL);
}

static const char *what_selected(void)
{
	return cause_get(net_cause(view.rows.list[view.selected].cause))->what;
}

static void foot_line(char *to, size_t size)
{
	char plain[400];

	if (view.asks)
		snprintf(to, size, "name contains: %s", view.name);
	else if (view.detail && view.rows.nr)
		snprintf(to, size, "%s", words_plain(plain, sizeof(plain), what_selected()));
	else
		snprintf(to, size,
			 "q quit  s sort (%s)  / filter%s%s  Enter a process  Esc back  space %s",
			 column_names[sort_by], *view.name ? ": " : "", view.name,
			 view.paused ? "go on" : "pause");
}

static void draw(void)
{
	unsigned int rows = LINES > 4 ? LINES - 4 : 1;
	char line[400];

	if (view.selected < view.first)
		view.first = view.selected;
	if (view.selected >= view.first + rows)
		view.first = view.selected - rows + 1;
	erase();
	head_line(line, sizeof(line));
	put_line(0, line, HEAD, A_BOLD);
	if (view.detail) {
		snprintf(line, sizeof(line), "%s (%u)", view.detail_comm, view.detail_tgid);
		put_line(1, line, PLAIN, A_BOLD);
	}
	title_line(line, sizeof(line));
	put_line(2, line, PLAIN, A_REVERSE);
	for (unsigned int i = 0; i < rows && view.first + i < view.rows.nr; i++) {
		const struct rate *r = &view.rows.list[view.first + i];

		row_line(r, line, sizeof(line));
		put_line(3 + i, line, color_of(r),
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
	view.selected = 0;
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
		sort_by = (sort_by + 1) % NR_COLUMNS;
		break;
	case '/':
	case 'f':
		view.asks = true;
		*view.name = '\0';
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

static void begin_screen(void)
{
	const char *term = getenv("TERM");
	SCREEN *screen;

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO))
		die("top needs a terminal: mmnotify top --batch");
	screen = newterm(NULL, stdout, stdin);
	if (!screen)
		die("the terminal '%s' is not known here: mmnotify top --batch", term ? term : "");
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
	endwin();
}

static void choose_column(void)
{
	for (unsigned int i = 0; sort_name && i < NR_COLUMNS; i++) {
		if (!strcmp(sort_name, column_names[i])) {
			sort_by = i;
			return;
		}
	}
	if (sort_name)
		usage_die("--sort: there is no column '%s'", sort_name);
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
