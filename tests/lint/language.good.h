/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/*
 * language.pl finds nothing here. A driver author who reads this knows the actor. Who calls
 * the callback? The kernel does. A string may hold "nobody".
 */

/**
 * good_parameters() - describe each parameter by a noun
 * @mm: mm whose ranges are removed
 * @pc: return address to look up
 * @where: that of the
 *	callback
 */
