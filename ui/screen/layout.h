/*
 * The terminal's size as rectangles: a pure function.
 */
#ifndef OTPEDIT_UI_SCREEN_LAYOUT_H
#define OTPEDIT_UI_SCREEN_LAYOUT_H

#include <stdbool.h>

#define LAYOUT_MIN_COLUMNS 60
#define LAYOUT_MIN_ROWS    16

struct rect {
	int row, column, rows, columns;
};

struct point {
	int row, column; /* -1: nowhere */
};

struct layout {
	bool too_small; /* nothing else is then set */
	int rows, columns;
	unsigned words_per_row;            /* of the grid: 4 or 8 */
	struct rect header;                /* one row */
	struct rect body;                  /* all between header and footer */
	struct rect grid, detail;          /* side by side; with their frames */
	struct rect staged, message, keys; /* the footer, a row each */
};

struct layout layout_make(int rows, int columns);

/* Gives a list of words the room that its rows need; the word's text has what is left. */
void layout_for_list(struct layout *layout);

/* Gives the words all the room: more of them in a row, where there is room for that. */
void layout_without_detail(struct layout *layout);

/* Columns of one word in the grid: mark, eight digits, mark; and of the row's number before the
 * words. */
#define LAYOUT_CELL   10
#define LAYOUT_NUMBER 5

#endif
