#include "ui/screen/kept_draft.h"

#include "src/kept.h"

#include <stdio.h>
#include <string.h>

static bool all_same(const struct edits *a, const struct edits *b)
{
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		if (!edit_equal(&a->word[word], &b->word[word]))
			return false;
	return true;
}

/* What was left, and over it what is staged. */
static struct edits both(const struct app *app)
{
	struct edits edits = app->kept;
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		if (!edit_is_empty(app_edit(app, word)))
			edits.word[word] = *app_edit(app, word);
	return edits;
}

bool kept_draft_waits(const struct app *app)
{
	return edits_count(&app->kept) > 0;
}

void kept_draft_find(struct app *app)
{
	struct errbuf err = {0};
	const char *folder = app->environment->session.source.state_folder;
	if (kept_path(app->kept_path, folder, app->session, &err) != OK) {
		app->kept_path[0] = '\0';
		return;
	}
	if (kept_load(&app->kept, app->kept_path, app->session, &err) != OK)
		app_say(app, TONE_WARNING,
			"what an earlier run left staged cannot be taken up again: %s", err.text);
	app->saved = app->kept;
}

void kept_draft_keep(struct app *app)
{
	struct errbuf err = {0};
	if (!app->session || !app->kept_path[0])
		return;
	struct edits edits = both(app);
	if (all_same(&edits, &app->saved))
		return;
	app->saved = edits;
	if (kept_save(app->kept_path, &edits, app->session, &err) == OK)
		app->keep_failed = false;
	else if (!app->keep_failed) {
		app->keep_failed = true;
		app_say(app, TONE_WARNING, "a crash would lose what is staged: %s", err.text);
	}
}

void kept_draft_drop(struct app *app)
{
	app->kept = (struct edits){0};
}

/* Takes out what the rules refuse among all the rest; what depends on it is looked at again. */
static unsigned leave_refused_out(
	const struct app *app, struct edits *edits, unsigned *first, struct errbuf *why)
{
	unsigned refused = 0;
	for (bool again = true; again;) {
		again = false;
		for (unsigned word = 0; word < app->session->image.word_count; word++) {
			struct errbuf reason;
			if (edit_is_empty(&app->kept.word[word]) ||
				edit_is_empty(&edits->word[word]) ||
				!app_would_refuse(app, edits, word, &reason))
				continue;
			edits->word[word] = (struct edit){0};
			again = true;
			if (refused++ == 0) {
				*first = word;
				*why = reason;
			}
		}
	}
	return refused;
}

void kept_draft_take(struct app *app)
{
	struct edits edits = both(app);
	struct errbuf why = {0}, err = {0};
	unsigned first = 0, refused = leave_refused_out(app, &edits, &first, &why);
	unsigned count = edits_count(&edits);
	if (draft_replace(app->draft, &edits, &err) != OK) {
		app_say(app, TONE_ERROR, "%s", err.text);
		return;
	}
	kept_draft_drop(app);
	if (refused > 0)
		app_say(app, TONE_ERROR,
			"%u word%s staged; %u of what was left cannot be: word %u: %s", count,
			count == 1 ? " is" : "s are", refused, first, why.text);
	else
		app_say(app, TONE_GOOD, "%u word%s staged again", count,
			count == 1 ? " is" : "s are");
}
