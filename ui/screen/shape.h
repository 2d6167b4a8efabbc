/*
 * The words in one of several shapes: grid, list, map. One view with the same keys, staging and
 * selection; a shape only draws the words and knows which word is beside which.
 */
#ifndef OTPEDIT_UI_SCREEN_SHAPE_H
#define OTPEDIT_UI_SCREEN_SHAPE_H

#include "ui/screen/rows.h"
#include "ui/screen/view.h"

struct shape {
	const char *title;
	/* As in struct view. There is at least one word. */
	void (*draw)(const struct app *app, WINDOW *window, const struct rect *area,
		const struct theme *theme, struct point *cursor);
	/* Scrolls so that the selected word is in sight. */
	void (*layout)(struct app *app, const struct rect *area);
	/* Words from one row to the next, and from one page to the next. */
	unsigned (*per_row)(const struct app *app);
	unsigned (*per_page)(const struct app *app);
	/* Which word is shown at a place of the area; -1: none. */
	long (*word_at)(const struct app *app, int row, int column);
};

extern const struct shape grid_shape; /* shape_grid.c */
extern const struct shape list_shape; /* shape_list.c */
extern const struct shape map_shape;  /* shape_map.c */

const struct shape *shape_of(const struct app *app);

/* Whether the action was a move of the selection; and moves it. */
bool shape_move(struct app *app, enum action action);

/* The first of the rows that are shown, so that `row` is among them and none is wasted. */
unsigned shape_scroll(unsigned top, unsigned row, unsigned rows, unsigned shown);

/* The sign of a word that is chosen for what is staged next, "&", or found, "/"; " " for the
 * others.
 */
const char *shape_chosen(const struct app *app, unsigned word);

/* The lock letters of a cell at a place, faint where nothing of it matters. */
void shape_draw_locks(WINDOW *window, int row, int column, const struct app *app,
	const struct cell *cell, const struct theme *theme);

#endif
