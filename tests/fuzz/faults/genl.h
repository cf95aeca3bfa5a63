/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* genl: requests to mmnotify's generic netlink family. */
#ifndef FAULTS_GENL_H
#define FAULTS_GENL_H

/* Return: 0 if there is a socket, and the family has a number; else -errno. */
int genl_open(void);
void genl_close(void);

/* Asks for watching. Return: 0 or -errno. */
int genl_watch(void);

/* Dumps the lines of drivers. Return: 0 or -errno. */
int genl_drivers(void);

#endif /* FAULTS_GENL_H */
