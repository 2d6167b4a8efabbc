#include "src/errbuf.h"
#include "ui/screen/prompt.h"

#include "src/wipe.h"
#include "ui/screen/app.h"

#include <stdio.h>
#include <string.h>

/* In the state folder. */
static const char *const history_files[PROMPT_KINDS] = {
	[PROMPT_FIND] = "find-history", [PROMPT_COMMAND] = "prompt-history"};

void prompt_open(struct app *app, enum prompt_kind kind)
{
	struct prompt *prompt = &app->prompt;
	if (!prompt->is_loaded[kind]) {
		history_load(&prompt->history[kind], app->environment->session.source.state_folder,
			history_files[kind]);
		prompt->is_loaded[kind] = true;
	}
	prompt->kind = kind;
	prompt->origin = app->selected;
	prompt->at = prompt->history[kind].count;
	prompt->cut = false;
	prompt->last_key_ms = app->last_key_ms;
	text_line_set(&prompt->line, "");
	app_show(app, VIEW_PROMPT);
}

void prompt_save(struct app *app)
{
	struct errbuf ignored = {0};
	for (int kind = 0; kind < PROMPT_KINDS; kind++)
		(void)history_save(&app->prompt.history[kind],
			app->environment->session.source.state_folder, history_files[kind],
			&ignored);
}

void prompt_free(struct prompt *prompt)
{
	for (int kind = 0; kind < PROMPT_KINDS; kind++)
		history_free(&prompt->history[kind]);
}

void prompt_forget(struct prompt *prompt)
{
	for (int kind = 0; kind < PROMPT_KINDS; kind++)
		history_hush(&prompt->history[kind]);
	text_line_set(&prompt->line, "");
	text_line_set(&prompt->typed, "");
	wipe(prompt->searched, sizeof prompt->searched);
}

struct search_place prompt_place(const struct app *app)
{
	return (struct search_place){.chip = app->session->chip,
		.image = &app->session->image,
		.before = app->has_before ? &app->before : NULL,
		.edits = draft_edits(app->draft),
		.selected = app->selection.word,
		.reveal = app->reveal};
}

void prompt_look(struct app *app)
{
	struct search search;
	struct search_place place = prompt_place(app);
	struct errbuf err = {0};
	unsigned count = app->session->image.word_count, origin = app->prompt.origin;
	if (app->prompt.kind != PROMPT_FIND || app->pasting)
		return;
	/* What is open may have been read again meanwhile, and hold less. */
	if (count == 0)
		return;
	origin = origin < count ? origin : 0;
	app->selected = origin;
	if (search_parse(&search, app->prompt.line.text, &err) != OK)
		return;
	int found = search_next(&search, &place, (origin + count - 1) % count, false, NULL);
	if (found >= 0)
		app->selected = (unsigned)found;
}

void prompt_mark(struct app *app)
{
	struct prompt *prompt = &app->prompt;
	struct search_place place = prompt_place(app);
	struct search typed, *search = prompt->marks ? &prompt->search : NULL;
	struct errbuf ignored = {0};
	memset(prompt->found, 0, sizeof prompt->found);
	if (app->view == VIEW_PROMPT && prompt->kind == PROMPT_FIND && prompt->line.length > 0)
		search = search_parse(&typed, prompt->line.text, &ignored) == OK ? &typed : NULL;
	for (unsigned word = 0; search && word < place.image->word_count; word++)
		prompt->found[word] = search_matches(search, &place, word);
}

void prompt_find(struct app *app)
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
	prompt_look(app);
	prompt->search = search;
	prompt->marks = true;
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

void prompt_find_next(struct app *app, bool backwards)
{
	const struct search *search = &app->prompt.search;
	struct search_place place = prompt_place(app);
	bool wrapped = false;
	unsigned below;
	if (search->count == 0) {
		app_say(app, TONE_WARNING, "nothing was asked for yet: '%s' asks",
			keymap_key_name(&app->keys, KEYS_GRID, ACTION_FIND));
		return;
	}
	int found = search_next(search, &place, app->selected, backwards, &wrapped);
	if (found < 0) {
		app_say(app, TONE_WARNING, "no word is found by %s", app->prompt.searched);
		return;
	}
	app->selected = (unsigned)found;
	app->prompt.marks = true;
	unsigned count = search_count(search, &place, app->selected, &below);
	app_say(app, TONE_PLAIN, "%u of %u found by %s%s", below + 1, count, app->prompt.searched,
		!wrapped    ? ""
		: backwards ? "; round from the first word to the last"
			    : "; round from the last word to the first");
}

void prompt_select_found(struct app *app)
{
	const struct search *search = &app->prompt.search;
	struct search_place place = prompt_place(app);
	struct selection chosen = app->selection;
	unsigned count = 0;
	if (search->count == 0) {
		app_say(app, TONE_WARNING, "nothing was asked for yet: '%s' asks",
			keymap_key_name(&app->keys, KEYS_GRID, ACTION_FIND));
		return;
	}
	/* Into a copy: what is chosen may be what is asked for. */
	for (unsigned word = 0; word < app->session->image.word_count; word++)
		if (search_matches(search, &place, word)) {
			selection_set(&chosen, word, true);
			count++;
		}
	app->selection = chosen;
	app_say(app, count ? TONE_PLAIN : TONE_WARNING, "%u word%s selected by %s", count,
		count == 1 ? " is" : "s are", app->prompt.searched);
}
