// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * patches: which rows a live patch takes the trust of, by the names in its data, until when, and
 * which patches are found at load. The data of a patch is read under the lock of the list.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include <linux/bitmap.h>
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/seq_file.h>

#include "census/calls.h"
#include "census/line.h"
#include "census/patches.h"
#include "log.h"
#include "rules/site_table.h"
#include "tap.h"

#define MODULES	12

int shim_mutexes_held, shim_rcu_held;
bool shim_unlocked;
struct module shim_this_module;

static struct module modules[MODULES];
/* Two pieces of data of each module; what follows the last NUL is not of a piece. */
static struct piece {
	const char *data;
	size_t len;
} pieces[MODULES][2];
static bool unreadable, needs_rcu;

void mmn_module_data(const struct module *mod,
		     void (*fn)(void *arg, const void *base, size_t size), void *arg)
{
	const struct piece *p = pieces[mod - modules];

	shim_unlocked |= shim_mutexes_held != 1 || shim_rcu_held != needs_rcu;
	fn(arg, p[0].data, p[0].len);
	fn(arg, p[1].data, p[1].len);
}

long mmn_read_kernel(void *to, const void *from, size_t len)
{
	if (unreadable)
		return -EFAULT;
	memcpy(to, from, len);
	return 0;
}

/*
 * Calls in the code of a module: the row that they take the trust of once they are confirmed, and
 * the one that they take at once.
 */
static unsigned int call_row, hasty_row;
static const struct module *waiting, *forgotten;

void mmn_calls_search_module(const struct module *mod, unsigned long *rows)
{
	shim_unlocked |= shim_mutexes_held != 1 || shim_rcu_held != needs_rcu;
	if (call_row)
		waiting = mod;
	if (hasty_row)
		__set_bit(hasty_row, rows);
}

const struct module *mmn_calls_waiting(void)
{
	shim_unlocked |= shim_mutexes_held != 1;
	return waiting;
}

void mmn_calls_confirm(const struct module *mod, unsigned long *rows)
{
	shim_unlocked |= shim_mutexes_held != 1 || shim_rcu_held;
	if (mod == waiting && call_row)
		__set_bit(call_row, rows);
	waiting = NULL;
}

void mmn_calls_forget(const struct module *mod)
{
	shim_unlocked |= shim_mutexes_held != 1;
	forgotten = mod;
}

void mmn_calls_show_modules(struct seq_file *m)
{
	shim_unlocked |= shim_mutexes_held != 1;
	m->len++;
}

int mmn_calls_read_module(unsigned int i, struct mmn_census_line *s)
{
	shim_unlocked |= shim_mutexes_held != 1;
	s->calls = i;
	return i < 2 ? i : -ENOENT;
}

void mmn_calls_add_class(unsigned long *rows, unsigned int class)
{
	unsigned int row;

	for (row = 1; row < mmn_site_table_nr(); row++)
		if (mmn_site_table_class(row) == class)
			__set_bit(row, rows);
}

/* On arm64 modules may lie anywhere. */
static bool anywhere;

bool mmn_in_module_area(unsigned long pc)
{
	return anywhere || pc - (unsigned long)modules < sizeof(modules);
}

/* Makes a live patch with @data, whose last NUL is that of the literal. */
#define PATCH(i, data)	make(i, data, sizeof(data))

static struct module *make(unsigned int i, const char *data, size_t len)
{
	modules[i] = (struct module){ .is_patch = true, .name = "patch_of_test" };
	/* Its description is a part of it. */
	modules[i].start = (unsigned long)&modules[i];
	modules[i].end = (unsigned long)&modules[i + 1];
	pieces[i][0] = (struct piece){ data, len };
	pieces[i][1] = (struct piece){ "", 1 };
	return &modules[i];
}

static bool has(const char *name)
{
	return mmn_patches_has(mmn_site_table_find(name));
}

/* Return: number of rows without trust. */
static unsigned int lost(void)
{
	unsigned int row, nr = 0;

	for (row = 1; row < mmn_site_table_nr(); row++)
		nr += mmn_patches_has(row);
	return nr;
}

/* Return: number of rows that the patch takes the trust of; they have it again afterwards. */
static unsigned int takes(struct module *mod, const char *name)
{
	unsigned int nr;
	bool added, right;

	added = mmn_patches_add(mod);
	nr = lost();
	right = added == !!nr && has(name) == !!nr;
	return mmn_patches_remove(mod) == added && right && !lost() ? nr : -1;
}

static void test_rows(void)
{
	ok(takes(PATCH(0, "x\0unmap_vmas\0y"), "unmap_vmas") == 1, "a row, by its own name");
	ok(takes(PATCH(0, "dup_mmap"), "copy_page_range") == 2 &&
	   takes(PATCH(0, "dup_mmap"), "copy_hugetlb_page_range") == 2,
	   "the rows of a class, by an audited caller");
	ok(takes(PATCH(0, "userfaultfd_ioctl"), "change_pmd_range") == 5, "also of the first one");
	ok(takes(PATCH(0, "__mmu_notifier_invalidate_range_start"), "unmap_vmas") == 0,
	   "none by the announcing function");
	ok(takes(PATCH(0, "a_new_function"), "unmap_vmas") == 0, "none by any other name");
}

static void test_frames(void)
{
	mmn_patches_add(PATCH(0, "kswapd"));
	ok(has("try_to_unmap_one") && has("change_protection") && has("unmap_vmas") &&
	   has("page_vma_mkclean_one"), "a frame takes the rows that rest on the stack");
	ok(!has("copy_page_range") && !has("write_protect_page") && !mmn_patches_has(0) &&
	   !mmn_patches_has(mmn_site_table_nr()), "and no other");
	ok(mmn_patches_remove(&modules[0]) && !lost(), "until it goes");
}

static void test_data(void)
{
	char data[200];
	unsigned int at, wrong = 0;

	for (at = 0; at + sizeof("unmap_vmas") <= sizeof(data); at++) {
		memset(data, 0, sizeof(data));
		memcpy(data + at, "unmap_vmas", sizeof("unmap_vmas"));
		wrong += takes(make(0, data, sizeof(data)), "unmap_vmas") != 1;
	}
	ok(!wrong, "a name is found at each place of the data");
	ok(takes(PATCH(0, "\xffxunmap_vmas"), "unmap_vmas") == 1, "also behind other data");
	make(0, "unmap_", 6);
	pieces[0][1] = (struct piece){ "vmas", 5 };
	ok(takes(&modules[0], "unmap_vmas") == 0, "a name does not lie in two pieces");
	make(0, "unmap_vmas", 10);
	ok(takes(&modules[0], "unmap_vmas") == 1, "the end of a piece ends a name");
	unreadable = true;
	ok(takes(PATCH(0, "x"), "unmap_vmas") == mmn_site_table_nr() - 1,
	   "data that cannot be read takes all rows");
	unreadable = false;
}

static void test_log(void)
{
	logged[0] = '\0';
	mmn_patches_add(PATCH(0, "dup_mmap"));
	ok(strstr(logged, "live patch patch_of_test: 2 rows"), "the log has the number of rows");
	mmn_patches_remove(&modules[0]);
	logged[0] = '\0';
	mmn_patches_add(PATCH(0, "x"));
	ok(!logged[0] && !mmn_patches_remove(&modules[0]), "but not 0, which needs no place");
	PATCH(0, "unmap_vmas")->is_patch = false;
	ok(!mmn_patches_add(&modules[0]) && !lost() && !logged[0] &&
	   !mmn_patches_remove(&modules[0]), "another module is none");
}

#define FULL	8	/* patches that the list has room for */

static void test_many(void)
{
	unsigned int i, wrong = 0;

	for (i = 0; i < FULL; i++) {
		mmn_patches_add(i % 2 ? PATCH(i, "unmap_vmas") : PATCH(i, "dup_mmap"));
		mmn_patches_add(&modules[i]);
	}
	ok(lost() == 3, "several patches, each of which is announced twice");
	for (i = 0; i < FULL; i += 2)
		wrong += lost() != 3 || !mmn_patches_remove(&modules[i]);
	ok(!wrong && lost() == 1 && has("unmap_vmas"), "a row has its trust when the last one goes");
	for (i = 0; i < FULL; i += 2)
		mmn_patches_add(PATCH(i, "dup_mmap"));
	for (i = 0; i < FULL; i++)
		mmn_patches_remove(&modules[i]);
	ok(!lost(), "there is room for eight at once");
	for (i = 0; i < FULL; i++)
		mmn_patches_add(PATCH(i, "unmap_vmas"));
	mmn_patches_add(PATCH(FULL, "dup_mmap"));
	ok(lost() == 3 && !mmn_patches_remove(&modules[FULL]) && lost() == 3,
	   "of one more the rows never have it again");
	for (i = 0; i < FULL; i++)
		mmn_patches_remove(&modules[i]);
	ok(lost() == 2, "but those of the others do");
}

/* All modules in one ring with mmnotify, whose head is no module. */
static void link_modules(struct list_head *head)
{
	unsigned int i;

	shim_this_module.list.next = &shim_this_module.list;
	shim_this_module.list.prev = &shim_this_module.list;
	list_add_tail(head, &shim_this_module.list);
	for (i = 0; i < MODULES; i++)
		list_add_tail(&modules[i].list, &shim_this_module.list);
}

/* The head of the ring; what would be the module around it is a patch. */
static struct {
	struct module before;
	struct list_head head;
	struct module after;
} outside;

/* What is around the head may look as if it contained itself. */
static void look_like_module(struct module *around, const char *name)
{
	struct list_head list = around->list;

	*around = (struct module){ .is_patch = true, .list = list };
	snprintf(around->name, sizeof(around->name), "%s", name);
	around->start = (unsigned long)around;
	around->end = (unsigned long)(around + 1);
}

/* The entry of too many patches is taken since test_many(), so "dup_mmap" is lost anyway. */
static void test_load(bool no_area, const char *name)
{
	unsigned int i;

	for (i = 0; i < MODULES; i++)
		PATCH(i, "unmap_vmas")->is_patch = false;
	PATCH(2, "wp_page_copy")->state = MODULE_STATE_COMING;
	PATCH(3, "unmap_vmas")->state = MODULE_STATE_UNFORMED;
	PATCH(4, "unmap_vmas")->state = MODULE_STATE_GOING;
	PATCH(5, "do_swap_page");
	link_modules(&outside.head);
	look_like_module(list_entry(&outside.head, struct module, list), name);
	anywhere = no_area;
	needs_rcu = true;
	mmn_patches_init();
	ok(lost() == 4 && has("wp_page_copy") && has("do_swap_page"),
	   "at load the patches are found that come, or are there");
	ok(!shim_rcu_held && !shim_mutexes_held && !shim_unlocked,
	   "no module goes meanwhile, and no other one is added");
	ok(mmn_patches_remove(&modules[2]) && mmn_patches_remove(&modules[5]) && lost() == 2,
	   "they may go later");
	anywhere = false;
}

/* A module that is no live patch, but calls what the census looks for. */
static void test_calls(void)
{
	static struct seq_file m;
	struct mmn_census_line line;

	PATCH(0, "unmap_vmas")->is_patch = false;
	call_row = mmn_site_table_find("copy_page_range");
	ok(mmn_patches_add(&modules[0]) && lost() == 1 && has("copy_page_range"),
	   "a call takes its row once it is confirmed");
	ok(mmn_patches_remove(&modules[0]) && !lost() && forgotten == &modules[0],
	   "until its module goes");
	call_row = 0;
	waiting = &modules[1];
	ok(!mmn_patches_add(&modules[0]) && !waiting && !lost(), "one without a row takes none");
	hasty_row = mmn_site_table_find("unmap_vmas");
	ok(mmn_patches_add(&modules[0]) && lost() == 1 && has("unmap_vmas") &&
	   mmn_patches_remove(&modules[0]) && !lost(), "a call that cannot wait takes it at once");
	hasty_row = 0;
	mmn_patches_show(&m);
	ok(m.len == 1 && !shim_mutexes_held && !shim_unlocked, "debugfs has the calls");
	ok(!mmn_patches_read(0, &line) && mmn_patches_read(1, &line) == 1 && line.calls == 1 &&
	   mmn_patches_read(2, &line) == -ENOENT && !shim_mutexes_held && !shim_unlocked,
	   "other readers get them one by one");
}

/* The entry of too many patches is taken, as in test_load(). */
static void test_calls_at_load(void)
{
	unsigned int i, before = lost();

	for (i = 0; i < MODULES; i++)
		PATCH(i, "")->is_patch = false;
	link_modules(&outside.head);
	call_row = mmn_site_table_find("page_vma_mkclean_one");
	mmn_patches_init();
	ok(lost() == before + 1 && has("page_vma_mkclean_one") && !shim_unlocked,
	   "calls that are found at load are confirmed when modules may go again");
	for (i = 0; i < MODULES; i++)
		mmn_patches_remove(&modules[i]);
	call_row = 0;
}

int main(void)
{
	test_rows();
	test_frames();
	test_data();
	test_log();
	test_calls();
	test_many();
	test_load(false, "module");
	test_load(true, "");
	test_load(true, "a\001");
	test_calls_at_load();
	return tap_done();
}
