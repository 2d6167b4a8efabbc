/* The line where a person types what to find. */
#include "ui/screen/views.h"

#include <stdio.h>
#include <string.h>

/* --- drawing --- */

/* What stands above the line: what went wrong, else how it goes. */
static void found_line(struct page *page, const struct app *app)
{
	struct search search;
	struct search_place place = prompt_place(app);
	struct errbuf err = {0};
	unsigned below;
	if (app->prompt.line.length == 0) {
		page_wrap(page, TONE_FAINT, 0,
			"a number, a name, part of what a word says, =VALUE in hex, lock=none, "
			"kind=mac, staged; several of them, and ! for not");
		return;
	}
	if (search_parse(&search, app->prompt.line.text, &err) != OK) {
		page_wrap(page, TONE_WARNING, 0, "%s", err.text);
		return;
	}
	unsigned count = search_count(&search, &place, app->selected, &below);
	if (count == 0)
		page_wrap(page, TONE_WARNING, 0, "no word is found");
	else
		page_wrap(page, TONE_PLAIN, 0, "%u of %u found", below + 1, count);
}

/* The part of the line that fits: the cursor is always in it. Returns the cursor's column. */
static int put_line(struct page *page, const struct app *app, int columns)
{
	const struct text_line *line = &app->prompt.line;
	const char *text = line->text;
	size_t start = 0;
	while (page_columns(text + start, line->cursor - start) + 2 > (unsigned)columns)
		do
			start++;
		while (((unsigned char)text[start] & 0xC0) == 0x80);
	page_add(page, TONE_HEADING, "%s", app->prompt.kind == PROMPT_FIND ? "/" : ":");
	page_add(page, TONE_PLAIN, "%s", text + start);
	page_end(page);
	return 1 + (int)page_columns(text + start, line->cursor - start);
}

static void draw_prompt(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	page_init(&page, (unsigned)area->columns);
	if (app->message[0])
		page_wrap(&page, app->message_tone, 0, "%s", app->message);
	else
		found_line(&page, app);
	int column = put_line(&page, app, area->columns);
	int rows = (int)page.line_count < area->rows ? (int)page.line_count : area->rows;
	struct rect used = {area->row + area->rows - rows, area->column, rows, area->columns};
	view_page(window, &used, theme, &page, page.line_count - (size_t)rows);
	page_free(&page);
	*cursor = (struct point){area->row + area->rows - 1, area->column + column};
}

/* --- keys --- */

/* While a question is typed, the cursor goes to the first word found from where it stood. */
static void look(struct app *app)
{
	struct search search;
	struct search_place place = prompt_place(app);
	struct errbuf err = {0};
	unsigned count = app->session->image.word_count, origin = app->prompt.origin;
	if (app->prompt.kind != PROMPT_FIND || app->pasting)
		return;
	app->selected = origin;
	if (search_parse(&search, app->prompt.line.text, &err) != OK)
		return;
	int found = search_next(&search, &place, (origin + count - 1) % count, false, NULL);
	if (found >= 0)
		app->selected = (unsigned)found;
}

static void find(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	struct search_place place = prompt_place(app);
	struct search search;
	struct errbuf err = {0};
	unsigned below;
	if (prompt->line.length == 0) {
		app_back(app);
		return;
	}
	if (search_parse(&search, prompt->line.text, &err) != OK) {
		app_say(app, TONE_ERROR, "%s", err.text);
		return;
	}
	if (search_count(&search, &place, app->selected, &below) == 0) {
		app_say(app, TONE_WARNING, "no word is found by %s", prompt->line.text);
		return;
	}
	look(app);
	prompt->search = search;
	snprintf(prompt->searched, sizeof prompt->searched, "%.*s",
		(int)sizeof prompt->searched - 1, prompt->line.text);
	/* What is revealed in this run is not for the disk. */
	bool has_value = false;
	for (size_t i = 0; i < search.count; i++)
		has_value |= search.terms[i].by == SEARCH_VALUE;
	history_add(&prompt->history[PROMPT_FIND], prompt->line.text, app->reveal && has_value);
	app_back(app);
	unsigned count = search_count(&search, &place, app->selected, &below);
	app_say(app, TONE_PLAIN, "%u of %u found; %s the next, %s the one before, %s selects all",
		below + 1, count, keymap_key_name(&app->keys, KEYS_GRID, ACTION_FIND_NEXT),
		keymap_key_name(&app->keys, KEYS_GRID, ACTION_FIND_BEFORE),
		keymap_key_name(&app->keys, KEYS_GRID, ACTION_SELECT_FOUND));
}

static void browse(struct prompt *prompt, bool back)
{
	const struct history *history = &prompt->history[prompt->kind];
	if (back ? prompt->at == 0 : prompt->at == history->count)
		return;
	if (prompt->at == history->count)
		prompt->typed = prompt->line;
	prompt->at = back ? prompt->at - 1 : prompt->at + 1;
	if (prompt->at == history->count)
		prompt->line = prompt->typed;
	else
		text_line_set(&prompt->line, history->lines[prompt->at].text);
}

static bool erases(const struct key *key)
{
	return key->code == KEY_BACKSPACE ||
	       (key->code == 0 && (key->character == 127 || key->character == 8));
}

static void type(struct app *app, const struct key *key)
{
	struct text_line *line = &app->prompt.line;
	if (key->code == KEY_DC)
		text_line_do(line, TEXT_LINE_ERASE_AFTER);
	else if (erases(key) && line->length == 0)
		app_back(app); /* one more than was typed */
	else if (erases(key))
		text_line_do(line, TEXT_LINE_ERASE_BEFORE);
	else if (key->code == 0)
		text_line_type(line, key->character);
	if (line->overflowed)
		app_say(app, TONE_WARNING, "the line is full: the rest was not taken");
	line->overflowed = false;
}

/*
 * Of what is pasted the first line is taken, and nothing of it is done before a person presses
 * Enter: behind it could stand letters that are commands in the grid. Terminals without marks
 * around a paste give it away by its pace (phrase.h).
 */
static bool is_swallowed(struct app *app, const struct key *key, bool enter)
{
	struct prompt *prompt = &app->prompt;
	bool mark = key->code == KEY_PASTE_BEGIN || key->code == KEY_PASTE_END;
	bool pasted = app->pasting || key->now_ms - prompt->last_key_ms < PHRASE_GAP_MS;
	prompt->last_key_ms = key->now_ms;
	prompt->cut = (prompt->cut || enter) && (pasted || mark);
	if (prompt->cut)
		app_say(app, TONE_WARNING,
			"nothing that is pasted is done by itself, and only its first line is "
			"taken: "
			"Enter does it");
	if (key->code == KEY_PASTE_END)
		look(app);
	return mark || prompt->cut;
}

static void key_prompt(struct app *app, enum action action, const struct key *key)
{
	struct prompt *prompt = &app->prompt;
	struct text_line *line = &prompt->line;
	if (is_swallowed(app, key, action == ACTION_ACCEPT))
		return;
	switch ((int)action) {
	case ACTION_ACCEPT: find(app); return;
	case ACTION_BACK:
		if (prompt->kind == PROMPT_FIND)
			app->selected = prompt->origin;
		app_back(app);
		return;
	case ACTION_UP: browse(prompt, true); break;
	case ACTION_DOWN: browse(prompt, false); break;
	case ACTION_LEFT: text_line_do(line, TEXT_LINE_LEFT); break;
	case ACTION_RIGHT: text_line_do(line, TEXT_LINE_RIGHT); break;
	case ACTION_FIRST: text_line_do(line, TEXT_LINE_HOME); break;
	case ACTION_LAST: text_line_do(line, TEXT_LINE_END); break;
	case ACTION_ERASE_WORD: text_line_do(line, TEXT_LINE_ERASE_WORD); break;
	case ACTION_ERASE_START: text_line_do(line, TEXT_LINE_ERASE_START); break;
	case ACTION_ERASE_REST: text_line_do(line, TEXT_LINE_ERASE_REST); break;
	case ACTION_NONE: type(app, key); break;
	default: break;
	}
	look(app);
}

const struct view prompt_view = {"", KEYS_LINE, VIEW_FOOTER, draw_prompt, NULL, key_prompt};
