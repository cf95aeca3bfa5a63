/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef MMN_COMPAT_SYSCALLS_H
#define MMN_COMPAT_SYSCALLS_H

int mmn_syscall_current(void);
void mmn_syscall_args(unsigned long args[6]);

#endif /* MMN_COMPAT_SYSCALLS_H */
