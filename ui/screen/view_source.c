/* What to open, typed: what is in no list. */
#include "ui/screen/views.h"

#include "ui/screen/completion.h"
#include "ui/screen/phrase.h"

#include <stdlib.h>
#include <string.h>

static void fill(struct page *page, unsigned *column, const struct text_line *line)
{
	size_t start = 0;
	page_wrap(page, TONE_PLAIN, 0,
		"The name of a file, or of a board as on the command line: sim:FILE, demo:blank, "
		"dfu:serial=0123, uart:/dev/ttyUSB0,baud=115200. Tab completes names of files.");
	page_end(page);
	/* A long line loses its beginning: the cursor is always in sight. */
	while (page_columns(line->text + start, line->cursor - start) + 4 > page->width)
		do
			start++;
		while (((unsigned char)line->text[start] & 0xC0) == 0x80);
	page_add(page, TONE_HEADING, "> ");
	page_add(page, TONE_PLAIN, "%s", line->text + start);
	page_end(page);
	*column = 2 + page_columns(line->text + start, line->cursor - start);
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	unsigned column;
	page_init(&page, (unsigned)area->columns);
	fill(&page, &column, &app->source_line);
	view_page_around(
		window, area, app, theme, &page, page.line_count - 1, page.line_count, cursor);
	cursor->column = area->column + (int)column;
	page_free(&page);
}

void view_ask_source(struct app *app)
{
	text_line_set(&app->source_line, "");
	app->view = VIEW_SOURCE;
	app->below = VIEW_PICKER;
}

static void leave(struct app *app)
{
	app->view = VIEW_PICKER;
	app->below = VIEW_PICKER;
}

/* What is pasted opens nothing by itself: to open a port sends it something. */
static void accept(struct app *app, bool pasted)
{
	if (pasted)
		app_say(app, TONE_WARNING,
			"nothing that is pasted is opened by itself: Enter does it");
	else if (app->source_line.length == 0)
		leave(app);
	else
		(void)view_open_source(app, app->source_line.text);
}

/* Behind "sim:", or from the beginning. */
static void complete(struct app *app)
{
	struct text_line *line = &app->source_line;
	struct completion *completion = malloc(sizeof *completion);
	char text[200];
	if (!completion)
		return;
	const char *colon = memchr(line->text, ':', line->cursor);
	completion_begin(completion, line);
	completion_offer_files(completion, line, colon ? (size_t)(colon - line->text) + 1 : 0);
	completion_text(text, sizeof text, completion);
	if (completion->count != 1)
		app_say(app, TONE_PLAIN, "%s",
			completion->count ? text : "no file's name goes on like this");
	completion_fill(completion, line);
	free(completion);
}

static void type(struct text_line *line, const struct key *key)
{
	bool erases = key->code == KEY_BACKSPACE ||
		      (key->code == 0 && (key->character == 127 || key->character == 8));
	if (erases)
		text_line_do(line, TEXT_LINE_ERASE_BEFORE);
	else if (key->code == KEY_DC)
		text_line_do(line, TEXT_LINE_ERASE_AFTER);
	else if (key->code == 0)
		text_line_type(line, key->character);
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	struct text_line *line = &app->source_line;
	bool pasted = app->pasting || key->now_ms - app->source_key_ms < PHRASE_GAP_MS;
	app->source_key_ms = key->now_ms;
	switch ((int)action) {
	case ACTION_ACCEPT: accept(app, pasted); return;
	case ACTION_BACK: leave(app); return;
	case ACTION_COMPLETE: complete(app); return;
	case ACTION_LEFT: text_line_do(line, TEXT_LINE_LEFT); return;
	case ACTION_RIGHT: text_line_do(line, TEXT_LINE_RIGHT); return;
	case ACTION_FIRST: text_line_do(line, TEXT_LINE_HOME); return;
	case ACTION_LAST: text_line_do(line, TEXT_LINE_END); return;
	case ACTION_ERASE_WORD: text_line_do(line, TEXT_LINE_ERASE_WORD); return;
	case ACTION_ERASE_START: text_line_do(line, TEXT_LINE_ERASE_START); return;
	case ACTION_ERASE_REST: text_line_do(line, TEXT_LINE_ERASE_REST); return;
	case ACTION_NONE: type(line, key); return;
	default: return;
	}
}

const struct view source_view = {
	.title = "open what?",
	.keys = KEYS_LINE,
	.draw = draw,
	.key = on_key,
};
