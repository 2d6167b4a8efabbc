#include "ui/screen/shape.h"

const struct shape *shape_of(const struct app *app)
{
	static const struct shape *const shapes[SHAPE_COUNT] = {
		[SHAPE_GRID] = &grid_shape, [SHAPE_LIST] = &list_shape, [SHAPE_MAP] = &map_shape};
	return shapes[app->shape];
}

bool shape_move(struct app *app, enum action action)
{
	const struct shape *shape = shape_of(app);
	long count = app->session->image.word_count, to = app->selected;
	long row = shape->per_row(app), page = shape->per_page(app);
	switch ((int)action) {
	case ACTION_UP: to -= row; break;
	case ACTION_DOWN: to += row; break;
	case ACTION_LEFT: to--; break;
	case ACTION_RIGHT: to++; break;
	case ACTION_PAGE_UP: to = to > page ? to - page : 0; break;
	case ACTION_PAGE_DOWN: to = to + page < count ? to + page : count - 1; break;
	case ACTION_FIRST: to = 0; break;
	case ACTION_LAST: to = count - 1; break;
	default: return false;
	}
	if (to >= 0 && to < count)
		app->selected = (unsigned)to;
	return true;
}

unsigned shape_scroll(unsigned top, unsigned row, unsigned rows, unsigned shown)
{
	if (row < top)
		top = row;
	if (shown > 0 && row >= top + shown)
		top = row - shown + 1;
	if (top + shown > rows)
		top = rows > shown ? rows - shown : 0;
	return top;
}

const char *shape_chosen(const struct app *app, unsigned word)
{
	return app->selection.word[word] ? "&" : app->prompt.found[word] ? "/" : " ";
}

void shape_draw_locks(WINDOW *window, int row, int column, const struct app *app,
	const struct cell *cell, const struct theme *theme)
{
	/* In one style: each change of it costs a terminal more than all six letters. */
	wmove(window, row, column);
	wattrset(window, (int)theme->attributes[cell->locks_role]);
	for (const char *at = cell->locks; *at; at++)
		if (*at == '.' && !app->ascii)
			waddstr(window, "\xC2\xB7");
		else
			waddch(window, (chtype)(unsigned char)*at);
}
