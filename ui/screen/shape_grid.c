/* The words in rows of four or eight, value above locks. */
#include "src/errbuf.h"
#include "ui/screen/shape.h"

#include <stdio.h>

static void draw_word(WINDOW *window, int row, int column, const struct app *app, unsigned word,
	const struct theme *theme, struct point *cursor)
{
	struct cell cell = rows_cell(app, word);
	bool selected = word == app->selected;
	attr_t style = theme->attributes[selected ? ROLE_SELECTED : cell.role];
	char mark[2] = {cell.mark, '\0'};
	view_text(window, row, column, 1, selected ? style : theme->attributes[ROLE_KEY],
		selected ? ">" : shape_chosen(app, word));
	view_text(window, row, column + 1, 8, style, cell.value);
	view_text(window, row, column + 9, 1, theme->attributes[cell.role], mark);
	view_text(window, row + 1, column, 1, theme->attributes[ROLE_KEY], shape_chosen(app, word));
	shape_draw_locks(window, row + 1, column + 1, app, &cell, theme);
	if (selected)
		*cursor = (struct point){row, column + 1};
}

/* Which word of the row a column holds, on the frame's upper edge: it costs no row. */
static void draw_offsets(
	WINDOW *window, const struct rect *area, unsigned count, const struct theme *theme)
{
	for (unsigned i = 0; i < count; i++) {
		char text[16];
		int column = area->column + LAYOUT_NUMBER + LAYOUT_CELL * (int)i + 1;
		snprintf(text, sizeof text, " +%u ", i);
		/* The first would stand on the title. */
		if (i > 0)
			view_text(window, area->row - 1, column - 1, 4,
				theme->attributes[ROLE_HEADING], text);
	}
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	const struct layout *layout = &app->layout;
	unsigned count = app->session->image.word_count;
	draw_offsets(window, area, layout->words_per_row, theme);
	for (unsigned line = 0; 2 * (int)line + 1 < area->rows; line++) {
		unsigned first = (app->top_row + line) * layout->words_per_row;
		if (first >= count)
			break;
		char number[16];
		int row = area->row + 2 * (int)line;
		snprintf(number, sizeof number, " %03u", first);
		view_text(window, row, area->column, LAYOUT_NUMBER, theme->attributes[ROLE_HEADING],
			number);
		for (unsigned i = 0; i < layout->words_per_row && first + i < count; i++)
			draw_word(window, row, area->column + LAYOUT_NUMBER + LAYOUT_CELL * (int)i,
				app, first + i, theme, cursor);
	}
}

static unsigned per_row(const struct app *app)
{
	return app->layout.words_per_row;
}

static void layout(struct app *app, const struct rect *area)
{
	unsigned words = per_row(app);
	unsigned rows = (app->session->image.word_count + words - 1) / words;
	app->top_row =
		shape_scroll(app->top_row, app->selected / words, rows, (unsigned)area->rows / 2);
}

static unsigned per_page(const struct app *app)
{
	return per_row(app) * (unsigned)(app->layout.grid.rows / 2 - 1);
}

static long word_at(const struct app *app, int row, int column)
{
	int cell = column < LAYOUT_NUMBER ? -1 : (column - LAYOUT_NUMBER) / LAYOUT_CELL;
	if (cell < 0 || cell >= (int)per_row(app))
		return -1;
	return ((long)app->top_row + row / 2) * (long)per_row(app) + cell;
}

const struct shape grid_shape = {"words", draw, layout, per_row, per_page, word_at};
