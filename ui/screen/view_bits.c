/* The word bit by bit. A burnt bit cannot be chosen away. */
#include "ui/screen/views.h"

#include "src/field.h"
#include "src/word_status.h"
#include "ui/screen/word_page.h"

#include <stdio.h>

static void field_of_bit(struct page *page, const struct app *app)
{
	const struct chip *chip = app->session->chip;
	size_t count = chip_word_field_count(chip, app->selected);
	for (size_t i = 0; i < count; i++) {
		const struct chip_field *field = chip_word_field(chip, app->selected, i);
		if (app->bit_cursor > field->high || app->bit_cursor < field->low)
			continue;
		char text[80], bits[WORD_PAGE_BITS];
		field_text(text, sizeof text, field, app->bits);
		word_page_field_bits(bits, field);
		page_wrap(page, TONE_PLAIN, 2, "field %s (%s) = %s", field->name, bits, text);
		if (field->about[0])
			page_wrap(page, TONE_FAINT, 2, "%s", field->about);
	}
}

static void bits_page(struct page *page, const struct app *app, int *first_row)
{
	char name[64];
	uint32_t board = app->session->image.value[app->selected];
	chip_word_name(name, sizeof name, app->session->chip, app->selected);
	if (app->selection.count > 1)
		view_targets(page, app);
	page_wrap(page, TONE_HEADING, 2, "word %u, %s", app->selected, name);
	page_end(page);
	*first_row = (int)page->line_count;
	word_page_bits(page, board, app->bits, "new", (int)app->bit_cursor);
	page_end(page);
	bool burnt = (board >> app->bit_cursor & 1) != 0;
	bool chosen = (app->bits >> app->bit_cursor & 1) != 0;
	const char *toggle = app_key_name(app, KEYS_BITS, ACTION_TOGGLE);
	if (burnt)
		page_wrap(page, TONE_FAINT, 2, "bit %u: is burnt and stays 1", app->bit_cursor);
	else
		page_wrap(page, TONE_HEADING, 2,
			chosen ? "bit %u: 0, and chosen to become 1: %s takes that back"
			       : "bit %u: 0: %s chooses it to become 1",
			app->bit_cursor, toggle);
	page_wrap(page, TONE_PLAIN, 2, "value 0x%08X", (unsigned)app->bits);
	if (app->bits == board)
		word_page_barred(page, app, app->selected);
	field_of_bit(page, app);
	if (app->bits != board) {
		struct edit edit = *app_edit(app, app->selected);
		edit.sets_value = true;
		edit.closes = false;
		edit.value = app->bits;
		word_page_remarks(page, app, app->selected, &edit);
	}
}

static void draw_bits(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	page_init(&page, (unsigned)area->columns);
	int first_row = 0;
	bits_page(&page, app, &first_row);
	view_page(window, area, theme, &page, 0);
	if (page.line_count > (size_t)area->rows)
		view_hidden(window, area, app, theme, page.line_count - (size_t)area->rows);
	page_free(&page);
	/* Where word_page_bits() puts the staged row's bit: groups of four, one or two lines of
	 * them. */
	int per_line = area->columns >= 9 + 39 ? 32 : 16;
	int from_left = 31 - (int)app->bit_cursor;
	bool differs = app->bits != app->session->image.value[app->selected];
	int lines = differs ? 4 : 3;
	int column = from_left % per_line;
	*cursor = (struct point){area->row + first_row + from_left / per_line * lines + 1,
		area->column + 9 + column + column / 4};
}

static void toggle(struct app *app)
{
	uint32_t bit = UINT32_C(1) << app->bit_cursor;
	bool known = image_value_is_known(&app->session->image, app->selected);
	if (known && app->session->image.value[app->selected] & bit)
		app_say(app, TONE_WARNING, "bit %u is burnt: a fuse goes from 0 to 1 only",
			app->bit_cursor);
	else
		app->bits ^= bit;
}

/* The bits chosen, besides those that each word has. */
static void accept(struct app *app)
{
	const struct image *image = &app->session->image;
	struct edits edits = *draft_edits(app->draft);
	uint32_t chosen = app->bits & ~image->value[app->selected];
	bool alone = app->selection.count <= 1, any = false;
	char words[160];
	for (unsigned word = 0; word < image->word_count; word++) {
		if (!app_is_target(app, word))
			continue;
		struct edit *edit = &edits.word[word];
		edit->value = alone ? app->bits : image->value[word] | chosen;
		edit->sets_value = edit->value != image->value[word];
		edit->closes = false;
		any |= edit->sets_value;
	}
	if (!app_stage_all(app, &edits))
		return;
	app_targets_text(words, sizeof words, app);
	app_say(app, TONE_PLAIN, "%s: %s", words,
		any ? "the bits are staged; nothing is burnt before the commit"
		    : "no value is staged");
	app_back(app);
}

static void key_bits(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch ((int)action) {
	case ACTION_LEFT: app->bit_cursor = app->bit_cursor == 31 ? 31 : app->bit_cursor + 1; break;
	case ACTION_RIGHT: app->bit_cursor = app->bit_cursor == 0 ? 0 : app->bit_cursor - 1; break;
	case ACTION_FIRST: app->bit_cursor = 31; break;
	case ACTION_LAST: app->bit_cursor = 0; break;
	case ACTION_UP:
		app->bit_cursor = app->bit_cursor >= 24 ? app->bit_cursor : app->bit_cursor + 8;
		break;
	case ACTION_DOWN:
		app->bit_cursor = app->bit_cursor < 8 ? app->bit_cursor : app->bit_cursor - 8;
		break;
	case ACTION_TOGGLE: toggle(app); break;
	case ACTION_ACCEPT: accept(app); break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view bits_view = {"bits", KEYS_BITS, VIEW_BESIDE_GRID, draw_bits, NULL, key_bits};
