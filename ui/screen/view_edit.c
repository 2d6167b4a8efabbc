/* The word as a hex value: typed, with the bits it would burn shown at every key. */
#include "ui/screen/views.h"

#include "src/grammar.h"
#include "src/word_status.h"
#include "ui/screen/word_page.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#define MAX_DIGITS 8

static bool entry_value(uint32_t *out, const struct app *app)
{
	char text[APP_ENTRY_MAX + 2];
	struct errbuf err = {0};
	snprintf(text, sizeof text, "0x%s", app->entry);
	return app->entry_length > 0 && grammar_number(out, text, UINT32_MAX, &err) == OK;
}

/* Rows from which on there is room for more than what must be seen. */
#define ROOMY_ROWS 14

static void edit_page(struct page *page, const struct app *app, bool roomy, int *entry_row)
{
	char name[64];
	uint32_t board = app->session->image.value[app->selected], value = 0;
	bool has_value = entry_value(&value, app);
	chip_word_name(name, sizeof name, app->session->chip, app->selected);
	if (app->selection.count > 1)
		view_targets(page, app);
	page_wrap(page, TONE_HEADING, 2, "word %u, %s", app->selected, name);
	if (roomy) {
		page_wrap(page, TONE_PLAIN, 2,
			"The value the word shall have in the end, in hex. Bits go from 0 to 1 "
			"only.");
		page_end(page);
	}
	*entry_row = (int)page->line_count;
	page_add(page, TONE_HEADING, "  0x%s", app->entry);
	page_add(page, TONE_FAINT, "%.*s", MAX_DIGITS - (int)app->entry_length, "________");
	if (has_value && app->entry_length < MAX_DIGITS)
		page_add(page, TONE_PLAIN, "  is 0x%08X", (unsigned)value);
	page_end(page);
	if (roomy)
		page_end(page);
	word_page_bits(page, board, has_value ? value : board, "new", -1);
	if (roomy)
		page_end(page);
	if (!has_value) {
		word_page_barred(page, app, app->selected);
	} else {
		struct edit edit = *app_edit(app, app->selected);
		edit.sets_value = true;
		edit.closes = false;
		edit.value = value;
		word_page_remarks(page, app, app->selected, &edit);
	}
}

static void draw_edit(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	int entry_row = 0;
	page_init(&page, (unsigned)area->columns);
	edit_page(&page, app, area->rows >= ROOMY_ROWS, &entry_row);
	view_page(window, area, theme, &page, 0);
	if (page.line_count > (size_t)area->rows)
		view_hidden(window, area, app, theme, page.line_count - (size_t)area->rows);
	page_free(&page);
	*cursor = (struct point){area->row + entry_row, area->column + 4 + (int)app->entry_length};
}

static void accept(struct app *app)
{
	struct edits edits = *draft_edits(app->draft);
	char words[160];
	uint32_t value;
	if (!entry_value(&value, app)) {
		app_say(app, TONE_WARNING, "type one to eight hex digits, or leave with Esc");
		return;
	}
	for (unsigned word = 0; word < app->session->image.word_count; word++)
		if (app_is_target(app, word)) {
			edits.word[word].sets_value = true;
			edits.word[word].closes = false;
			edits.word[word].value = value;
		}
	/* Refused: the entry stays open with what was typed. */
	if (!app_stage_all(app, &edits))
		return;
	app_targets_text(words, sizeof words, app);
	app_say(app, TONE_PLAIN, "%s: 0x%08X staged; nothing is burnt before the commit", words,
		(unsigned)value);
	app_back(app);
}

static void key_edit(struct app *app, enum action action, const struct key *key)
{
	bool erase = key->code == KEY_BACKSPACE || key->code == KEY_DC ||
		     (key->code == 0 && (key->character == 127 || key->character == 8));
	if (action == ACTION_BACK) {
		app_back(app);
	} else if (action == ACTION_ACCEPT) {
		accept(app);
	} else if (erase && app->entry_length > 0) {
		app->entry[--app->entry_length] = '\0';
	} else if (key->code == 0 && key->character < 128 && isxdigit((int)key->character)) {
		if (app->entry_length == MAX_DIGITS) {
			app_say(app, TONE_WARNING, "a word has eight hex digits");
			return;
		}
		app->entry[app->entry_length++] = (char)toupper((int)key->character);
		app->entry[app->entry_length] = '\0';
	} else if (key->code == 0 && (key->character == 'x' || key->character == 'X') &&
		   app->entry_length == 1 && app->entry[0] == '0') {
		app->entry_length = 0; /* "0x" typed by habit */
		app->entry[0] = '\0';
	} else if (key->code == 0 && key->character >= ' ') {
		app_say(app, TONE_WARNING, "only hex digits are taken here");
	}
}

const struct view edit_view = {"edit", KEYS_EDIT, VIEW_BESIDE_GRID, draw_edit, NULL, key_edit};
