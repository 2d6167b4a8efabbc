/* From what is open back to the choice of what to open. */
#include "src/errbuf.h"
#include "src/wipe.h"
#include "ui/screen/app.h"

#include "ui/screen/kept_draft.h"
#include "ui/screen/last_view.h"

#include <stdio.h>
#include <stdlib.h>

/* Why what is open cannot be let go of; false: nothing stands against it. */
static bool hindered(struct app *app)
{
	unsigned staged = edits_count(draft_edits(app->draft)) + edits_count(&app->kept);
	kept_draft_keep(app);
	if (app->report_due)
		app_say(app, TONE_WARNING,
			"what came of the commit is written down nowhere: quit, and the shell is "
			"told");
	else if (staged > 0 && (!app->kept_path[0] || app->keep_failed))
		app_say(app, TONE_WARNING,
			"what is staged cannot be kept here: save it as a plan, or take it back");
	else
		return false;
	return true;
}

/* All that is of the board, but for what the person chose for the screen. */
static void forget(struct app *app)
{
	static const struct edits nothing;
	app_drop_plan(app);
	free(app->rehearsal);
	app->rehearsal = NULL;
	free(app->session);
	app->session = NULL;
	free(app->result);
	app->result = NULL;
	journal_list_free(&app->journal);
	app->journal.is_reading = false;
	comparison_choices_free(&app->choices);
	app->comparison = (struct comparison){0};
	app->selection = (struct selection){0};
	app->selected = app->top_row = app->top_line = app->top_map = 0;
	app->kept = app->saved = nothing;
	app->kept_path[0] = '\0';
	app->has_before = app->live = app->live_declined = false;
	app->read_time[0] = '\0';
	app->prompt.search = (struct search){0};
	app->prompt.marks = false;
	prompt_forget(&app->prompt);
	app->link = LINK_OPENING;
	wipe(&app->before, sizeof app->before);
}

bool app_close(struct app *app)
{
	if (!app->worker || worker_is_busy(app->worker)) {
		app_say(app, TONE_WARNING, "the board is busy");
		return false;
	}
	if (hindered(app))
		return false;
	/* With a new history: what was staged on one board is not undone on another. */
	struct draft *draft = draft_new();
	if (!draft) {
		app_say(app, TONE_ERROR, "out of memory");
		return false;
	}
	last_view_save(app);
	bool kept = edits_count(&app->saved) > 0;
	draft_free(app->draft);
	app->draft = draft;
	/* Before the worker closes it: the copy here borrows from the worker's session. */
	forget(app);
	worker_close(app->worker);
	app->picker.boards_only = false;
	app->picker.chosen[0] = '\0';
	app_pick(app);
	if (kept)
		app_say(app, TONE_PLAIN,
			"what is staged is kept, and offered again when that is opened again");
	return true;
}
