// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * frame_table: which functions on the stack have a frame, in each spelling of
 * kallsyms. Stock kernels have these functions (frames.txt). Each frame has a
 * function, and a rule or a row of verify_table.c that uses it.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <linux/kernel.h>

#include "rules/rules.h"
#include "rules/frame_table.h"
#include "tap.h"

#define LETTERS		"abcdefghijklmnopqrstuvwxyz0123456789_"
#define CAPITALS	"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_"
#define MAX_ROWS	512

static char names[MMN_NR_FRAMES][32];

static char *load(const char *path)
{
	FILE *file = fopen(path, "r");
	char *text;
	long size;

	if (!file || fseek(file, 0, SEEK_END)) {
		perror(path);
		exit(1);
	}
	size = ftell(file);
	rewind(file);
	text = calloc(1, size + 1);
	if (!text || fread(text, 1, size, file) != (size_t)size) {
		perror(path);
		exit(1);
	}
	fclose(file);
	return text;
}

/* The functions that one system call has, by kernel and architecture. */
static const char *const wrappers[] = {
	"__do_sys_", "__se_sys_", "__x64_sys_", "__ia32_sys_", "__arm64_sys_",
};

/* Return: the system call that a function belongs to; NULL if it is no such function. */
static const char *call_of(const char *name)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(wrappers); i++)
		if (!strncmp(name, wrappers[i], strlen(wrappers[i])))
			return name + strlen(wrappers[i]);
	return NULL;
}

/* Inlining and architecture decide which of them is on the stack, so all must have a row. */
static void test_wrappers(void)
{
	unsigned int row, i, found = 0;
	const char *call;
	char name[64];

	for (row = 0; row < mmn_frame_table_nr(); row++) {
		call = call_of(mmn_frame_table_name(row));
		if (!call)
			continue;
		found++;
		for (i = 0; i < ARRAY_SIZE(wrappers); i++) {
			snprintf(name, sizeof(name), "%s%s", wrappers[i], call);
			ok(mmn_frame_table_find(name) == mmn_frame_table_frame(row),
			   "%s has the frame of %s", name, mmn_frame_table_name(row));
		}
	}
	ok(found && !(found % ARRAY_SIZE(wrappers)), "%u functions of system calls", found);
}

/* Reads the names of enum mmn_frame, in their order. */
static void load_names(void)
{
	char *text = load(TOP "/src/rules/rules.h");
	char *at = strstr(text, "enum mmn_frame {");
	char *end = at ? strstr(at, "MMN_NR_FRAMES") : NULL;
	unsigned int nr = 0;
	size_t len;

	while (end && (at = strstr(at, "MMN_FRAME_")) && at < end) {
		at += strlen("MMN_FRAME_");
		len = strspn(at, CAPITALS);
		if (nr < MMN_NR_FRAMES && len < sizeof(names[0]))
			memcpy(names[nr], at, len);
		nr++;
	}
	ok(nr == MMN_NR_FRAMES, "rules.h has %u frames", nr);
	free(text);
}

/* Return: the frame with this name, or MMN_FRAME_NONE. */
static unsigned int frame_of(const char *word, size_t len)
{
	unsigned int frame;

	for (frame = 1; frame < MMN_NR_FRAMES; frame++)
		if (strlen(names[frame]) == len &&
		    !memcmp(names[frame], word, len))
			return frame;
	return MMN_FRAME_NONE;
}

static void test_find(const char *symbol, unsigned int frame)
{
	unsigned int found = mmn_frame_table_find(symbol);

	ok(found == frame, "\"%.*s\" is %s (%s)",
	   (int)strcspn(symbol, "\n") % 60, symbol, names[frame], names[found]);
}

static void test_spellings(void)
{
	static const char *const suffixes[] = {
		"", ".part.0", ".constprop.0", ".isra.0", ".cold", ".llvm.123",
		".isra.0.part.1.cold", "+0x10/0x20", ".part.0+0x0/0x1", "\n",
		" ",
	};
	static const char *const silent[] = {
		"", ".", "+0x10/0x20", " ", "\n", "kswap", "kswapd_", "kswapdx",
		"xkswapd", "_kswapd", "KSWAPD", "k", "kswap.part.0", "kswapd-x",
		"0xffffffff81234567", "(unknown)", "hole", "schedule",
		"entry_SYSCALL_64_after_hwframe",
		/* Called by other operations. Their frames are used instead. */
		"unmap_poisoned_folio",
	};
	unsigned int i, row, found;
	char symbol[128];

	for (row = 0; row < mmn_frame_table_nr(); row++) {
		for (found = 0, i = 0; i < ARRAY_SIZE(suffixes); i++) {
			snprintf(symbol, sizeof(symbol), "%s%s",
				 mmn_frame_table_name(row), suffixes[i]);
			found += mmn_frame_table_find(symbol) ==
				 mmn_frame_table_frame(row);
		}
		ok(found == i, "%s is %s in each spelling",
		   mmn_frame_table_name(row), names[mmn_frame_table_frame(row)]);
	}
	for (i = 0; i < ARRAY_SIZE(silent); i++)
		test_find(silent[i], MMN_FRAME_NONE);
}

/* The functions of a module all have the same frame. */
static void test_modules(void)
{
	static const char *const modules[] = {
		"my_ioctl [mygpu]", "my_ioctl+0x10/0x20 [mygpu]", "kswapd [mygpu]",
		"memory_failure+0x1/0x2 [mygpu]", "do_madvise.part.0 [mygpu]",
		"f[m]", "init_module [bpfilter]", "f [x__builtin__ftrace]",
		"f [xf]", "f [xfs2]", "f [axfs]",
	};
	static const char *const file_systems[] = {
		"xfs_file_fallocate+0x1/0x2 [xfs]", "f [9p]", "f [zonefs]", "nfs_x [nfs]\n",
	};
	static const char *const others[] = {
		"bpf_prog_6deef7357e7b4530_f [bpf]", "bpf_prog_1+0x1/0x2 [bpf]",
		"bpf_trampoline_6442528655 [bpf]", "kswapd [bpf]",
		"ftrace_trampoline [__builtin__ftrace]",
		"kprobe_insn_page [__builtin__kprobes]",
		"do_madvise [__builtin__ftrace]",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(modules); i++)
		test_find(modules[i], MMN_FRAME_MODULE);
	for (i = 0; i < ARRAY_SIZE(file_systems); i++)
		test_find(file_systems[i], MMN_FRAME_FILE_SYSTEM);
	for (i = 0; i < ARRAY_SIZE(others); i++)
		test_find(others[i], MMN_FRAME_NONE);
}

/* On the heap without slack, so that ASan reports a read behind the end. */
static void test_long(void)
{
	static const size_t sizes[] = { 1, 2, 7, 512, 1 << 20 };
	unsigned int i;
	char *symbol;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		symbol = malloc(sizes[i]);
		memset(symbol, 'k', sizes[i] - 1);
		symbol[sizes[i] - 1] = '\0';
		test_find(symbol, MMN_FRAME_NONE);
		free(symbol);
	}
	symbol = strdup("f [");
	test_find(symbol, MMN_FRAME_MODULE);
	free(symbol);
}

static void test_rows(void)
{
	static const unsigned int behind[] = { 0, 1, 1000 };
	unsigned int row, other, nr = mmn_frame_table_nr();
	bool has_row[MMN_NR_FRAMES] = { false };
	const char *name;

	ok(MMN_NR_FRAMES < 256, "a frame fits in a byte");
	for (row = 0; row < nr; row++) {
		name = mmn_frame_table_name(row);
		ok(name[0] && strspn(name, LETTERS) == strlen(name),
		   "%s is a plain symbol", name);
		for (other = 0; other < row; other++)
			if (!strcmp(mmn_frame_table_name(other), name))
				break;
		ok(other == row, "%s has one row", name);
		has_row[mmn_frame_table_frame(row) % MMN_NR_FRAMES] = true;
	}
	for (row = 0; row < MMN_NR_FRAMES; row++)
		ok(has_row[row] == (row != MMN_FRAME_NONE &&
				    row != MMN_FRAME_MODULE),
		   "frame %s has %s", names[row],
		   has_row[row] ? "a function" : "no function");
	for (row = 0; row < ARRAY_SIZE(behind); row++)
		ok(!mmn_frame_table_name(nr + behind[row])[0] &&
		   mmn_frame_table_frame(nr + behind[row]) == MMN_FRAME_NONE,
		   "row %u is out of range", nr + behind[row]);
}

static const char *const kernels[] = { "5.10", "6.1", "6.12", "7.2", "7.3" };

/* Return: bits of the kernels in a list that ends at a colon or the end of the
 * line; ~0 if it is no such list.
 */
static unsigned int kernels_of(char *list)
{
	unsigned int i, mask = 0;
	char *word, *save;

	list[strcspn(list, ":\n")] = '\0';
	if (!strcmp(list, "other builds"))
		return 0;
	for (word = strtok_r(list, " ", &save); word;
	     word = strtok_r(NULL, " ", &save)) {
		for (i = 0; i < ARRAY_SIZE(kernels); i++)
			if (!strcmp(word, kernels[i]))
				break;
		if (i == ARRAY_SIZE(kernels) || mask >> i)
			return ~0u;
		mask |= 1u << i;
	}
	return mask ? mask : ~0u;
}

static unsigned int row_of(const char *symbol)
{
	unsigned int row;

	for (row = 0; row < mmn_frame_table_nr(); row++)
		if (!strcmp(mmn_frame_table_name(row), symbol))
			break;
	return row;
}

/* From frames.txt, for each frame: kernels with a function, and without one. */
static unsigned int named[MMN_NR_FRAMES], unnamed[MMN_NR_FRAMES];

static void read_unnamed(char *line)
{
	size_t len = strcspn(line, " ");
	unsigned int frame = frame_of(line, len);
	char *reason = strchr(line, ':');
	unsigned int mask;

	ok(frame && reason && strlen(reason) > 5,
	   "frames.txt: %.*s is a frame and has a reason", (int)len, line);
	mask = kernels_of(line + len + 1);
	ok(mask != ~0u && mask && !unnamed[frame],
	   "frames.txt: -%s has kernels", names[frame]);
	unnamed[frame] = mask;
}

static void read_named(char *line, bool *listed)
{
	char symbol[128], word[32];
	unsigned int row, mask;
	int list = 0;

	if (sscanf(line, "%127s %31s %n", symbol, word, &list) != 2 || !list) {
		ok(false, "frames.txt: \"%s\" is symbol, frame, kernels", line);
		return;
	}
	row = row_of(symbol);
	if (!ok(row < mmn_frame_table_nr() && !listed[row],
		"frames.txt: %s is a row of frame_table.c", symbol))
		return;
	listed[row] = true;
	ok(!strcmp(word, names[mmn_frame_table_frame(row)]), "%s is %s", symbol,
	   word);
	mask = kernels_of(line + list);
	if (ok(mask != ~0u, "frames.txt: %s has kernels", symbol))
		named[mmn_frame_table_frame(row)] |= mask;
}

static void test_kernels(void)
{
	char *text = load(TOP "/tests/unit/frames.txt");
	bool listed[MAX_ROWS] = { false };
	unsigned int row, frame;
	char *line, *save;

	for (line = strtok_r(text, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		if (line[0] == '-')
			read_unnamed(line + 1);
		else if (line[0] != '#')
			read_named(line, listed);
	}
	free(text);
	for (row = 0; row < mmn_frame_table_nr(); row++)
		ok(listed[row], "%s is in frames.txt", mmn_frame_table_name(row));
	for (frame = 1; frame < MMN_NR_FRAMES; frame++)
		if (frame != MMN_FRAME_MODULE)
			ok((named[frame] ^ unnamed[frame]) == 31,
			   "%s has a function on each kernel, or a reason for its lack",
			   names[frame]);
}

static bool heard[MMN_NR_FRAMES];

/*
 * Records the frames that are arguments of @macro, which ends in '(', from
 * argument @first on; the first one is 0.
 */
static void hear(const char *text, const char *macro, unsigned int first)
{
	size_t len = strlen(macro);
	const char *at, *word;
	unsigned int nr;

	for (at = strstr(text, macro); at; at = strstr(at + 1, macro)) {
		if (at > text && (isalnum((unsigned char)at[-1]) || at[-1] == '_'))
			continue;
		for (nr = 0, word = at + len; *word && *word != ')'; nr++) {
			if (nr >= first)
				heard[frame_of(word, strspn(word, CAPITALS))] = true;
			word += strspn(word, CAPITALS);
			word += strspn(word, ", ");
			if (!strspn(word, CAPITALS ")"))
				break;
		}
	}
}

/* A frame that no rule uses is dead code, and so are its rows. */
static void test_heard(void)
{
	static const char *const files[] = {
		"rules/rules.c", "rules/verify_table.c", "stack/unwind.c",
	};
	char path[256], token[64], *text;
	unsigned int i, frame;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		snprintf(path, sizeof(path), TOP "/src/%s", files[i]);
		text = load(path);
		hear(text, "SAW(", 0);
		hear(text, "ALSO(", 0);
		hear(text, "AT(", 1);
		hear(text, "AT2(", 1);
		for (frame = 1; frame < MMN_NR_FRAMES; frame++) {
			snprintf(token, sizeof(token), "== MMN_FRAME_%s",
				 names[frame]);
			heard[frame] |= !!strstr(text, token);
		}
		free(text);
	}
	/* Only ends the search: callers further out only charged memory. */
	ok(!heard[MMN_FRAME_CHARGE] && mmn_frame_table_ends(MMN_FRAME_CHARGE),
	   "CHARGE ends the search and no rule uses it");
	heard[MMN_FRAME_CHARGE] = true;
	for (frame = 1; frame < MMN_NR_FRAMES; frame++)
		ok(heard[frame], "a rule or a row of verify_table.c uses %s", names[frame]);
}

/*
 * The frame of an operation ends the search. The frame of a step of an operation,
 * or of a function that serves operations further out, does not.
 */
static void test_ends(void)
{
	static const u8 goes_on[] = {
		MMN_FRAME_NONE, MMN_FRAME_MODULE, MMN_FRAME_FILE_SYSTEM, MMN_FRAME_ZAPPER,
		MMN_FRAME_DRIVER_ZAPPER,
		MMN_FRAME_UNMAPPER, MMN_FRAME_UNMAP_FOLIO,
		/* The caller of reclaim, migration, split and collapse decides. */
		MMN_FRAME_MEMCG, MMN_FRAME_MIGRATE_PAGES, MMN_FRAME_SPLIT,
		MMN_FRAME_COLLAPSE, MMN_FRAME_KHUGEPAGED, MMN_FRAME_MIGRATION,
		/* fallocate() may truncate, and MADV_REMOVE calls fallocate(). */
		MMN_FRAME_TRUNCATE, MMN_FRAME_FALLOCATE, MMN_FRAME_FALLOCATE_CALL,
		MMN_FRAME_CACHE_RANGE, MMN_FRAME_IOCTL, MMN_FRAME_OPEN, MMN_FRAME_DAX,
		MMN_FRAME_INVALIDATE, MMN_FRAME_GUARD_INSTALL,
		MMN_FRAME_TCP_ZEROCOPY, MMN_FRAME_VDSO, MMN_FRAME_ARENA,
		MMN_FRAME_WRITEBACK, MMN_FRAME_WRITE, MMN_FRAME_ACCESS, MMN_FRAME_REMAP,
		/* Functions that share inner functions. */
		MMN_FRAME_MPROTECT, MMN_FRAME_PKEY_MPROTECT, MMN_FRAME_UFFD_WP,
		MMN_FRAME_UFFD_RWP, MMN_FRAME_UFFD_END, MMN_FRAME_PAGEMAP_SCAN,
		MMN_FRAME_EXEC, MMN_FRAME_LONGTERM,
		MMN_FRAME_MUNMAP, MMN_FRAME_MMAP, MMN_FRAME_BRK,
		MMN_FRAME_SHMDT, MMN_FRAME_MREMAP, MMN_FRAME_MOVE_VMA,
		MMN_FRAME_SHRINK_VMA, MMN_FRAME_MREMAP_TO,
		MMN_FRAME_OOM_REAPER, MMN_FRAME_MRELEASE,
		/* Not a frame. */
		MMN_NR_FRAMES, 255,
	};
	unsigned int frame;

	for (frame = 0; frame < MMN_NR_FRAMES; frame++)
		ok(mmn_frame_table_ends(frame) ==
		   !memchr(goes_on, frame, sizeof(goes_on)),
		   "%s %s the search", names[frame],
		   mmn_frame_table_ends(frame) ? "ends" : "does not end");
	ok(!mmn_frame_table_ends(MMN_NR_FRAMES) && !mmn_frame_table_ends(255) &&
	   !mmn_frame_table_ends(~0u), "numbers that are no frame do not end the search");
}

int main(void)
{
	load_names();
	test_wrappers();
	test_spellings();
	test_modules();
	test_long();
	test_rows();
	test_kernels();
	test_heard();
	test_ends();
	return tap_done();
}
