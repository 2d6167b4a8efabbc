#include "ui/screen/page_draw.h"

#include <stdio.h>
#include <string.h>

/* Bytes of the text that fit into so many columns; whole characters only. */
static size_t fitting(const char *text, size_t length, unsigned columns)
{
	size_t bytes = 0;
	while (bytes < length) {
		size_t next = bytes + 1;
		while (next < length && ((unsigned char)text[next] & 0xC0) == 0x80)
			next++;
		if (page_columns(text, next) > columns)
			break;
		bytes = next;
	}
	return bytes;
}

static void draw_line(WINDOW *window, int row, const struct page_area *area,
	const struct page *page, size_t line, const attr_t styles[TONE_COUNT])
{
	size_t count;
	const struct page_span *spans = page_line(page, line, &count);
	unsigned left = (unsigned)area->columns;
	wmove(window, row, area->column);
	for (size_t i = 0; i < count && left > 0; i++) {
		const char *text = page->text + spans[i].offset;
		size_t bytes = fitting(text, spans[i].length, left);
		wattrset(window, (int)styles[spans[i].tone]);
		waddnstr(window, text, (int)bytes);
		left -= page_columns(text, bytes);
		if (bytes < spans[i].length)
			break;
	}
	wattrset(window, (int)styles[TONE_PLAIN]);
	while (left-- > 0)
		waddch(window, ' ');
}

void page_draw(WINDOW *window, const struct page_area *area, const struct page *page, size_t first,
	const attr_t styles[TONE_COUNT])
{
	for (int i = 0; i < area->rows; i++)
		draw_line(window, area->row + i, area, page, first + (size_t)i, styles);
	wattrset(window, (int)styles[TONE_PLAIN]);
}

void page_draw_rule(WINDOW *window, int row, const struct page_area *area, size_t hidden,
	bool ascii, attr_t style)
{
	wattrset(window, (int)style);
	wmove(window, row, area->column);
	for (int i = 0; i < area->columns; i++)
		waddstr(window, ascii ? "-" : "\xE2\x94\x80");
	if (hidden > 0) {
		char text[48];
		snprintf(text, sizeof text, " %zu more line%s below ", hidden,
			hidden == 1 ? "" : "s");
		int column = area->columns - (int)strlen(text) - 1;
		mvwaddnstr(
			window, row, area->column + (column > 0 ? column : 0), text, area->columns);
	}
}
