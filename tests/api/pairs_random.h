/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef PAIRS_RANDOM_H
#define PAIRS_RANDOM_H

/*
 * @rounds random pairs of operations, from several processes and threads on the same
 * objects; TAP. Return: the exit status.
 */
int random_pairs(int fd, unsigned int rounds, unsigned int seed);

#endif /* PAIRS_RANDOM_H */
