#include "ui/screen/draw.h"

#include "src/field.h"
#include "src/word_status.h"
#include "ui/screen/blanks.h"
#include "ui/screen/live.h"
#include "ui/screen/shape.h"
#include "ui/screen/views.h"
#include "ui/screen/word_page.h"

#include <stdio.h>
#include <string.h>

/* Adds a piece at *column in a style; a piece that does not fit whole is left out. */
static void piece(WINDOW *window, int row, int *column, int last, attr_t style, const char *text)
{
	int width = (int)page_columns(text, strlen(text));
	if (*column + width > last || width == 0)
		return;
	view_text(window, row, *column, width, style, text);
	*column += width;
}

static const char *link_text(const struct app *app)
{
	static const char *const glyphs[2][5] = {
		{"\xE2\x97\x90 opening", "\xE2\x97\x8F", "\xE2\x97\x90", "\xE2\x97\x8B lost",
			"file"},
		{"~ opening", "*", "~", "o lost", "file"}};
	return glyphs[app->ascii ? 1 : 0][app->link];
}

static void draw_header(const struct app *app, WINDOW *window, const struct theme *theme)
{
	const struct rect *area = &app->layout.header;
	const struct session *session = app->session;
	attr_t style = theme->attributes[ROLE_HEADER];
	char text[320];
	int column = 0, last = area->columns;
	view_text(window, area->row, 0, area->columns, style, "");
	/* Narrow: the footer says what is staged, and which board it is matters more than a name.
	 */
	bool narrow = session && last < 80;
	if (!narrow && (app->link != LINK_LOST || last >= 100))
		piece(window, area->row, &column, last, style, " otpedit ");
	if (!session) {
		snprintf(text, sizeof text, " %s",
			app_is_before_opening(app->view) ? "" : link_text(app));
		piece(window, area->row, &column, last, style, text);
		return;
	}
	/* What matters most for safety comes first: pieces that do not fit are left out. */
	bool armed = session->arming.armed;
	snprintf(text, sizeof text, " %s ",
		app->link == LINK_OFFLINE ? "OFFLINE"
		: armed                   ? "ARMED"
					  : "READ-ONLY");
	piece(window, area->row, &column, last, armed ? theme->attributes[ROLE_ARMED] : style,
		text);
	char part[64] = "";
	if (session->has_image)
		field_part_number(part, sizeof part, session->chip, &session->image);
	snprintf(text, sizeof text, " %s ", part[0] ? part : session->chip->title);
	piece(window, area->row, &column, last, style, text);
	snprintf(text, sizeof text, " staged %u ", edits_count(draft_edits(app->draft)));
	if (!narrow)
		piece(window, area->row, &column, last, style, text);
	if (session->has_image && !(narrow && app->link == LINK_LOST)) {
		snprintf(text, sizeof text, " %s ", global_state_name(session->image.state));
		piece(window, area->row, &column, last, style, text);
	}
	/* Which board it is matters more than the name it was opened by. */
	snprintf(text, sizeof text, " %s ", link_text(app));
	piece(window, area->row, &column, last, style, text);
	size_t length = strlen(session->board);
	snprintf(text, sizeof text, " %s ..%s ",
		strncmp(session->board, "serial:", 7) == 0 ? "serial" : "UID",
		length > 8 ? session->board + length - 8 : session->board);
	if (length > 0)
		piece(window, area->row, &column, last, style, text);
	snprintf(text, sizeof text, " %.40s ", session->source_text);
	piece(window, area->row, &column, last, style, text);
	snprintf(text, sizeof text, " %s ", session->info.peer_text);
	if (app->link != LINK_OFFLINE)
		piece(window, area->row, &column, last, style, text);
}

static void staged_text(char *out, size_t cap, const struct app *app)
{
	size_t used = 0;
	char chosen[120] = "", words[80];
	int columns = app->layout.columns;
	unsigned count = edits_count(draft_edits(app->draft));
	selection_text(words, columns < 120 ? sizeof words / 2 : sizeof words, &app->selection);
	/* Narrow: which words they are is in the grid, and what is staged nowhere else. */
	if (app->selection.count > 0)
		snprintf(chosen, sizeof chosen, " %u selected%s%s ", app->selection.count,
			columns < 80 ? "" : ": ", columns < 80 ? "" : words);
	if (count == 0) {
		snprintf(out, cap, "%s nothing staged", chosen);
		return;
	}
	used = (size_t)snprintf(out, cap, "%s %u staged:", chosen, count);
	bool closing_told = false; /* some chips are closed by several words: it is one thing */
	for (unsigned word = 0; word < IMAGE_MAX_WORDS && used + 60 < cap; word++) {
		const struct edit *edit = app_edit(app, word);
		if (edit_is_empty(edit))
			continue;
		if (edit->closes && !closing_told)
			used += (size_t)snprintf(
				out + used, cap - used, "  CLOSE THE DEVICE FOR EVER");
		closing_told |= edit->closes;
		if (edit->sets_value && !edit->closes)
			used += (size_t)snprintf(
				out + used, cap - used, "  %u=%08X", word, (unsigned)edit->value);
		if (edit->locks)
			used += (size_t)snprintf(out + used, cap - used, "%s%u",
				edit->sets_value ? "+lock " : "  lock ", word);
	}
}

static void draw_keys(const struct app *app, WINDOW *window, const struct theme *theme)
{
	const struct rect *area = &app->layout.keys;
	const struct key_binding *row;
	int column = 1, last = area->columns;
	view_text(window, area->row, 0, area->columns, theme->attributes[ROLE_TEXT], "");
	for (size_t i = 0; (row = keymap_row(&app->keys, view_of(app->view)->keys, i)) != NULL;
		i++) {
		char text[64];
		if (!row->hint)
			continue;
		snprintf(text, sizeof text, " %s  ", row->hint);
		int width = (int)(strlen(row->key) + strlen(text));
		if (column + width > last + 2)
			continue;
		piece(window, area->row, &column, last, theme->attributes[ROLE_KEY], row->key);
		text[strlen(text) - (column + width > last ? 2 : 0)] = '\0';
		piece(window, area->row, &column, last, theme->attributes[ROLE_TEXT], text);
	}
}

/* A message that needs more rows covers what is above while it stays: no reason is ever cut.
 * So many rows cover the feet of preview and confirmation at most, never a line that counts as
 * seen.
 */
#define MESSAGE_ROWS 5

static void draw_message(const struct app *app, WINDOW *window, const struct theme *theme)
{
	const struct layout *layout = &app->layout;
	struct page page;
	page_init(&page, (unsigned)layout->columns - 2);
	page_wrap(&page, app->message_tone, 0, "%s", app->message);
	int rows = page.line_count > MESSAGE_ROWS ? MESSAGE_ROWS : (int)page.line_count;
	struct rect area = {layout->message.row - rows + 1, 1, rows, layout->columns - 1};
	view_page(window, &area, theme, &page, 0);
	view_margin(window, &area);
	page_free(&page);
}

/* What the selected word is, where the grid leaves no room to say it beside. */
static bool draw_word_name(const struct app *app, WINDOW *window, const struct theme *theme)
{
	const struct rect *area = &app->layout.message;
	char name[64], text[100];
	if (!app->session || app->layout.detail.columns > 0 ||
		app->selected >= app->session->image.word_count)
		return false;
	chip_word_name(name, sizeof name, app->session->chip, app->selected);
	snprintf(text, sizeof text, "word %u, %s: Enter shows all about it", app->selected, name);
	view_text(window, area->row, 1, area->columns - 1, theme->attributes[ROLE_TEXT], text);
	return true;
}

static void draw_footer(
	const struct app *app, WINDOW *window, const struct theme *theme, struct point *cursor)
{
	const struct layout *layout = &app->layout;
	char text[512], changed[32] = "", last_read[48];
	if (app->session) {
		staged_text(text, sizeof text, app);
		live_text(last_read, sizeof last_read, app);
		if (live_changed(app) > 0)
			snprintf(changed, sizeof changed, "~%u changed  ", live_changed(app));
		int width = (int)strlen(last_read) + 1, marks = (int)strlen(changed);
		view_text(window, layout->staged.row, 0, layout->columns - width - marks,
			theme->attributes[edits_count(draft_edits(app->draft)) ? ROLE_STAGED
									       : ROLE_FAINT],
			text);
		view_text(window, layout->staged.row, layout->columns - width - marks, marks,
			theme->attributes[ROLE_CHANGED], changed);
		view_text(window, layout->staged.row, layout->columns - width, width,
			theme->attributes[ROLE_FAINT], last_read);
	}
	const struct view *view = view_of(app->view);
	struct rect above = {
		layout->message.row - MESSAGE_ROWS + 1, 1, MESSAGE_ROWS, layout->columns - 1};
	if (view->place == VIEW_FOOTER)
		view->draw(app, window, &above, theme, cursor);
	else if (app->message[0] || app->view != VIEW_GRID || !draw_word_name(app, window, theme))
		draw_message(app, window, theme);
	draw_keys(app, window, theme);
}

/* Left of it the grid, and here all about the selected word, as far as there is room. */
static void draw_detail(const struct app *app, WINDOW *window, const struct theme *theme)
{
	struct rect inside;
	char title[32];
	if (app->layout.detail.columns < 10 || app->selected >= app->session->image.word_count)
		return;
	snprintf(title, sizeof title, "%03u", app->selected);
	view_frame(window, &app->layout.detail, title, app, theme, &inside);
	struct page page;
	page_init(&page, (unsigned)inside.columns);
	word_page(&page, app, app->selected);
	bool more = page.line_count > (size_t)inside.rows;
	view_page(window, &inside, theme, &page, 0);
	if (more)
		view_text(window, inside.row + inside.rows - 1, inside.column, inside.columns,
			theme->attributes[ROLE_KEY], "Enter shows the rest");
	page_free(&page);
}

static void draw_body(
	struct app *app, WINDOW *window, const struct theme *theme, struct point *cursor)
{
	/* A view in the footer leaves what was shown. */
	enum view_id shown = view_of(app->view)->place == VIEW_FOOTER ? app->below : app->view;
	const struct view *view = view_of(shown);
	bool beside = view->place == VIEW_BESIDE_GRID && app->layout.detail.columns >= 50;
	bool with_grid = shown == VIEW_GRID || beside;
	struct rect inside;
	if (with_grid) {
		struct point grid_cursor = {-1, -1};
		view_frame(window, &app->layout.grid, shape_of(app)->title, app, theme, &inside);
		grid_view.layout(app, &inside);
		grid_view.draw(app, window, &inside, theme, &grid_cursor);
		*cursor = grid_cursor;
		if (shown == VIEW_GRID) {
			draw_detail(app, window, theme);
			return;
		}
	}
	const struct rect *area = beside ? &app->layout.detail : &app->layout.body;
	view_frame(window, area, view->title, app, theme, &inside);
	if (view->layout)
		view->layout(app, &inside);
	view->draw(app, window, &inside, theme, cursor);
}

static void draw_too_small(struct app *app, WINDOW *window)
{
	static const struct rect nothing;
	const struct view *view = view_of(app->view);
	char text[80];
	/* What is being confirmed must know that it cannot be seen. */
	if (app->view == VIEW_PREVIEW || app->view == VIEW_CONFIRM)
		view->layout(app, &nothing);
	snprintf(text, sizeof text, "too small: %dx%d needed", LAYOUT_MIN_COLUMNS, LAYOUT_MIN_ROWS);
	werase(window);
	mvwaddnstr(window, 0, 0, text, app->layout.columns);
}

void draw_screen(struct app *app, WINDOW *window, const struct theme *theme)
{
	int rows, columns;
	struct point cursor = {-1, -1};
	getmaxyx(window, rows, columns);
	app->layout = layout_make(rows, columns);
	if (app->shape == SHAPE_LIST)
		layout_for_list(&app->layout);
	if (app->words_alone)
		layout_without_detail(&app->layout);
	wbkgdset(window, theme_blank(theme));
	if (app->layout.too_small) {
		draw_too_small(app, window);
		return;
	}
	werase(window);
	draw_header(app, window, theme);
	if (app->session || app_is_before_opening(app->view))
		draw_body(app, window, theme, &cursor);
	draw_footer(app, window, theme, &cursor);
	blanks_settle(window, theme->attributes[ROLE_TEXT]);
	if (cursor.row >= 0)
		wmove(window, cursor.row, cursor.column);
}
