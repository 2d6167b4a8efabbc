/* All words at a glance: one cell a word, then what the signs mean and how many words have each. */
#include "src/errbuf.h"
#include "ui/screen/shape.h"

#include "ui/screen/map_text.h"

#include <stdio.h>

#define GROUP 8

static unsigned per_row(const struct app *app)
{
	return map_per_row(app->session->image.word_count);
}

/* Columns from one cell to the next. */
static int pitch(const struct app *app)
{
	return per_row(app) <= 16 ? 2 : 1;
}

static int cell_column(const struct app *app, unsigned index)
{
	return LAYOUT_NUMBER + pitch(app) * (int)index + (int)(index / GROUP);
}

static unsigned rows_of(const struct app *app)
{
	return (app->session->image.word_count + per_row(app) - 1) / per_row(app);
}

static void draw_cell(WINDOW *window, int row, int column, const struct app *app, unsigned word,
	const struct theme *theme)
{
	struct map_sign sign = map_sign(map_state_of(app, word));
	char text[2] = {sign.sign, '\0'};
	bool dot = sign.sign == '.' && !app->ascii;
	attr_t style = theme->attributes[word == app->selected ? ROLE_SELECTED : sign.role];
	/* Narrow maps have no room for a sign of its own: they underline. */
	if (pitch(app) > 1)
		view_text(window, row, column - 1, 1, theme->attributes[ROLE_KEY],
			shape_chosen(app, word));
	else if (app->selection.word[word] || app->prompt.found[word])
		style |= A_UNDERLINE;
	view_text(window, row, column, 1, style, dot ? "\xC2\xB7" : text);
}

/* Two columns of signs, those that no word has left out. */
static void draw_legend(WINDOW *window, const struct rect *area, int row, const struct app *app,
	const struct theme *theme)
{
	unsigned counts[MAP_STATES];
	map_count(counts, app);
	for (int state = 0; state < MAP_STATES && row < area->row + area->rows; state++) {
		struct map_sign sign = map_sign((enum map_state)state);
		char text[64], letter[2] = {sign.sign, '\0'};
		bool dot = sign.sign == '.' && !app->ascii;
		if (counts[state] == 0)
			continue;
		view_text(window, row, area->column + 1, 2, theme->attributes[sign.role],
			dot ? "\xC2\xB7" : letter);
		snprintf(text, sizeof text, "%4u  %s", counts[state], sign.text);
		view_text(window, row, area->column + 3, area->columns - 4,
			theme->attributes[ROLE_TEXT], text);
		row++;
	}
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	unsigned count = app->session->image.word_count, words = per_row(app);
	unsigned rows = rows_of(app), line = 0;
	for (; line < rows - app->top_map && (int)line < area->rows; line++) {
		unsigned first = (app->top_map + line) * words;
		int row = area->row + (int)line;
		char number[16];
		snprintf(number, sizeof number, " %03u", first);
		view_text(window, row, area->column, LAYOUT_NUMBER, theme->attributes[ROLE_HEADING],
			number);
		for (unsigned i = 0; i < words && first + i < count; i++) {
			int column = area->column + cell_column(app, i);
			draw_cell(window, row, column, app, first + i, theme);
			if (first + i == app->selected)
				*cursor = (struct point){row, column};
		}
	}
	draw_legend(window, area, area->row + (int)line + 1, app, theme);
}

static void layout(struct app *app, const struct rect *area)
{
	app->top_map = shape_scroll(
		app->top_map, app->selected / per_row(app), rows_of(app), (unsigned)area->rows);
}

static unsigned per_page(const struct app *app)
{
	return per_row(app) * 4;
}

static long word_at(const struct app *app, int row, int column)
{
	unsigned words = per_row(app);
	if ((unsigned)row >= rows_of(app) - app->top_map)
		return -1;
	/* A cell is the column it stands in, and with room the one before it. */
	for (unsigned i = 0; i < words; i++) {
		int at = cell_column(app, i);
		if (column <= at && column > at - pitch(app))
			return ((long)app->top_map + row) * (long)words + i;
	}
	return -1;
}

const struct shape map_shape = {"all words", draw, layout, per_row, per_page, word_at};
