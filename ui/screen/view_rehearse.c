/* A rehearsal on a simulated twin: what should go wrong there, and what came of it. */
#include "ui/screen/views.h"

#include "ui/screen/rehearsal_text.h"

#include <stdio.h>
#include <stdlib.h>

static unsigned fault_count(void)
{
	unsigned count = 0;
	while (rehearsal_faults[count].name)
		count++;
	return count;
}

/* The word that goes wrong: the one under the cursor where something is staged for it, else the
 * first such one. */
static unsigned fault_word(const struct app *app)
{
	if (!edit_is_empty(app_edit(app, app->selected)))
		return app->selected;
	unsigned word = 0;
	while (word + 1 < app->session->image.word_count && edit_is_empty(app_edit(app, word)))
		word++;
	return word;
}

void view_rehearse(struct app *app)
{
	if (edits_count(draft_edits(app->draft)) == 0) {
		app_say(app, TONE_PLAIN, "nothing is staged that could be rehearsed");
		return;
	}
	app->rehearsal_cursor = 0;
	app_show(app, VIEW_REHEARSE);
}

static void fill(struct page *page, const struct app *app, size_t *first)
{
	unsigned count = edits_count(draft_edits(app->draft));
	page_wrap(page, TONE_HEADING, 0,
		"The %u word%s staged %s burnt on a simulated twin of this board, as it was read "
		"last. Nothing is sent to the board itself.",
		count, count == 1 ? "" : "s", count == 1 ? "is" : "are");
	page_end(page);
	page_wrap(page, TONE_PLAIN, 0, "What should go wrong on the twin?");
	*first = page->line_count;
	for (unsigned i = 0; i < fault_count(); i++) {
		char about[120];
		bool chosen = i == app->rehearsal_cursor;
		rehearsal_text_about(about, sizeof about, &rehearsal_faults[i], fault_word(app));
		page_add(page, chosen ? TONE_HEADING : TONE_PLAIN, "%s %s", chosen ? ">" : " ",
			about);
		page_end(page);
	}
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	size_t first;
	page_init(&page, (unsigned)area->columns);
	fill(&page, app, &first);
	size_t line = first + app->rehearsal_cursor;
	view_page_around(window, area, app, theme, &page, line, line + 1, cursor);
	page_free(&page);
}

static void start(struct app *app)
{
	const struct rehearsal_fault *row = &rehearsal_faults[app->rehearsal_cursor];
	char fault[64];
	snprintf(fault, sizeof fault, row->of_word ? "%s%u" : "%s", row->name, fault_word(app));
	if (!app->worker || !worker_rehearse(app->worker, draft_edits(app->draft), fault))
		app_say(app, TONE_WARNING, "the board is busy: once more, please");
	else
		app_say(app, TONE_PLAIN, "rehearsing on the twin ...");
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	unsigned last = fault_count() - 1;
	(void)key;
	switch ((int)action) {
	case ACTION_UP: app->rehearsal_cursor -= app->rehearsal_cursor > 0 ? 1 : 0; break;
	case ACTION_DOWN: app->rehearsal_cursor += app->rehearsal_cursor < last ? 1 : 0; break;
	case ACTION_FIRST: app->rehearsal_cursor = 0; break;
	case ACTION_LAST: app->rehearsal_cursor = last; break;
	case ACTION_ACCEPT: start(app); break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

void view_rehearsed(struct app *app, struct worker_event *event)
{
	free(app->rehearsal);
	app->rehearsal = event->rehearsal;
	if (event->status != OK) {
		app_say(app, TONE_ERROR, "nothing was rehearsed: %s", event->error.text);
		return;
	}
	/* The person has left meanwhile. */
	if (app->view != VIEW_REHEARSE)
		return;
	app->view = VIEW_REHEARSAL;
	app->page_view = VIEW_COUNT;
	app_say(app, TONE_PLAIN, "rehearsed on a simulated twin: nothing was sent to the board");
}

const struct view rehearse_view = {
	.title = "rehearse on a simulated twin",
	.keys = KEYS_REHEARSE,
	.draw = draw,
	.key = on_key,
};
