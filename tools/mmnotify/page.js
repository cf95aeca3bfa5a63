// SPDX-License-Identifier: GPL-2.0-only
// SPDX-FileCopyrightText: 2026 The mmnotify authors
// A click on a heading sorts its table by that column.
for (const head of document.querySelectorAll("th")) {
	head.addEventListener("click", () => {
		const body = head.closest("table").tBodies[0];
		const column = head.cellIndex;
		const value = (row) => row.cells[column].dataset.v ?? row.cells[column].textContent;
		const number = (row) => Number(value(row));
		const rows = [...body.rows];
		const text = rows.some((row) => Number.isNaN(number(row)));
		rows.sort((a, b) => text ? value(a).localeCompare(value(b)) : number(b) - number(a));
		body.append(...rows);
	});
}
