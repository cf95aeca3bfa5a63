// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * table: the expectations of all scenarios, as lines of fields with tabs between them,
 * for tools/causes-doc.
 *
 *	expect SCENARIO MACHINE MUST|MAY EVENT CAUSE EFFECTS NATIVE...
 *	differs CAUSE NATIVE OURS REASON
 *
 * A native event per enum column; "-" where the verdict does not occur.
 */
#include "runner.h"

static void print_native(int native)
{
	printf("\t%s", native == NO ? "-" : mmn_names_event(native));
}

static void print_what(const struct scenario *sc, const struct expect *x)
{
	printf("expect\t%s\t%s\t%s\t%s\t%s\t%#x", sc->name,
	       sc->machine ? sc->machine : "plain", x->min ? "MUST" : "MAY",
	       mmn_names_event(x->event), mmn_names_cause(x->cause),
	       x->effects);
}

static void print_stock(const struct scenario *sc, const struct expect *x)
{
	unsigned int i;

	print_what(sc, x);
	for (i = 0; i < NR_COLUMNS; i++)
		print_native(native_in(x, i));
	printf("\n");
}

static void print_here(const struct scenario *sc, const struct expect *x)
{
	print_what(sc, x);
	print_native(native_here(x));
	printf("\n");
}

static void print_differences(unsigned int cause)
{
	unsigned int native, ours;
	const char *reason;

	for (native = 0; native < MMNOTIFY_NR_EVENTS; native++) {
		for (ours = 0; ours < MMNOTIFY_NR_EVENTS; ours++) {
			reason = difference(cause, native, ours);
			if (reason)
				printf("differs\t%s\t%s\t%s\t%s\n",
				       mmn_names_cause(cause),
				       mmn_names_event(native),
				       mmn_names_event(ours), reason);
		}
	}
}

static void each_row(void (*print)(const struct scenario *sc, const struct expect *x))
{
	const struct scenario *const *f, *sc;
	const struct expect *x;

	for (f = families; *f; f++)
		for (sc = *f; sc->name; sc++)
			for (x = sc->expect; x < sc->expect + MAX_EXPECT; x++)
				if (x->min || x->noise)
					print(sc, x);
}

/* The native event of this kernel alone. */
void print_expected(void)
{
	each_row(print_here);
}

void print_table(void)
{
	unsigned int cause;

	each_row(print_stock);
	for (cause = 0; cause < MMNOTIFY_NR_CAUSES; cause++)
		print_differences(cause);
}
