/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef PAIRS_RANDOM_H
#define PAIRS_RANDOM_H

/*
 * Runs @rounds random operations from several processes and threads on the same objects
 * and prints TAP. Return: the exit status.
 */
int random_pairs(int fd, unsigned int rounds, unsigned int seed);

#endif /* PAIRS_RANDOM_H */
