/*
 * A page's lines in a rectangle of a window.
 */
#ifndef OTPEDIT_UI_SCREEN_PAGE_DRAW_H
#define OTPEDIT_UI_SCREEN_PAGE_DRAW_H

#include "src/errbuf.h" /* before curses, which has a macro of the name OK */
#include "ui/screen/page.h"

#include <ncurses.h>

struct page_area {
	int row, column, rows, columns;
};

/* Draws the lines from `first` on, cut at the area's right edge; blanks where there are none.
 * `styles` has the attributes of each tone. */
void page_draw(WINDOW *window, const struct page_area *area, const struct page *page, size_t first,
	const attr_t styles[TONE_COUNT]);

/* A horizontal line below the area's text, which says how many lines are hidden below it. */
void page_draw_rule(WINDOW *window, int row, const struct page_area *area, size_t hidden,
	bool ascii, attr_t style);

#endif
