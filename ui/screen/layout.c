#include "ui/screen/layout.h"

static int grid_columns(unsigned words_per_row)
{
	return LAYOUT_NUMBER + LAYOUT_CELL * (int)words_per_row + 2;
}

struct layout layout_make(int rows, int columns)
{
	struct layout layout = {.rows = rows, .columns = columns};
	layout.too_small = rows < LAYOUT_MIN_ROWS || columns < LAYOUT_MIN_COLUMNS;
	if (layout.too_small)
		return layout;
	int body = rows - 4;
	/* A wide terminal first gives room to the word's text, then to more words. */
	layout.words_per_row = columns >= 140 ? 8 : 4;
	int grid = grid_columns(layout.words_per_row);
	layout.header = (struct rect){0, 0, 1, columns};
	layout.body = (struct rect){1, 0, body, columns};
	/* Too narrow for both: the grid has it all, and the word's text is a key away. */
	if (columns - grid < 24)
		grid = columns;
	layout.grid = (struct rect){1, 0, body, grid};
	layout.detail = (struct rect){1, grid, body, columns - grid};
	layout.staged = (struct rect){rows - 3, 0, 1, columns};
	layout.message = (struct rect){rows - 2, 0, 1, columns};
	layout.keys = (struct rect){rows - 1, 0, 1, columns};
	return layout;
}

void layout_for_list(struct layout *layout)
{
	/* Rows of a list say a good part of the word's text themselves. */
	int list = layout->columns >= 140 ? layout->columns - 56 : layout->columns;
	if (layout->too_small)
		return;
	layout->grid.columns = list;
	layout->detail.column = list;
	layout->detail.columns = layout->columns - list;
}

void layout_without_detail(struct layout *layout)
{
	if (layout->too_small)
		return;
	layout->words_per_row = layout->columns >= grid_columns(8) ? 8 : 4;
	layout->grid.columns = layout->columns;
	layout->detail.column = layout->columns;
	layout->detail.columns = 0;
}
