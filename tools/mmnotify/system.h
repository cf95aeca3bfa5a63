/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* system: is mmnotify there, may this user see it, and where are its files. */
#ifndef SYSTEM_H
#define SYSTEM_H

#include <stdbool.h>

#define MODULE_DIR	"/sys/module/mmnotify"
#define DEBUGFS_DIR	"/sys/kernel/debug/mmnotify"

/* module_loaded() - Return: true if the module is loaded. */
bool module_loaded(void);

/* need_module() - die with one line unless the module is loaded. */
void need_module(void);

/* need_hook() - die with one line unless the module's hook can see events of all drivers. */
void need_hook(const char *backend);

/* need_root() - die with one line why, unless this is root. */
void need_root(void);

/* need_perfmon() - likewise, unless this program may read the module's counters. */
void need_perfmon(void);

/* refuse_perfmon() - die with that line. */
void refuse_perfmon(void) __attribute__((noreturn));

/*
 * debugfs_read() - content of a file of debugfs mmnotify, to be freed. Dies with one line if the
 * module is not loaded, debugfs is not mounted or may not be read.
 */
char *debugfs_read(const char *name);

/* debugfs_mounted() - Return: true if debugfs is mounted where it belongs. */
bool debugfs_mounted(void);

/* securityfs_mounted() - Return: true if securityfs is mounted where it belongs. */
bool securityfs_mounted(void);

/* parameter() - Return: true with the value of a parameter of the module. */
bool parameter(const char *name, unsigned long *value);

/* set_parameter() - Return: 0, or -1 with errno. */
int set_parameter(const char *name, const char *value);

/* debugfs_try() - likewise, but NULL if there is no such file. */
char *debugfs_try(const char *name);

/*
 * switch_on() - set a parameter that is a switch, until the last run that wants it ends. One that
 * was on before stays on. Return: false if the module has none, or refuses.
 */
bool switch_on(const char *name);

/* switch_off() - this run does not need it any more. */
void switch_off(const char *name);

#endif /* SYSTEM_H */
