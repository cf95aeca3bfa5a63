/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* attached: the drivers of all processes, while a command watches events. */
#ifndef ATTACHED_H
#define ATTACHED_H

#include <stdbool.h>

#include "drivers.h"

/*
 * attached_begin() - from now on drivers are remembered; with @timing their callbacks are timed, if
 * that is possible here.
 * @needed: die with the reason if drivers are not known here
 */
void attached_begin(bool timing, bool needed);

/* attached_read() - remember the drivers that processes have now. */
void attached_read(void);

/* attached_seen() - an event of @tgid came: remember its drivers unless one is known. */
void attached_seen(int tgid);

/* attached_end() - remember what there is now, for the last time. */
void attached_end(void);

/* attached_drivers() - Return: what is remembered. */
struct drivers *attached_drivers(void);

/* attached_timed() - are callbacks timed? */
bool attached_timed(void);

#endif /* ATTACHED_H */
