/* One word a row: number, value, locks, name, and what it says. */
#include "src/errbuf.h"
#include "ui/screen/shape.h"

#include "src/field.h"

#include <stdio.h>
#include <string.h>

#define NAME_COLUMN 25
#define NAME_SHORT  14
#define NAME_LONG   24

static int name_columns(const struct rect *area)
{
	return area->columns < 90 ? NAME_SHORT : NAME_LONG;
}

/* What the words say with what is staged for them. */
static void staged_image(struct image *out, const struct app *app)
{
	*out = app->session->image;
	for (unsigned word = 0; word < out->word_count; word++)
		out->value[word] = app_value(app, word);
}

static void draw_meaning(WINDOW *window, int row, int column, int width, const struct app *app,
	const struct image *image, unsigned word, const struct theme *theme)
{
	const struct edit *edit = app_edit(app, word);
	const struct chip_entry *entry = chip_word(app->session->chip, word);
	char text[200] = "";
	enum role role = ROLE_TEXT;
	word_text(text, sizeof text, app->session->chip, image, word);
	if (edit->closes) {
		snprintf(text, sizeof text, "CLOSES THE DEVICE FOR EVER");
		role = ROLE_FOREVER;
	} else if (edit->sets_value) {
		role = ROLE_STAGED;
	} else if (app_is_masked(app, word)) {
		snprintf(text, sizeof text, "masked: it may be secret");
		role = ROLE_FAINT;
	} else if (text[0] == '\0' && entry && !entry->confirmed) {
		snprintf(text, sizeof text, "unconfirmed");
		role = ROLE_FAINT;
	}
	view_text(window, row, column, width, theme->attributes[role], text);
	if ((int)page_columns(text, strlen(text)) > width)
		view_text(window, row, column + width - 2, 2, theme->attributes[role], "..");
}

static void draw_word(WINDOW *window, int row, const struct rect *area, const struct app *app,
	const struct image *image, unsigned word, const struct theme *theme)
{
	struct cell cell = rows_cell(app, word);
	bool selected = word == app->selected;
	char text[80], mark[2] = {cell.mark, '\0'};
	int left = area->column, names = name_columns(area);
	snprintf(text, sizeof text, "%s%03u", selected ? ">" : " ", word);
	view_text(
		window, row, left, 4, theme->attributes[selected ? ROLE_KEY : ROLE_HEADING], text);
	view_text(window, row, left + 4, 1, theme->attributes[ROLE_KEY], shape_chosen(app, word));
	view_text(window, row, left + 5, 8, theme->attributes[selected ? ROLE_SELECTED : cell.role],
		cell.value);
	view_text(window, row, left + 13, 2, theme->attributes[cell.role], mark);
	shape_draw_locks(window, row, left + 15, app, &cell, theme);
	chip_word_name(text, sizeof text, app->session->chip, word);
	view_text(window, row, left + NAME_COLUMN, names, theme->attributes[ROLE_TEXT], text);
	draw_meaning(window, row, left + NAME_COLUMN + names + 1,
		area->columns - NAME_COLUMN - names - 1, app, image, word, theme);
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct image image;
	staged_image(&image, app);
	for (int line = 0; line < area->rows; line++) {
		unsigned word = app->top_line + (unsigned)line;
		if (word >= image.word_count)
			break;
		draw_word(window, area->row + line, area, app, &image, word, theme);
		if (word == app->selected)
			*cursor = (struct point){area->row + line, area->column + 5};
	}
	if (app->top_line + (unsigned)area->rows < image.word_count)
		view_hidden(window, area, app, theme,
			image.word_count - app->top_line - (unsigned)area->rows);
}

static void layout(struct app *app, const struct rect *area)
{
	app->top_line = shape_scroll(
		app->top_line, app->selected, app->session->image.word_count, (unsigned)area->rows);
}

static unsigned per_row(const struct app *app)
{
	(void)app;
	return 1;
}

static unsigned per_page(const struct app *app)
{
	return (unsigned)app->layout.grid.rows - 3;
}

static long word_at(const struct app *app, int row, int column)
{
	(void)column;
	return (long)app->top_line + row;
}

const struct shape list_shape = {"words, one a line", draw, layout, per_row, per_page, word_at};
