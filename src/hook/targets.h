/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_TARGETS_H
#define MMN_TARGETS_H

/*
 * The functions of the kernel that a backend hooks, in the order of attaching. End first: if the
 * hook records a start, it must also see the end.
 */
enum mmn_target {
	MMN_TARGET_END,
	MMN_TARGET_RELEASE,
	MMN_TARGET_REGISTER,
	MMN_TARGET_START,
	MMN_NR_TARGETS
};

/**
 * struct mmn_targets - the hooked functions of a backend
 * @attach: hook one. Return: 0 or an errno
 * @detach: remove the hook of one. Return: 0 or an errno
 * @attached: bit of each function that is hooked
 */
struct mmn_targets {
	int (*attach)(enum mmn_target target, const char *name);
	int (*detach)(enum mmn_target target);
	unsigned long attached;
};

int mmn_targets_attach(struct mmn_targets *t);
int mmn_targets_detach(struct mmn_targets *t);

#endif /* MMN_TARGETS_H */
