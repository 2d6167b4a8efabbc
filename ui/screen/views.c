/* The table of views, and what they share in drawing. */
#include "ui/screen/views.h"

#include "ui/screen/page_draw.h"

#include <string.h>

const struct view *view_of(enum view_id id)
{
	static const struct view *const views[VIEW_COUNT] = {[VIEW_GRID] = &grid_view,
		[VIEW_PICKER] = &picker_view,
		[VIEW_COMPARE] = &compare_view,
		[VIEW_COMPARE_WITH] = &compare_with_view,
		[VIEW_STATUS] = &status_view,
		[VIEW_JOURNAL] = &journal_view,
		[VIEW_JOURNAL_ENTRY] = &journal_entry_view,
		[VIEW_LOST] = &lost_view,
		[VIEW_POWER] = &power_view,
		[VIEW_BOOT] = &boot_view,
		[VIEW_WIZARD] = &wizard_view,
		[VIEW_WIZARD_ENTRY] = &wizard_entry_view,
		[VIEW_PROMPT] = &prompt_view,
		[VIEW_DETAIL] = &detail_view,
		[VIEW_EDIT] = &edit_view,
		[VIEW_BITS] = &bits_view,
		[VIEW_LOCKS] = &locks_view,
		[VIEW_STAGED] = &staged_view,
		[VIEW_PREVIEW] = &preview_view,
		[VIEW_CONFIRM] = &confirm_view,
		[VIEW_PROGRESS] = &progress_view,
		[VIEW_RESULT] = &result_view,
		[VIEW_NEWS] = &news_view,
		[VIEW_REHEARSE] = &rehearse_view,
		[VIEW_REHEARSAL] = &rehearsal_view,
		[VIEW_HELP] = &help_view,
		[VIEW_KEPT] = &kept_view,
		[VIEW_LEAVE] = &leave_view,
		[VIEW_SOURCE] = &source_view,
		[VIEW_QUIT] = &quit_view};
	return views[id];
}

void view_styles(attr_t out[TONE_COUNT], const struct theme *theme)
{
	static const enum role roles[TONE_COUNT] = {[TONE_PLAIN] = ROLE_TEXT,
		[TONE_FAINT] = ROLE_FAINT,
		[TONE_HEADING] = ROLE_HEADING,
		[TONE_CHANGE] = ROLE_CHANGED,
		[TONE_FOREVER] = ROLE_FOREVER,
		[TONE_WARNING] = ROLE_WARNING,
		[TONE_ERROR] = ROLE_DANGER,
		[TONE_GOOD] = ROLE_GOOD};
	for (int tone = 0; tone < TONE_COUNT; tone++)
		out[tone] = theme->attributes[roles[tone]];
}

void view_page(WINDOW *window, const struct rect *area, const struct theme *theme,
	const struct page *page, size_t first)
{
	attr_t styles[TONE_COUNT];
	struct page_area place = {area->row, area->column, area->rows, area->columns};
	view_styles(styles, theme);
	page_draw(window, &place, page, first, styles);
}

void view_hidden(WINDOW *window, const struct rect *area, const struct app *app,
	const struct theme *theme, size_t lines)
{
	struct page_area edge = {area->row, area->column, area->rows, area->columns};
	if (lines > 0)
		page_draw_rule(window, area->row + area->rows, &edge, lines, app->ascii,
			(attr_t)theme->attributes[ROLE_FRAME]);
}

size_t view_top_around(const struct rect *area, size_t first, size_t past)
{
	size_t height = (size_t)area->rows, top = past > height ? past - height : 0;
	return top > first ? first : top;
}

void view_page_around(WINDOW *window, const struct rect *area, const struct app *app,
	const struct theme *theme, const struct page *page, size_t first, size_t past,
	struct point *cursor)
{
	size_t top = view_top_around(area, first, past), shown = top + (size_t)area->rows;
	view_page(window, area, theme, page, top);
	view_hidden(
		window, area, app, theme, page->line_count > shown ? page->line_count - shown : 0);
	*cursor = (struct point){area->row + (int)(first - top), area->column};
}

void view_margin(WINDOW *window, const struct rect *area)
{
	for (int row = 0; row < area->rows; row++)
		view_text(window, area->row + row, area->column - 1, 1, A_NORMAL, " ");
}

void view_text(WINDOW *window, int row, int column, int width, attr_t style, const char *text)
{
	size_t bytes = 0, length = strlen(text);
	if (width <= 0)
		return;
	while (bytes < length) {
		size_t next = bytes + 1;
		while (next < length && ((unsigned char)text[next] & 0xC0) == 0x80)
			next++;
		if (page_columns(text, next) > (unsigned)width)
			break;
		bytes = next;
	}
	wattrset(window, (int)style);
	mvwaddnstr(window, row, column, text, (int)bytes);
	for (unsigned left = (unsigned)width - page_columns(text, bytes); left > 0; left--)
		waddch(window, ' ');
	wattrset(window, A_NORMAL);
}

void view_targets(struct page *page, const struct app *app)
{
	char words[160];
	app_targets_text(words, sizeof words, app);
	page_wrap(page, TONE_WARNING, 2, "for %u %s", app->selection.count, words);
}

void view_key_line(struct page *page, const char *key, const char *text)
{
	page_add(page, TONE_HEADING, "  %-7s", key);
	page_add(page, TONE_PLAIN, " ");
	page_wrap(page, TONE_PLAIN, 10, "%s", text);
}

/* The pieces of a frame: corners, sides; in UTF-8 and in ASCII. */
static const char *const pieces[2][6] = {{"\xE2\x95\xAD", "\xE2\x95\xAE", "\xE2\x95\xB0",
						 "\xE2\x95\xAF", "\xE2\x94\x80", "\xE2\x94\x82"},
	{"+", "+", "+", "+", "-", "|"}};

void view_frame(WINDOW *window, const struct rect *area, const char *title, const struct app *app,
	const struct theme *theme, struct rect *inside)
{
	const char *const *piece = pieces[app->ascii ? 1 : 0];
	int last_row = area->row + area->rows - 1, last_column = area->column + area->columns - 1;
	*inside = (struct rect){area->row + 1, area->column + 1, area->rows - 2, area->columns - 2};
	if (area->rows < 2 || area->columns < 2)
		return;
	wattrset(window, (int)theme->attributes[ROLE_FRAME]);
	for (int column = area->column + 1; column < last_column; column++) {
		mvwaddstr(window, area->row, column, piece[4]);
		mvwaddstr(window, last_row, column, piece[4]);
	}
	for (int row = area->row + 1; row < last_row; row++) {
		mvwaddstr(window, row, area->column, piece[5]);
		mvwaddstr(window, row, last_column, piece[5]);
	}
	mvwaddstr(window, area->row, area->column, piece[0]);
	mvwaddstr(window, area->row, last_column, piece[1]);
	mvwaddstr(window, last_row, area->column, piece[2]);
	mvwaddstr(window, last_row, last_column, piece[3]);
	int width = (int)page_columns(title, strlen(title));
	int room = area->columns - 6;
	mvwaddch(window, area->row, area->column + 2, ' ');
	view_text(window, area->row, area->column + 3, width < room ? width : room,
		theme->attributes[ROLE_HEADING], title);
	waddch(window, ' ');
}
