// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * judge: checks the verdicts that the device got against three references: the table of
 * the scenario, the kernel's own event, and the CPU's page tables.
 */
#include <stdarg.h>
#include <string.h>

#include "runner.h"

/*
 * Pairs of events in which mmnotify differs from the kernel on purpose. Any other
 * difference is a failure.
 */
static const struct {
	__u16 cause;
	__u16 native;
	__u16 ours;
	const char *reason;
} differences[] = {
#define DIFF(c, n, o, r) { MMNOTIFY_CAUSE_##c, MMNOTIFY_##n, MMNOTIFY_##o, r }
	DIFF(MREMAP_DONTUNMAP, UNMAP, CLEAR, "the old VMA stays"),
	DIFF(FORK, CLEAR, PROTECTION_PAGE, "hugetlb: pages stay, only the right to write goes"),
	DIFF(NUMA_HINT, PROTECTION_VMA, PROTECTION_PAGE, "the VMA's permissions did not change"),
	DIFF(PROTECTION, PROTECTION_VMA, PROTECTION_PAGE, "userfaultfd or NUMA hint: not the VMA's permissions"),
	DIFF(UFFD_WP, PROTECTION_VMA, PROTECTION_PAGE, "single PTEs lose write, the VMA does not change"),
	DIFF(UFFD_WP_UNREGISTER, PROTECTION_VMA, PROTECTION_PAGE, "single PTEs change, not the VMA's permissions"),
	DIFF(UFFD_RWP, PROTECTION_VMA, PROTECTION_PAGE, "single PTEs lose access, the VMA does not change"),
	DIFF(PAGEMAP_SCAN, PROTECTION_VMA, PROTECTION_PAGE, "single PTEs lose write, the VMA does not change"),
	DIFF(KSM_MERGE, CLEAR, PROTECTION_PAGE, "the page stays, it is only write-protected"),
	DIFF(DAX_WRITEBACK, CLEAR, PROTECTION_PAGE, "the page stays, it is only cleaned"),
	DIFF(DEVICE_EXCLUSIVE_RESTORE, EXCLUSIVE, CLEAR, "the page is mapped again, and no owner may skip that"),
	DIFF(MIGRATE_VMA, CLEAR, MIGRATE, "before v5.14 the kernel announces the pages that fill a hole as CLEAR"),
	DIFF(OOM_REAPER, UNMAP, CLEAR, "the VMAs stay"),
	DIFF(REAP, UNMAP, CLEAR, "the VMAs stay"),
	DIFF(EXIT, UNMAP, CLEAR, "a victim reaps itself: the VMAs stay a little longer"),
	DIFF(HUGETLB_COW, UNMAP, CLEAR, "hugetlb: a child loses its page, the VMA stays"),
	DIFF(PROCESS_MRELEASE, UNMAP, CLEAR, "the VMAs stay"),
	DIFF(TRUNCATE, UNMAP, CLEAR, "hugetlb: the VMA stays"),
	DIFF(HOLE_PUNCH, UNMAP, CLEAR, "hugetlb: the VMA stays"),
	DIFF(MADV_REMOVE, UNMAP, CLEAR, "hugetlb: the VMA stays"),
	DIFF(MADV_DONTNEED, UNMAP, CLEAR, "hugetlb: the VMA stays"),
	DIFF(HUGETLB_UNMAP, UNMAP, CLEAR, "nested: the caller has already said what ends"),
#undef DIFF
};

const char *difference(unsigned int cause, unsigned int native,
		       unsigned int ours)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(differences); i++)
		if (differences[i].cause == cause &&
		    differences[i].native == native &&
		    differences[i].ours == ours)
			return differences[i].reason;
	return NULL;
}

__attribute__((format(printf, 2, 3)))
static void problem(struct verdicts *v, const char *fmt, ...)
{
	va_list ap;

	if (v->nr == MAX_PROBLEMS)
		return;
	va_start(ap, fmt);
	vsnprintf(v->text[v->nr++], sizeof(v->text[0]), fmt, ap);
	va_end(ap);
}

bool in_region(const struct shared *sh, const struct mirror_record *r)
{
	return sh->len && r->start < sh->start + sh->len && r->end > sh->start;
}

const char *inexact;

/*
 * With "starts" no start is classified: another hook on the start function hides its
 * caller. The end of the same event may still be exact. With "some" the other hook comes
 * and goes: exact records have to be right, and the others must claim nothing.
 */
static bool starts_and_ends_differ(void)
{
	return inexact && (!strcmp(inexact, "starts") || !strcmp(inexact, "some"));
}

/* Return: true if the call site is unknown here, so that the record must claim nothing. */
bool is_vague(const struct mirror_record *r)
{
	size_t len = strcspn(r->site, ".+ [");
	const char *p;

	if (!inexact || r->event == MMNOTIFY_RELEASE)
		return false;
	if (!strcmp(inexact, "all"))
		return true;
	if (!strcmp(inexact, "some"))
		return !(r->flags & MMNOTIFY_F_EXACT);
	if (!strcmp(inexact, "starts"))
		return r->phase != MIRROR_PHASE_END ||
		       !(r->flags & MMNOTIFY_F_EXACT);
	for (p = inexact; *p; p += strcspn(p, ","), p += *p == ',')
		if (!strncmp(p, r->site, len) && (!p[len] || p[len] == ','))
			return true;
	return false;
}

int native_here(const struct expect *x)
{
	if (!has(x->needs))
		return NO;
	if (x->event == MMNOTIFY_RELEASE && has(F_RELEASE_UNNAMED))
		return MMNOTIFY_UNMAP;
	return x->unless && has(x->unless) ? x->instead : x->native;
}

int native_in(const struct expect *x, enum column column)
{
	if (!stock_has(x->needs, column))
		return NO;
	return x->unless && stock_has(x->unless, column) ? x->instead : x->native;
}

static bool is_row(const struct expect *x)
{
	return (x->min || x->noise) && native_here(x) != NO;
}

/* Return: true if the record has the cause, or, if it is vague, could have it. */
bool has_cause(const struct scenario *sc, const struct mirror_record *r,
	       unsigned int cause)
{
	const struct expect *x;

	if (!is_vague(r))
		return r->cause == cause;
	for (x = sc->expect; x < sc->expect + MAX_EXPECT; x++)
		if (is_row(x) && x->cause == cause &&
		    native_here(x) == r->native)
			return true;
	return false;
}

static __u32 op_end(const struct env *e)
{
	return e->sc->flags & S_DIES ? e->sh->nr : e->sh->done_at;
}

static const struct expect *find_expect(const struct scenario *sc,
					const struct mirror_record *r)
{
	const struct expect *x, *found = NULL;

	for (x = sc->expect; x < sc->expect + MAX_EXPECT; x++) {
		if (!is_row(x) || x->event != r->event ||
		    x->cause != r->cause || x->effects != r->effects)
			continue;
		/* Two rows of the table may differ only in the native event. */
		if (!found || native_here(x) == r->native)
			found = x;
	}
	return found;
}

static void note_difference(struct verdicts *v, const struct mirror_record *r)
{
	const char *reason = difference(r->cause, r->native, r->event);
	unsigned int i;

	if (r->event == MMNOTIFY_RELEASE && has(F_RELEASE_UNNAMED))
		reason = lack_of(F_RELEASE_UNNAMED);
	if (!reason) {
		problem(v, "seq %llu: %s is native %s and ours %s, an unlisted difference",
			(unsigned long long)r->seq, mmn_names_cause(r->cause),
			mmn_names_event(r->native), mmn_names_event(r->event));
		return;
	}
	for (i = 0; i < v->differences; i++)
		if (v->reasons[i] == reason)
			return;
	if (v->differences < MAX_EXPECT)
		v->reasons[v->differences++] = reason;
}

/* Number of records in the watched range, by tier. */
struct tally {
	unsigned int row[MAX_EXPECT][8];
	unsigned int vague[MMNOTIFY_NR_EVENTS][8];	/* by native event */
};

/* A record that claims nothing matches any row with its native event. */
static void check_vague(const struct env *e, const struct mirror_record *r,
			struct verdicts *v, struct tally *got)
{
	const struct expect *x;

	for (x = e->sc->expect; x < e->sc->expect + MAX_EXPECT; x++)
		if (is_row(x) && native_here(x) == r->native)
			break;
	if (x == e->sc->expect + MAX_EXPECT || r->native >= MMNOTIFY_NR_EVENTS)
		problem(v, "seq %llu: native %s is in no row, at %s",
			(unsigned long long)r->seq, mmn_names_event(r->native),
			r->site);
	else
		got->vague[r->native][r->tier & 7]++;
}

/* Checks one record of the operation in the watched range against the table. */
static void check_record(const struct env *e, const struct mirror_record *r,
			 struct verdicts *v, struct tally *got)
{
	const struct expect *x = find_expect(e->sc, r);
	char fx[64];

	if (!x) {
		effects_text(r->effects, fx, sizeof(fx));
		problem(v, "seq %llu: unexpected: %s %s [%s], native %s, at %s",
			(unsigned long long)r->seq, mmn_names_event(r->event),
			mmn_names_cause(r->cause), fx,
			mmn_names_event(r->native), r->site);
		return;
	}
	if (r->native != native_here(x))
		problem(v, "seq %llu: native %s, the table says %s",
			(unsigned long long)r->seq, mmn_names_event(r->native),
			mmn_names_event(native_here(x)));
	if (r->native != r->event)
		note_difference(v, r);
	got->row[x - e->sc->expect][r->tier & 7]++;
}

static unsigned int most(const unsigned int by_tier[8])
{
	unsigned int best = 0, t;

	for (t = 0; t < 8; t++)
		best = by_tier[t] > best ? by_tier[t] : best;
	return best;
}

static void check_expected(const struct env *e, struct verdicts *v)
{
	const struct shared *sh = e->sh;
	const struct mirror_record *r;
	unsigned int spare[MMNOTIFY_NR_EVENTS], came, i;
	struct tally got = { };

	for (r = sh->log + sh->begin_at; r < sh->log + op_end(e); r++) {
		if (!in_region(sh, r) || r->phase != MIRROR_PHASE_START)
			continue;
		if (is_vague(r))
			check_vague(e, r, v, &got);
		else
			check_record(e, r, v, &got);
	}
	for (i = 0; i < MMNOTIFY_NR_EVENTS; i++)
		spare[i] = most(got.vague[i]);
	for (i = 0; i < MAX_EXPECT; i++) {
		const struct expect *x = &e->sc->expect[i];

		if (!is_row(x))
			continue;
		came = most(got.row[i]);
		while (came < x->min && spare[native_here(x)]) {
			spare[native_here(x)]--;
			came++;
		}
		if (came < x->min)
			problem(v, "missing: %s %s came %u times, not %u",
				mmn_names_event(x->event),
				mmn_names_cause(x->cause), came, x->min);
	}
}

/* A verdict without a call site must claim nothing but the native event. */
static void check_claim(const struct mirror_record *r, struct verdicts *v)
{
	if ((r->flags & MMNOTIFY_F_EXACT) || r->effects != MMNOTIFY_FX_ALL ||
	    r->event != r->native || r->cause != MMNOTIFY_CAUSE_UNKNOWN)
		problem(v, "seq %llu: claims %s%s %s with effects %#x, native %s, no site, at %s",
			(unsigned long long)r->seq,
			r->flags & MMNOTIFY_F_EXACT ? "exactly " : "",
			mmn_names_event(r->event), mmn_names_cause(r->cause),
			r->effects, mmn_names_event(r->native), r->site);
}

/* Checks that hold for every record, in or outside of the watched range. */
static void check_all(const struct shared *sh, struct verdicts *v)
{
	const struct mirror_record *r;

	for (r = sh->log; r < sh->log + sh->nr; r++) {
		if (is_vague(r)) {
			check_claim(r, v);
			continue;
		}
		if (r->cause == MMNOTIFY_CAUSE_UNKNOWN)
			problem(v, "seq %llu: unknown cause at %s",
				(unsigned long long)r->seq, r->site);
		if (!(r->flags & MMNOTIFY_F_EXACT))
			problem(v, "seq %llu: not exact: %s %s at %s",
				(unsigned long long)r->seq,
				mmn_names_event(r->event),
				mmn_names_cause(r->cause), r->site);
	}
}

static bool same(const struct mirror_record *a, const struct mirror_record *b)
{
	if (starts_and_ends_differ())
		return a->start == b->start && a->end == b->end &&
		       a->native == b->native;
	return a->start == b->start && a->end == b->end &&
	       a->event == b->event && a->cause == b->cause &&
	       a->effects == b->effects && a->native == b->native &&
	       a->flags == b->flags;
}

/* Return: number of records like @like in one tier and phase, in [from, to). */
static unsigned int count_like(const struct shared *sh, __u32 from, __u32 to,
			       const struct mirror_record *like,
			       unsigned int tier, unsigned int phase)
{
	unsigned int n = 0;
	__u32 i;

	for (i = from; i < to; i++)
		n += sh->log[i].tier == tier && sh->log[i].phase == phase &&
		     same(&sh->log[i], like);
	return n;
}

/* Return: index of the first release; interval notifiers log more records after it. */
static __u32 release_at(const struct shared *sh)
{
	__u32 i;

	for (i = 0; i < sh->nr; i++)
		if (sh->log[i].event == MMNOTIFY_RELEASE)
			break;
	return i;
}

static void check_tiers(const struct env *e, struct verdicts *v)
{
	static const unsigned int tiers[] = { MIRROR_TIER_CLASSIFY,
					      MIRROR_TIER_RANGE, MIRROR_TIER_MM };
	unsigned int mine = tiers_of(e->sc), t, a, b;
	const struct shared *sh = e->sh;
	__u32 to = release_at(sh), i;

	/* Huge logs are sampled: the comparison is quadratic. */
	for (i = sh->watch_at; i < to; i += to > 2000 ? 17 : 1) {
		const struct mirror_record *r = &sh->log[i];

		if (r->phase != MIRROR_PHASE_START || !in_region(sh, r))
			continue;
		a = count_like(sh, sh->watch_at, to, r, r->tier, r->phase);
		for (t = 0; t < 3; t++) {
			if (!(mine & tiers[t]) || tiers[t] == r->tier)
				continue;
			b = count_like(sh, sh->watch_at, to, r, tiers[t], r->phase);
			if (a == b)
				continue;
			problem(v, "seq %llu: %s got it %u times, %s %u times",
				(unsigned long long)r->seq, tier_text(r->tier),
				a, tier_text(tiers[t]), b);
			return;
		}
	}
}

static void check_ends(const struct env *e, struct verdicts *v)
{
	const struct shared *sh = e->sh;
	unsigned int starts, ends;
	__u32 i, to = release_at(sh);

	for (i = 0; i < to; i += to > 2000 ? 13 : 1) {
		const struct mirror_record *r = &sh->log[i];

		if (r->tier != MIRROR_TIER_MM || r->phase != MIRROR_PHASE_START)
			continue;
		starts = count_like(sh, 0, sh->nr, r, r->tier, MIRROR_PHASE_START);
		ends = count_like(sh, 0, sh->nr, r, r->tier, MIRROR_PHASE_END);
		if (starts == ends)
			continue;
		problem(v, "seq %llu: %u starts and %u ends", (unsigned long long)r->seq,
			starts, ends);
		return;
	}
}

/* Return: all effects that the events since begin() had on one page. */
static unsigned int taken(const struct env *e, __u64 addr)
{
	const struct shared *sh = e->sh;
	const struct mirror_record *r;
	unsigned int fx = 0;

	for (r = sh->log + sh->begin_at; r < sh->log + op_end(e); r++) {
		if (r->phase == MIRROR_PHASE_END || addr >= r->end ||
		    addr + PG <= r->start)
			continue;
		fx |= r->effects;
		if (r->event == MMNOTIFY_UNMAP || r->event == MMNOTIFY_CLEAR ||
		    r->event == MMNOTIFY_RELEASE)
			fx |= MMNOTIFY_FX_PFN;
	}
	return fx;
}

#define PAGEMAP_PRESENT	(1ULL << 63)
#define PAGEMAP_UFFD_WP	(1ULL << 57)
#define PAGEMAP_PFN	((1ULL << 55) - 1)

/* The device may keep a translation only if the CPU still maps the same page. */
static void check_cpu(const struct page_state *was, const struct page_state *is,
		      __u64 addr, struct verdicts *v)
{
	if (!(is->pagemap & PAGEMAP_PRESENT) ||
	    (is->pagemap & PAGEMAP_PFN) != (was->pagemap & PAGEMAP_PFN))
		problem(v, "%#llx: the device keeps a page that is not mapped (%#llx, was %#llx)",
			(unsigned long long)addr, (unsigned long long)is->pagemap,
			(unsigned long long)was->pagemap);
	if (is->writable && (is->pagemap & PAGEMAP_UFFD_WP))
		problem(v, "%#llx: the device may write to a page that userfaultfd protects",
			(unsigned long long)addr);
}

static void check_device(const struct env *e, struct verdicts *v)
{
	const struct shared *sh = e->sh;
	unsigned int fx;
	__u32 i;

	for (i = 0; !(e->sc->flags & S_DEVICE) && i < sh->pages; i++) {
		const struct page_state *was = &sh->before[i], *is = &sh->after[i];
		__u64 addr = sh->start + (__u64)i * sh->stride * PG;

		if (!was->present)
			continue;
		fx = taken(e, addr);
		if (is->present && (fx & (MMNOTIFY_FX_PFN | MMNOTIFY_FX_NO_READ |
					  MMNOTIFY_FX_VMA_GONE)))
			problem(v, "%#llx: the device still has a translation",
				(unsigned long long)addr);
		else if (is->writable && (fx & MMNOTIFY_FX_NO_WRITE))
			problem(v, "%#llx: the device may still write",
				(unsigned long long)addr);
		else if (!is->present && !fx)
			problem(v, "%#llx: the device lost its translation, without an event",
				(unsigned long long)addr);
		else if (is->present && !(e->sc->flags & S_DIES))
			check_cpu(was, is, addr, v);
	}
}

static void check_life(const struct env *e, const struct mirror_stat *stat,
		       struct verdicts *v)
{
	if (stat->dropped)
		problem(v, "%llu records dropped", (unsigned long long)stat->dropped);
	if (e->sh->nr == MAX_RECORDS)
		problem(v, "too many records for the harness");
	if ((tiers_of(e->sc) & MIRROR_TIER_MM) && stat->released != 1)
		problem(v, "release() ran %u times", stat->released);
}

/**
 * judge() - check everything about one scenario that ran
 * @e: the scenario and its log
 * @stat: the device's counters after the child has exited
 * @v: receives the failures and the intended differences from the native event
 */
void judge(const struct env *e, const struct mirror_stat *stat,
	   struct verdicts *v)
{
	memset(v, 0, sizeof(*v));
	if (!e->sh->begun) {
		problem(v, "the scenario never called begin()");
		return;
	}
	check_expected(e, v);
	check_all(e->sh, v);
	check_tiers(e, v);
	check_ends(e, v);
	check_device(e, v);
	check_life(e, stat, v);
}
