/* The line where a person types what to find, or a command. */
#include "ui/screen/views.h"

#include "ui/screen/prompt_command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- drawing --- */

/* What stands above the line while nothing went wrong: how it goes on. */
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
	else if (app->prompt.kind == PROMPT_FIND)
		found_line(&page, app);
	else
		page_wrap(&page, TONE_FAINT, 0, "%s", prompt_command_usage(app));
	int column = put_line(&page, app, area->columns);
	int rows = (int)page.line_count < area->rows ? (int)page.line_count : area->rows;
	struct rect used = {area->row + area->rows - rows, area->column, rows, area->columns};
	view_page(window, &used, theme, &page, page.line_count - (size_t)rows);
	view_margin(window, &used);
	page_free(&page);
	*cursor = (struct point){area->row + area->rows - 1, area->column + column};
}

/* --- keys --- */

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

static void complete(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	struct completion *completion = malloc(sizeof *completion);
	const char *words[COMPLETION_MAX];
	char text[sizeof app->message], prefix[TEXT_LINE_MAX + 1];
	if (!completion)
		return;
	if (prompt->kind == PROMPT_COMMAND) {
		prompt_command_complete(completion, app);
	} else {
		completion_begin(completion, &prompt->line);
		completion->start += prompt->line.text[completion->start] == '!' ? 1 : 0;
		snprintf(
			prefix, sizeof prefix, "%.*s", (int)prompt->line.cursor, prompt->line.text);
		size_t count = search_complete(words, COMPLETION_MAX, prefix);
		for (size_t i = 0; i < count; i++)
			completion_offer(completion, &prompt->line, words[i]);
	}
	completion_apply(completion, &prompt->line);
	completion_text(text, sizeof text, completion);
	if (completion->count != 1)
		app_say(app, TONE_PLAIN, "%s",
			completion->count ? text : "nothing that is known goes on like this");
	free(completion);
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
		prompt_look(app);
	return mark || prompt->cut;
}

static void key_prompt(struct app *app, enum action action, const struct key *key)
{
	struct prompt *prompt = &app->prompt;
	struct text_line *line = &prompt->line;
	const struct text_line before = *line;
	if (is_swallowed(app, key, action == ACTION_ACCEPT))
		return;
	switch ((int)action) {
	case ACTION_ACCEPT:
		if (prompt->kind == PROMPT_FIND)
			prompt_find(app);
		else
			prompt_command_do(app);
		return;
	case ACTION_COMPLETE: complete(app); break;
	case ACTION_BACK:
		if (prompt->kind == PROMPT_FIND && prompt->origin < app->session->image.word_count)
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
	/* Looking takes time: a full line that more is sent to is not looked for again. */
	if (strcmp(before.text, line->text) != 0)
		prompt_look(app);
}

const struct view prompt_view = {"", KEYS_LINE, VIEW_FOOTER, draw_prompt, NULL, key_prompt};
