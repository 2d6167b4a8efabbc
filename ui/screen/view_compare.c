/* What is open against another image: the choice of the other one, and what differs. */
#include "ui/screen/views.h"

#include "src/golden.h"
#include "src/value_text.h"

#include <stdlib.h>

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	size_t first, past;
	page_init(&page, (unsigned)area->columns);
	comparison_text(&page, &first, &past, &app->comparison, app->session, app->reveal);
	view_page_around(window, area, app, theme, &page, first, past, cursor);
	page_free(&page);
}

static void draw_choices(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	size_t line;
	page_init(&page, (unsigned)area->columns);
	comparison_choices_text(&page, &line, &app->choices);
	view_page_around(window, area, app, theme, &page, line, line + 1, cursor);
	page_free(&page);
}

static void choose(struct app *app)
{
	comparison_choices_free(&app->choices);
	comparison_choices_find(&app->choices, app->session,
		app->environment->session.source.state_folder, app->has_before);
	app_show(app, VIEW_COMPARE_WITH);
}

void view_compare(struct app *app)
{
	if (app->comparison.is_set)
		app_show(app, VIEW_COMPARE);
	else
		choose(app);
}

static void take(struct app *app)
{
	const struct comparison_choice *item = &app->choices.items[app->choices.chosen];
	struct errbuf err = {0};
	if (app->choices.count == 0)
		return;
	if (!item->path)
		comparison_take(&app->comparison, &app->before);
	else if (comparison_read(&app->comparison, item->path, &app->environment->session,
			 app->session, &err) != OK) {
		app_say(app, TONE_ERROR, "%s", err.text);
		return;
	}
	app->comparison.word = 0;
	app->view = VIEW_COMPARE;
}

static void key_choices(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	struct comparison_choices *choices = &app->choices;
	size_t last = choices->count > 0 ? choices->count - 1 : 0;
	switch ((int)action) {
	case ACTION_UP: choices->chosen -= choices->chosen > 0 ? 1 : 0; break;
	case ACTION_DOWN: choices->chosen += choices->chosen < last ? 1 : 0; break;
	case ACTION_FIRST: choices->chosen = 0; break;
	case ACTION_LAST: choices->chosen = last; break;
	case ACTION_ACCEPT: take(app); break;
	case ACTION_BACK:
		if (app->comparison.is_set)
			app->view = VIEW_COMPARE;
		else
			app_back(app);
		break;
	default: break;
	}
}

static void go_to_word(struct app *app)
{
	const struct image *here = &app->session->image;
	comparison_move(&app->comparison, here, 0);
	if (app->comparison.word >= here->word_count) {
		app_say(app, TONE_WARNING, "there is no word %u here", app->comparison.word);
		return;
	}
	app->selected = app->comparison.word;
	app_back(app);
}

/* --- staging what is there --- */

/* What leads from here to there, as far as fuses allow, besides what is staged. */
static unsigned merge(struct edits *edits, const struct golden *golden)
{
	unsigned count = 0;
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		if (!edit_is_empty(&golden->edits.word[word])) {
			edits->word[word] = golden->edits.word[word];
			count++;
		}
	return count;
}

static void tell_taken(struct app *app, const struct golden *golden, unsigned count, bool all)
{
	const struct golden_gap *gap = golden->gap_count > 0 ? golden->gaps : NULL;
	const char *undo = app_key_name(app, KEYS_COMPARE, ACTION_UNDO);
	if (count == 0 && gap)
		app_say(app, TONE_WARNING, "nothing is staged: word %u: %s", gap->word, gap->text);
	else if (count == 0)
		app_say(app, TONE_WARNING, "nothing is staged: %s",
			all ? "no word that may be taken can become what it is there"
			    : "no burn and no permanent lock leads there");
	else if (gap)
		app_say(app, TONE_WARNING,
			"%u word%s staged as there, '%s' undoes this; %zu cannot be, such as %u: "
			"%s",
			count, count == 1 ? " is" : "s are", undo, golden->gap_count, gap->word,
			gap->text);
	else
		app_say(app, TONE_GOOD,
			"%u word%s staged as there, permanent locks too; '%s' undoes this", count,
			count == 1 ? " is" : "s are", undo);
}

/* The word, and where it is part of a value of several words, all of them: half is worse than none.
 */
static void select_value(bool selected[IMAGE_MAX_WORDS], const struct app *app, unsigned word)
{
	const struct chip_entry *entry = value_entry(app->session->chip, word);
	selected[word] = true;
	for (unsigned i = entry ? entry->first : 1; i <= (entry ? entry->last : 0); i++)
		selected[i] = true;
}

static void take_there(struct app *app, bool all)
{
	struct comparison *comparison = &app->comparison;
	struct edits edits = *draft_edits(app->draft);
	bool selected[IMAGE_MAX_WORDS] = {false};
	struct errbuf err = {0};
	comparison_move(comparison, &app->session->image, 0);
	select_value(selected, app, comparison->word);
	struct golden_question question = {.golden = &comparison->there,
		.chip = app->session->chip,
		.board = app->session,
		.selected = all ? NULL : selected};
	struct golden *golden = calloc(1, sizeof *golden);
	if (!golden) {
		app_say(app, TONE_ERROR, "out of memory: nothing is staged");
	} else if (comparison->chip[0]) {
		app_say(app, TONE_WARNING,
			"the other image is of another family: nothing is staged from it");
	} else if (golden_make(golden, &question, &err) != OK) {
		app_say(app, TONE_ERROR, "%s", err.text);
	} else {
		unsigned count = merge(&edits, golden);
		if (count == 0 || app_stage_all(app, &edits))
			tell_taken(app, golden, count, all);
	}
	free(golden);
}

static void key(struct app *app, enum action action, const struct key *pressed)
{
	(void)pressed;
	struct comparison *comparison = &app->comparison;
	const struct image *here = &app->session->image;
	long page = app->layout.body.rows / 2;
	switch ((int)action) {
	case ACTION_UP: comparison_move(comparison, here, -1); break;
	case ACTION_DOWN: comparison_move(comparison, here, 1); break;
	case ACTION_PAGE_UP: comparison_move(comparison, here, -page); break;
	case ACTION_PAGE_DOWN: comparison_move(comparison, here, page); break;
	case ACTION_FIRST: comparison_move(comparison, here, -IMAGE_MAX_WORDS); break;
	case ACTION_LAST: comparison_move(comparison, here, IMAGE_MAX_WORDS); break;
	case ACTION_ACCEPT: go_to_word(app); break;
	case ACTION_COMPARE: choose(app); break;
	case ACTION_TAKE: take_there(app, false); break;
	case ACTION_TAKE_ALL: take_there(app, true); break;
	case ACTION_UNDO:
		app_say(app, TONE_PLAIN, draft_undo(app->draft) ? "undone" : "nothing to undo");
		break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view compare_view = {"compared", KEYS_COMPARE, VIEW_WHOLE, draw, NULL, key};
const struct view compare_with_view = {
	"compare with what?", KEYS_COMPARE_WITH, VIEW_WHOLE, draw_choices, NULL, key_choices};
