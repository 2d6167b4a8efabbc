#include "ui/screen/blanks.h"

#include <stdbool.h>
#include <wchar.h>

/* Wider ones are left alone by the next drawing only when they do not follow their neighbours. */
#define NARROW 6

struct style {
	attr_t attributes;
	short pair;
};

/* False for what is no single character. */
static bool cell_at(wchar_t *out, struct style *style, WINDOW *window, int row, int column)
{
	cchar_t cell;
	wchar_t text[CCHARW_MAX + 1];
	if (mvwin_wch(window, row, column, &cell) == ERR ||
		getcchar(&cell, text, &style->attributes, &style->pair, NULL) == ERR)
		return false;
	style->attributes &= (attr_t)~A_COLOR;
	*out = text[0];
	return text[0] && !text[1];
}

static int background_of(short pair)
{
	int foreground, background;
	bool is_known = pair != 0 && extended_pair_content(pair, &foreground, &background) != ERR;
	return is_known ? background : -1;
}

/* Whether a blank looks the same in both. */
static bool is_alike(const struct style *a, const struct style *b)
{
	const attr_t seen = A_REVERSE | A_UNDERLINE | A_STANDOUT;
	return ((a->attributes | b->attributes) & seen) == 0 &&
	       (a->pair == b->pair || background_of(a->pair) == background_of(b->pair));
}

static bool is_same(const struct style *a, const struct style *b)
{
	return a->attributes == b->attributes && a->pair == b->pair;
}

/* How many blanks that look as plain ones do stand from `first` on. */
static int gap_from(WINDOW *window, int row, int first, int columns, const struct style *plain)
{
	int end = first;
	wchar_t character;
	struct style style;
	while (end < columns && cell_at(&character, &style, window, row, end) &&
		character == L' ' && is_alike(&style, plain))
		end++;
	return end - first;
}

static bool all_are(WINDOW *window, int row, int first, int count, const struct style *wanted)
{
	wchar_t character;
	struct style style;
	for (int column = first; column < first + count; column++)
		if (!cell_at(&character, &style, window, row, column) || !is_same(&style, wanted))
			return false;
	return true;
}

static void settle_row(WINDOW *window, int row, int columns, const struct style *plain)
{
	struct style before = *plain;
	for (int column = 0; column < columns;) {
		int count = gap_from(window, row, column, columns, plain);
		if (count == 0) {
			wchar_t character;
			if (!cell_at(&character, &before, window, row, column))
				before = *plain;
			column++;
			continue;
		}
		bool follows = count <= NARROW && is_alike(&before, plain);
		const struct style *wanted = follows ? &before : plain;
		if (!all_are(window, row, column, count, wanted))
			mvwchgat(
				window, row, column, count, wanted->attributes, wanted->pair, NULL);
		column += count;
	}
}

void blanks_settle(WINDOW *window, attr_t plain)
{
	struct style style = {plain & (attr_t)~A_COLOR, (short)PAIR_NUMBER(plain)};
	int rows, columns;
	getmaxyx(window, rows, columns);
	for (int row = 0; row < rows; row++)
		settle_row(window, row, columns, &style);
}
