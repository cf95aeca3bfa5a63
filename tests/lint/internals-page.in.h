/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* Input of tools/internals-doc; internals-page.out.md is its output. */

/**
 * DOC: All that a block may have
 *
 * A paragraph with a call(), a struct mmn_event, @member, mmn_client.ops_lock, MMN_NEED_*,
 * MMN_HAVE_<FILE>, verify=1, src/rules/rules.h and ``quoted``.
 *
 * A list that follows its paragraph, indented:
 *  - The first item has
 *    a second line.
 *  - The second item.
 * The text goes on.
 *
 * 1. One.
 * 2. Two, which is so long that the line has to be broken before it ends, because the page has
 *    100 columns.
 *
 * ===== ============ =========
 * Key   True while   Effect
 * ===== ============ =========
 * key_a it is on     one
 *                    and more
 * key_b it is off    two; longer than the border
 * ===== ============ =========
 *
 * Preformatted text::
 *
 *	NONE --> LIVE
 *	  - no list
 *
 *	LIVE --> NONE
 *
 * The end.
 */

/**
 * DOC: A block that fails
 *
 * A paragraph.
 *
 *    Neither a list nor preformatted.
 */
