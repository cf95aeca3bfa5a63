/* SPDX-License-Identifier: GPL-2.0-only */
/* SPDX-FileCopyrightText: 2026 The mmnotify authors */
/* page: style and script of the HTML report, from page.css and page.js. */
#ifndef PAGE_H
#define PAGE_H

extern const char page_css[];
extern const char page_js[];

#endif /* PAGE_H */
