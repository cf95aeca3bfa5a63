// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* fmt: numbers, times and names as a person reads them, and back. Pure. */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <mmnotify/mmnotify_types.h>

#include "fmt.h"
#include "util.h"

static const char *const effect_names[] = { "gone", "pfn", "-w", "-r", "dirty" };

/* Longer names, for a command line, where "-w" would be an option. */
static const char *const effect_words[] = { "gone", "pfn", "no_write", "no_read", "dirty" };

static const struct {
	const char *name;
	unsigned long long ns;
} units[] = {
	{ "ns", 1 }, { "us", 1000 }, { "ms", 1000000 }, { "s", 1000000000 },
	{ "min", 60000000000 }, { "h", 3600000000000 },
};

/* Three digits: 1.23, 12.3, 123. Trailing zeroes go. */
static void three_digits(char *buf, double value, const char *unit)
{
	int digits = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
	char number[16], *end;

	snprintf(number, sizeof(number), "%.*f", digits, value);
	if (strchr(number, '.')) {
		end = number + strlen(number) - 1;
		while (*end == '0')
			*end-- = '\0';
		if (*end == '.')
			*end = '\0';
	}
	snprintf(buf, FMT_LEN, "%s %s", number, unit);
}

const char *fmt_time(char buf[FMT_LEN], unsigned long long ns)
{
	unsigned long long s = (ns + 500000000) / 1000000000;

	if (!ns)
		snprintf(buf, FMT_LEN, "0");
	else if (ns < 1000)
		snprintf(buf, FMT_LEN, "%llu ns", ns);
	else if (ns < 999500)
		three_digits(buf, ns / 1e3, "us");
	else if (ns < 999500000)
		three_digits(buf, ns / 1e6, "ms");
	else if (ns < 99500000000)
		three_digits(buf, ns / 1e9, "s");
	else if (s < 3600)
		snprintf(buf, FMT_LEN, "%llu min %llu s", s / 60, s % 60);
	else
		snprintf(buf, FMT_LEN, "%llu h %llu min", s / 3600, s % 3600 / 60);
	return buf;
}

const char *fmt_time_or_dash(char buf[FMT_LEN], unsigned long long ns, bool known)
{
	return known ? fmt_time(buf, ns) : "-";
}

const char *fmt_count(char buf[FMT_LEN], unsigned long long count)
{
	char plain[24];
	int len = snprintf(plain, sizeof(plain), "%llu", count), out = 0;

	for (int i = 0; i < len; i++) {
		if (i && (len - i) % 3 == 0)
			buf[out++] = ',';
		buf[out++] = plain[i];
	}
	buf[out] = '\0';
	return buf;
}

const char *fmt_bytes(char buf[FMT_LEN], unsigned long long bytes)
{
	static const char *const names[] = { "KB", "MB", "GB", "TB", "PB" };
	double value = bytes / 1024.0;
	unsigned int i = 0;

	if (bytes < 1024) {
		snprintf(buf, FMT_LEN, "%llu bytes", bytes);
		return buf;
	}
	while (value >= 1023.5 && i + 1 < ARRAY_SIZE(names)) {
		value /= 1024;
		i++;
	}
	if (value >= 999.5)
		snprintf(buf, FMT_LEN, "%.0f %s", value, names[i]);
	else
		three_digits(buf, value, names[i]);
	return buf;
}

const char *fmt_pages(char buf[FMT_LEN], unsigned long long pages)
{
	char count[FMT_LEN];

	snprintf(buf, FMT_LEN, "%.22s page%s", fmt_count(count, pages), pages == 1 ? "" : "s");
	return buf;
}

const char *fmt_effects(char buf[FMT_LEN], unsigned int effects)
{
	int len = 0;

	snprintf(buf, FMT_LEN, "nothing");
	for (unsigned int i = 0; i < ARRAY_SIZE(effect_names); i++)
		if (effects & (1u << i))
			len += snprintf(buf + len, FMT_LEN - len, "%s%s", len ? " " : "",
					effect_names[i]);
	return buf;
}

const char *fmt_event(unsigned int event)
{
	static const char *const names[MMNOTIFY_NR_EVENTS] = {
		"UNMAP", "CLEAR", "PROTECTION_VMA", "PROTECTION_PAGE",
		"SOFT_DIRTY", "RELEASE", "MIGRATE", "EXCLUSIVE",
	};

	return event < ARRAY_SIZE(names) ? names[event] : "?";
}

const char *fmt_printable(char *buf, size_t size, const char *text)
{
	size_t len = 0;

	for (; *text && len + 5 < size; text++) {
		unsigned char c = *text;

		if (c < 0x20 || c == 0x7f)
			len += snprintf(buf + len, size - len, "\\%03o", c);
		else
			buf[len++] = c;
	}
	buf[len] = '\0';
	return buf;
}

void put_html(FILE *out, const char *text)
{
	for (; *text; text++) {
		unsigned char c = *text;

		if (strchr("<>&\"'", c))
			fprintf(out, "&#%u;", c);
		else if (c < 0x20 || c == 0x7f)
			fprintf(out, "\\%03o", c);
		else
			fputc(c, out);
	}
}

/* Length of the UTF-8 character at @text, or 0: a name may hold any byte. */
static int utf8_length(const unsigned char *text)
{
	int len = text[0] < 0x80 ? 1 : text[0] >= 0xc2 && text[0] < 0xe0 ? 2 :
		(text[0] & 0xf0) == 0xe0 ? 3 : text[0] >= 0xf0 && text[0] < 0xf5 ? 4 : 0;

	for (int i = 1; i < len; i++)
		if ((text[i] & 0xc0) != 0x80)
			return 0;
	return len;
}

void put_json(FILE *out, const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	fputc('"', out);
	while (*at) {
		int len = utf8_length(at);

		if (!len) {
			fputs("\\ufffd", out);
			at++;
		} else if (*at < 0x20 || *at == 0x7f || strchr("\"\\<>&'", *at)) {
			fprintf(out, "\\u%04x", *at++);
		} else {
			fwrite(at, 1, len, out);
			at += len;
		}
	}
	fputc('"', out);
}

bool parse_number(const char *text, unsigned long *value)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	*value = strtoul(text, &end, strncmp(text, "0x", 2) ? 10 : 16);
	return !*end;
}

bool parse_time(const char *text, const char *unit, unsigned long long *ns)
{
	double value;
	char *end;

	if (!isdigit((unsigned char)*text))
		return false;
	value = strtod(text, &end);
	if (*end)
		unit = end;
	for (unsigned int i = 0; i < ARRAY_SIZE(units); i++) {
		if (strcmp(unit, units[i].name))
			continue;
		*ns = value * units[i].ns + 0.5;
		return true;
	}
	return false;
}

static unsigned long long size_factor(const char *suffix)
{
	static const char letters[] = "KMGT";
	const char *at;

	if (!*suffix)
		return 1;
	at = strchr(letters, toupper((unsigned char)*suffix));
	if (!at || suffix[1])
		return 0;
	return 1ULL << (10 * (at - letters + 1));
}

bool parse_range(const char *text, unsigned long long *start, unsigned long long *end)
{
	unsigned long long factor;
	char *at, how;

	*start = strtoull(text, &at, 16);
	how = *at;
	if (at == text || (how != '-' && how != '+'))
		return false;
	text = at + 1;
	*end = strtoull(text, &at, how == '-' ? 16 : 0);
	if (at == text)
		return false;
	if (how == '-')
		return !*at && *start < *end;
	factor = size_factor(at);
	*end = *start + *end * factor;
	return factor && *start < *end;
}

static int effect_of(const char *word, size_t len)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(effect_words); i++)
		if ((strlen(effect_words[i]) == len && !strncmp(word, effect_words[i], len)) ||
		    (strlen(effect_names[i]) == len && !strncmp(word, effect_names[i], len)))
			return i;
	return -1;
}

bool parse_effects(const char *text, unsigned int *effects)
{
	*effects = 0;
	if (!strcmp(text, "nothing"))
		return true;
	*effects = MMNOTIFY_FX_ALL;
	if (!strcmp(text, "any"))
		return true;
	*effects = 0;
	for (;;) {
		size_t len = strcspn(text, ",");
		int bit = effect_of(text, len);

		if (bit < 0)
			return false;
		*effects |= 1u << bit;
		if (!text[len])
			return true;
		text += len + 1;
	}
}
