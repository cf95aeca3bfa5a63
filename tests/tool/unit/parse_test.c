// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/* What the kernel and the module print: files of debugfs, maps, stacks, symbols of programs. */
#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include "tap.h"

#include "census.h"
#include "elf_reader.h"
#include "frames.h"
#include "lines.h"
#include "maps.h"
#include "util.h"

static void keys(void)
{
	static const char text[] = "backend ftrace\nattached 1\nattach_error -16\n# inexact 12\n";
	char word[16], small[4];

	key_text(text, "backend", word, sizeof(word));
	ok(!strcmp(word, "ftrace"), "a word");
	key_text(text, "backend", small, sizeof(small));
	ok(!strcmp(small, "ftr"), "a word that is cut");
	key_text(text, "missing", word, sizeof(word));
	ok(!*word && !key_number(text, "missing") && comment_number(text, "missing") == -1,
	   "what is missing");
	comment_text("# inexact 1\n# not available here: no proof, yet\n", "not available here:",
		     word, sizeof(word));
	ok(!strcmp(word, "no proof, yet"), "a sentence");
	comment_text(text, "not available here:", word, sizeof(word));
	ok(!*word, "no sentence");
	ok(key_number(text, "attach_error") == -16 && comment_number(text, "inexact") == 12,
	   "numbers");
}

static void rows_of_census(void)
{
	struct census_line row;

	ok(census_parse("unmap_vmas       1 found", &row) && row.kind == CENSUS_FOUND, "found");
	ok(census_parse("zap_page_range   0 absent", &row) && row.kind == CENSUS_ABSENT, "absent");
	ok(census_parse("do_wp_page 2 more calls than audited", &row) && row.kind == CENSUS_DOUBT &&
	   !strcmp(row.text, "do_wp_page: more calls than audited"), "doubtful: %s", row.text);
	ok(census_parse("unmap_vmas 1 found, changed by a module", &row) &&
	   row.kind == CENSUS_DOUBT, "changed by a module");
	ok(!census_parse("# site calls state", &row) && !census_parse("# calls 37", &row),
	   "headings");
	ok(census_parse("# no function of fork", &row) && row.kind == CENSUS_DOUBT, "no frame");
	ok(census_parse("new_function", &row) && row.kind == CENSUS_DOUBT,
	   "a function without a row");
}

static void lines(void)
{
	struct process_line p;
	struct flight_line f;
	struct driver_line d;

	ok(process_parse("4711 2817 83 - numa_hint 1537 786944 6158209 vm\\040a", &p) &&
	   p.tgid == 4711 && !p.until && p.events == 1537 && p.pages == 786944 &&
	   p.ns == 6158209 && !strcmp(p.cause, "numa_hint") && !strcmp(p.comm, "vm a"), "a process");
	ok(!process_parse("# tgid cgroup", &p) && !process_parse("4711 2817", &p), "no process");
	ok(process_listed("1 x\n47 y\n", "47") && !process_listed("1 x\n471 y\n", "47"),
	   "it is listed");
	ok(flight_parse("92 31207 4733 4711 UNMAP munmap 0x7f2200000000 0x7f2200200000 site w gpu",
			&f) && f.ms == 31207 && f.pid == 4733 && f.end == 0x7f2200200000 &&
	   !strcmp(f.callback, "-"), "an event in flight");
	ok(flight_parse("92 3 4 5 UNMAP munmap 0x7f 0x8f unmap_vmas w gpu slow_start 7", &f) &&
	   !strcmp(f.callback, "slow_start") && f.callback_ms == 7, "with its callback");
	ok(driver_parse("4711 slow_start slow - munmap 12 3012 253 24:3,27:9 gpu", &d) &&
	   !d.notifiers && d.calls == 12 && d.ns == 3012 && d.max_ns == 253 && d.bucket[24] == 3 &&
	   d.bucket[27] == 9 && !strcmp(d.comm, "gpu"), "calls of a driver");
	ok(driver_parse("4711 slow_start slow 2 - - - - - gpu", &d) && d.notifiers == 2 && !d.calls,
	   "a driver");
}

static void kinds(void)
{
	char text[] =
		"00400000-00401000 r--p 00000000 00:03 412    /usr/bin/a program\n"
		"1bb0c000-1bb2e000 rw-p 00000000 00:00 0      [heap]\n"
		"7f0000000000-7f0000002000 rw-p 00000000 00:00 0 \n"
		"7f0000003000-7f0000004000 rw-s 00001000 00:01 9 /memfd:guest (deleted)\n"
		"garbage\n"
		"7ffcb95af000-7ffcb95d0000 rw-p 00000000 00:00 0   [stack]\n";
	const struct region *region;
	char buf[KIND_LEN];
	struct map map;

	map_parse(text, &map);
	ok(map.nr == 5, "%u regions", map.nr);
	region = map_find(&map, 0x400000, 0x400001);
	ok(region && !strcmp(kind_of(region, buf), "/usr/bin/a program"), "a file with a blank");
	region = map_find(&map, 0x7f0000001fff, 0x7f0000002000);
	ok(region && !strcmp(kind_of(region, buf), "anonymous"), "the last byte of a region");
	ok(!map_find(&map, 0x7f0000002000, 0x7f0000003000), "between two regions");
	region = map_find(&map, 0x7f0000002000, 0x7f0000003001);
	ok(region && !strcmp(kind_of(region, buf), "memfd guest (deleted)"),
	   "a range that ends in one");
	ok(region && region->offset == 0x1000, "its offset in the file");
	ok(!map_find(&map, ~0ULL, 0), "behind the last region");
	region = map_find(&map, 0x1bb0c000, 0);
	ok(region && !strcmp(kind_of(region, buf), "heap"), "the heap");
	map_free(&map);
}

static void stacks(void)
{
	static const char hangs[] =
		"[<0>] msleep+0x1b/0x30\n[<0>] slow_start+0x24/0x50 [slow]\n"
		"[<0>] mmn_times_call+0x1/0x2 [mmnotify]\n"
		"[<0>] mn_hlist_invalidate_range_start+0x1/0x2\n"
		"[<0>] __mmu_notifier_invalidate_range_start+0xa7/0x270\n"
		"[<0>] unmap_vmas+0x19e/0x1b0\n";
	struct frames frames;
	char buf[64];

	ok(frames_parse(hangs, &frames) && !strcmp(frames.phase, "start") &&
	   !strcmp(frames.callback, "slow_start+0x24/0x50 [slow]"), "the callback is %s",
	   frames.callback);
	ok(frames_parse("a+0x1/0x2\n__mmu_notifier_release+0x1/0x9\n", &frames) &&
	   !strcmp(frames.phase, "release"), "without addresses, at the release");
	ok(!frames_parse("[<0>] do_nanosleep+0x1/0x2\n", &frames) && !frames_parse("", &frames) &&
	   !frames_parse(NULL, &frames), "no callback");
	ok(!frames_parse("my__mmu_notifier_release+0x1/0x9\n", &frames), "a similar name");
	frames_strip("[<0>] a+0x1/0x2\nb", buf, sizeof(buf));
	ok(!strcmp(buf, "a+0x1/0x2"), "one frame");
}

/* A file whose tables lie behind its end, or whose size overflows. */
static bool survives(unsigned long long phoff, unsigned long long shoff)
{
	struct {
		Elf64_Ehdr head;
		Elf64_Phdr load;
	} bad = {
		.head = { .e_ident = { 0x7f, 'E', 'L', 'F', ELFCLASS64 }, .e_phoff = phoff,
			  .e_phnum = 1, .e_shoff = shoff, .e_shnum = 3 },
		.load = { .p_type = PT_LOAD, .p_filesz = 4096 },
	};
	static const char path[] = "/tmp/mmnotify-broken.elf";
	unsigned long long plus;
	FILE *file = fopen(path, "w");
	char *name;

	fwrite(&bad, sizeof(bad), 1, file);
	fclose(file);
	name = elf_symbol(path, 100, &plus);
	remove(path);
	return !name;
}

static void symbols(void)
{
	unsigned long long plus;

	ok(survives(1ULL << 40, 64), "segments behind the end");
	ok(survives(~0ULL - 3, 64), "segments whose end overflows");
	ok(survives(sizeof(Elf64_Ehdr), 1ULL << 40), "sections behind the end");
	ok(!elf_symbol("/dev/null", 0, &plus) && !elf_symbol("/nonexistent", 0, &plus), "no file");
	ok(!elf_symbol("/proc/self/exe", 0, &plus), "no function is at the start of a file");
}

int main(void)
{
	keys();
	rows_of_census();
	lines();
	kinds();
	stacks();
	symbols();
	return tap_done();
}
