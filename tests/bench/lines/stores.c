// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
/*
 * stores: a QEMU plugin that records the stores of each CPU by the guest's modules, by
 * cache line, between the two marks of tests/bench/cpus.
 *
 * Usage: -plugin stores.so,out=FILE
 * Writes: "STORE CPU PC LINE TIMES" for each; addresses in hex, LINE is that of its
 * first byte. "FULL CPU" if the table of a CPU overflowed.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../bench.h"
#include "plugin.h"

#define EXPORT	__attribute__((visibility("default")))

/* Interface version of QEMU 7.2; later releases may need another one. */
#ifndef PLUGIN_VERSION
#define PLUGIN_VERSION	1
#endif

#define MODULES		0xffffffffc0000000ULL
#define MODULES_END	0xffffffffff000000ULL
#define LINE		64U
#define PAGE		4096U
#define MOST_CPUS	64
#define PLACES		(1U << 20)

struct store {
	uint64_t pc;
	uint64_t line;
	uint64_t times;
};

/* Each CPU is a thread with a table of its own: open addressing, without removal. */
static struct store *tables[MOST_CPUS];
static int full[MOST_CPUS];
static const char *file;
static int on;

EXPORT int qemu_plugin_version = PLUGIN_VERSION;

static struct store *find(struct store *table, uint64_t pc, uint64_t line)
{
	uint64_t hash = (pc * 31 + line) * 0x9e3779b97f4a7c15ULL >> 44;
	unsigned int i;

	for (i = 0; i < PLACES; i++) {
		struct store *s = &table[(hash + i) % PLACES];

		if (!s->pc || (s->pc == pc && s->line == line))
			return s;
	}
	return NULL;
}

static void mark(unsigned int cpu, void *data)
{
	(void)cpu;
	__atomic_store_n(&on, !!data, __ATOMIC_SEQ_CST);
}

static void stored(unsigned int cpu, qemu_plugin_meminfo_t info, uint64_t address,
		   void *data)
{
	uint64_t pc = (uintptr_t)data, line = address & ~(uint64_t)(LINE - 1);
	struct store *s;

	/* QEMU 7.2 sometimes reports a load as a store. */
	if (!qemu_plugin_mem_is_store(info) || cpu >= MOST_CPUS ||
	    !__atomic_load_n(&on, __ATOMIC_RELAXED))
		return;
	if (!tables[cpu])
		tables[cpu] = calloc(PLACES, sizeof(*tables[cpu]));
	s = tables[cpu] ? find(tables[cpu], pc, line) : NULL;
	if (!s) {
		full[cpu] = 1;
		return;
	}
	s->pc = pc;
	s->line = line;
	s->times++;
}

/*
 * Calls and jumps, which are not recorded: a call stores its return address on the stack
 * of its CPU, a jump stores nothing. QEMU 7.2 leaves the callbacks armed after a block
 * that ends with one, and attributes later stores of the kernel to it.
 */
static int goes_away(const struct qemu_plugin_insn *insn)
{
	const unsigned char *at = qemu_plugin_insn_data(insn);

	while (*at == 0x3e || *at == 0x2e || *at == 0x66 || *at == 0xf2 || *at == 0xf3 ||
	       (*at & 0xf0) == 0x40)
		at++;
	if (*at == 0x0f)
		return (at[1] & 0xf0) == 0x80 || at[1] == 0x0b;
	if (*at == 0xff)
		return (at[1] >> 3 & 7) >= 2 && (at[1] >> 3 & 7) <= 5;
	return (*at & 0xf0) == 0x70 || *at == 0xc2 || *at == 0xc3 || *at == 0xcc ||
	       (*at >= 0xe0 && *at <= 0xe3) || (*at >= 0xe8 && *at <= 0xeb);
}

/* QEMU 7.2 attributes stores of interrupts to an instruction that crosses a page boundary. */
static int in_two_pages(const struct qemu_plugin_insn *insn)
{
	return qemu_plugin_insn_vaddr(insn) % PAGE + qemu_plugin_insn_size(insn) > PAGE;
}

static void translated(qemu_plugin_id_t id, struct qemu_plugin_tb *tb)
{
	size_t i, nr = qemu_plugin_tb_n_insns(tb);

	(void)id;
	for (i = 0; i < nr; i++) {
		struct qemu_plugin_insn *insn = qemu_plugin_tb_get_insn(tb, i);
		uint64_t pc = qemu_plugin_insn_vaddr(insn);

		if (pc == MARK_BEGIN || pc == MARK_END)
			qemu_plugin_register_vcpu_insn_exec_cb(insn, mark,
							       QEMU_PLUGIN_CB_NO_REGS,
							       pc == MARK_BEGIN ? &on : NULL);
		if (pc >= MODULES && pc < MODULES_END && !goes_away(insn) &&
		    !in_two_pages(insn))
			qemu_plugin_register_vcpu_mem_cb(insn, stored,
							 QEMU_PLUGIN_CB_NO_REGS,
							 QEMU_PLUGIN_MEM_W,
							 (void *)(uintptr_t)pc);
	}
}

static void print(FILE *f, unsigned int cpu)
{
	unsigned int i;

	if (full[cpu])
		fprintf(f, "FULL %u\n", cpu);
	for (i = 0; i < PLACES; i++) {
		const struct store *s = &tables[cpu][i];

		if (s->pc)
			fprintf(f, "STORE %u %llx %llx %llu\n", cpu,
				(unsigned long long)s->pc, (unsigned long long)s->line,
				(unsigned long long)s->times);
	}
}

static void ends(qemu_plugin_id_t id, void *data)
{
	FILE *f = fopen(file, "w");
	unsigned int cpu;

	(void)id;
	(void)data;
	if (!f) {
		perror(file);
		return;
	}
	for (cpu = 0; cpu < MOST_CPUS; cpu++)
		if (tables[cpu])
			print(f, cpu);
	fclose(f);
}

EXPORT int qemu_plugin_install(qemu_plugin_id_t id, const struct qemu_info *info, int argc,
			       char **argv)
{
	(void)info;
	if (argc != 1 || strncmp(argv[0], "out=", 4)) {
		fprintf(stderr, "usage: -plugin stores.so,out=FILE\n");
		return -1;
	}
	file = strdup(argv[0] + 4);
	if (!file)
		return -1;
	qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
	qemu_plugin_register_atexit_cb(id, ends, NULL);
	return 0;
}
