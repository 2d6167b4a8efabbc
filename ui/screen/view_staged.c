/* What is staged, word by word; and the question before it is dropped by quitting. */
#include "ui/screen/views.h"

#include "src/word_status.h"
#include "ui/screen/plan_text.h"

#include <stdio.h>

/* The index-th staged word; false past the last. */
static bool staged_word(unsigned *word, const struct app *app, unsigned index)
{
	for (unsigned i = 0; i < IMAGE_MAX_WORDS; i++)
		if (!edit_is_empty(app_edit(app, i)) && index-- == 0) {
			*word = i;
			return true;
		}
	return false;
}

static void put_value(
	struct page *page, const struct app *app, unsigned word, const struct edit *edit, bool mask)
{
	char now[9] = "********", then[9] = "********";
	if (!app_is_masked(app, word))
		snprintf(now, sizeof now, "%08X", (unsigned)app->session->image.value[word]);
	if (!mask)
		snprintf(then, sizeof then, "%08X", (unsigned)edit->value);
	page_add(page, TONE_FOREVER, " %s -> %s", now, then);
}

static void put_line(struct page *page, const struct app *app, unsigned word,
	const struct edit *edit, bool selected, bool mask)
{
	char name[64];
	chip_word_name(name, sizeof name, app->session->chip, word);
	page_add(page, selected ? TONE_HEADING : TONE_PLAIN, "%s %03u %-*s", selected ? ">" : " ",
		word, page->width < 70 ? 14 : 21, name);
	if (edit->closes)
		page_add(page, TONE_FOREVER, " close the device for ever");
	else if (edit->sets_value)
		put_value(page, app, word, edit, mask);
	for (const struct word_status_bit *bit = word_status_bits; bit->name; bit++)
		if (bit->is_lock && (edit->locks >> bit->bit & 1))
			page_add(page, bit->bit == 30 ? TONE_FOREVER : TONE_CHANGE, " + %s lock",
				bit->word);
	page_end(page);
}

void view_staged_line(struct page *page, const struct app *app, unsigned word,
	const struct edit *edit, bool selected)
{
	put_line(page, app, word, edit, selected, false);
}

static void edit_line(
	struct page *page, const struct app *app, unsigned word, bool selected, bool mask)
{
	struct errbuf reason;
	put_line(page, app, word, app_edit(app, word), selected, mask);
	if (!app_is_refused(app, word, &reason))
		return;
	if (mask)
		plan_text_mask(reason.text);
	page_add(page, TONE_ERROR, "      refused now: ");
	page_wrap(page, TONE_ERROR, 6, "%s", reason.text);
}

void view_staged_text(struct page *page, const struct app *app)
{
	unsigned word;
	for (unsigned i = 0; staged_word(&word, app, i); i++)
		edit_line(page, app, word, false, chip_word_is_secret(app->session->chip, word));
	if (page->line_count == 0)
		page_wrap(page, TONE_PLAIN, 0, "Nothing is staged.");
}

static void draw_staged(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	unsigned word;
	page_init(&page, (unsigned)area->columns);
	size_t chosen = 0, past = 0; /* the lines of the chosen word */
	for (unsigned i = 0; staged_word(&word, app, i); i++) {
		bool is_chosen = i == app->staged_cursor;
		chosen = is_chosen ? page.line_count : chosen;
		edit_line(&page, app, word, is_chosen, false);
		past = is_chosen ? page.line_count : past;
	}
	if (page.line_count == 0)
		page_wrap(&page, TONE_PLAIN, 2,
			"Nothing is staged. '%s' edits a word, '%s' locks it.",
			app_key_name(app, KEYS_GRID, ACTION_EDIT),
			app_key_name(app, KEYS_GRID, ACTION_LOCK));
	size_t shown = (size_t)area->rows, first = past > shown ? past - shown : 0;
	first = first > chosen ? chosen : first;
	view_page(window, area, theme, &page, first);
	page_free(&page);
	*cursor = (struct point){area->row + (int)(chosen - first), area->column};
}

static void key_staged(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	unsigned count = edits_count(draft_edits(app->draft)), word = 0;
	bool there = staged_word(&word, app, app->staged_cursor);
	struct edit nothing = {0};
	switch ((int)action) {
	case ACTION_UP: app->staged_cursor -= app->staged_cursor > 0 ? 1 : 0; break;
	case ACTION_DOWN: app->staged_cursor += app->staged_cursor + 1 < count ? 1 : 0; break;
	case ACTION_DROP:
		if (there && app_stage(app, word, &nothing))
			app->staged_cursor -=
				app->staged_cursor > 0 && app->staged_cursor + 1 == count ? 1 : 0;
		break;
	case ACTION_UNDO: draft_undo(app->draft); break;
	case ACTION_PREVIEW:
		if (app_plan(app))
			app_show(app, VIEW_PREVIEW);
		break;
	case ACTION_ACCEPT:
		if (there)
			app->selected = word;
		app->view = VIEW_GRID;
		break;
	case ACTION_BACK: app->view = VIEW_GRID; break;
	default: break;
	}
}

static void draw_quit(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	unsigned count = edits_count(draft_edits(app->draft));
	page_init(&page, (unsigned)area->columns);
	page_wrap(&page, TONE_HEADING, 2, "%u word%s staged and not burnt.", count,
		count == 1 ? " is" : "s are");
	page_end(&page);
	const struct key_binding *row;
	for (size_t i = 0; (row = keymap_row(&app->keys, KEYS_QUIT, i)) != NULL; i++)
		if (row->hint)
			view_key_line(&page, row->key, row->hint);
	view_page(window, area, theme, &page, 0);
	page_free(&page);
	*cursor = (struct point){area->row, area->column};
}

/* Said by a person: what is staged is not kept for the next start. */
static void drop_and_quit(struct app *app)
{
	static const struct edits nothing;
	struct errbuf err = {0};
	app->quit = draft_replace(app->draft, &nothing, &err) == OK;
	if (!app->quit)
		app_say(app, TONE_ERROR, "%s", err.text);
}

static void key_quit(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch ((int)action) {
	case ACTION_ACCEPT: drop_and_quit(app); break;
	case ACTION_SAVE_PLAN:
		view_save_plan(app);
		app_back(app);
		break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view staged_view = {
	"what is staged", KEYS_STAGED, VIEW_WHOLE, draw_staged, NULL, key_staged};
const struct view quit_view = {"quit?", KEYS_QUIT, VIEW_WHOLE, draw_quit, NULL, key_quit};
