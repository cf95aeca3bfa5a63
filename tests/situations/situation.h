/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* situation: helpers of the programs that bring a process into a situation from a report. */
#ifndef SITUATION_H
#define SITUATION_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define PG	4096UL
#define HUGE	(2UL << 20)

#define must(x) \
	do { \
		if (!(x)) \
			die(__FILE__, __LINE__, #x); \
	} while (0)

/* Prints the text of the failed condition and errno, and ends the program. */
void die(const char *file, int line, const char *text) __attribute__((noreturn));

/* Prints "fact NAME VALUE": what the answer of the tool is compared with. */
void fact(const char *name, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Prints "ready", and waits until a line can be read from standard input. */
void ready(void);

void sleep_ms(long ms);
void name_task(const char *name);

/* A private mapping of @len bytes at a multiple of HUGE, which does not merge with others. */
char *memory(size_t len);

/* Writes to each page. */
void fill(char *p, size_t len);

/* Sets a file of /proc or /sys. Return: true if that worked. */
bool set(const char *path, const char *value);

/* Runs @work in a thread of that name, and waits for its end. */
void in_thread(const char *name, void (*work)(void));

/* Runs @work in a process of that name, and waits for its end. */
void in_process(const char *name, void (*work)(void));

/* Opens the device of a test driver, which attaches its notifier to this process. */
void attach(const char *device);

/* A virtual machine whose memory is @len bytes at @p: the driver that does not know mmnotify. */
void vm_create(char *p, size_t len);

/* The guest writes to each page, or reads it, so that KVM maps it. */
void vm_touch(size_t offset, size_t len, bool write);

/* Deletes the memory slot, and creates it again. */
void vm_new_slot(void);

struct situation {
	const char *name;
	void (*run)(void);
};

extern const struct situation memory_situations[];
extern const struct situation system_situations[];

#endif /* SITUATION_H */
