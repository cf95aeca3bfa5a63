/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
#ifndef MMN_FAMILY_H
#define MMN_FAMILY_H

/**
 * DOC: What programs read
 *
 * The generic netlink family mmnotify has all that debugfs shows to people, as typed attributes
 * that keep their numbers. docs/netlink/mmnotify.yaml describes it, and tools/netlink-header makes
 * mmnotify_netlink.h from that.
 *
 * - family.c registers the family, and decides which requests are allowed.
 * - rows.c has the dumps, and state.c the two messages without rows.
 * - watchers.c has the sockets that asked for watching. It ends when a socket is closed, so a
 *   program that crashes leaves nothing on.
 * - monitor.c looks for what the multicast group is told, from a work item.
 * - message.c begins messages and sends them.
 *
 * **Access.** A request needs CAP_PERFMON or CAP_SYS_ADMIN in the initial user namespace, of the
 * program that opened the socket and of the one that sends. The kernel lets any socket join a
 * group, so a message is delivered to sockets that a program with such a capability opened. Where
 * messages cannot be filtered, the kernel asks for CAP_SYS_ADMIN to join. The module has no alias
 * by which a request for the family could load it.
 *
 * **Dumps** go on where they were for each message buffer, and hold no lock in between. Their
 * position is a place in a table of fixed size, or a number that grows. So a dump misses no row
 * that was there from its begin to its end. Where it may, in the ring of processes that ended, one
 * of its messages says so.
 *
 * **Locking.** The family does without the lock of generic netlink, as attaching the hook takes
 * long. The state of the hook and of watching is read without their locks, for the same reason.
 * watchers_lock (watchers.c, mutex) guards the list of sockets. It is taken before the locks
 * of watching, and in no callback of tracing. clients_lock is held while a client that comes or
 * goes is reported.
 *
 * **Context.** Nothing here runs in the hook.
 */

#ifdef CONFIG_NET
void mmn_family_init(void);
void mmn_family_exit(void);
#else
static inline void mmn_family_init(void) { }
static inline void mmn_family_exit(void) { }
#endif

#endif /* MMN_FAMILY_H */
