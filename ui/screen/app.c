#include "src/errbuf.h"
#include "ui/screen/app.h"

#include "src/clean_text.h"
#include "src/word_status.h"
#include "ui/screen/export.h"
#include "ui/screen/view.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

bool app_init(struct app *app, const struct environment *environment)
{
	*app = (struct app){.environment = environment,
		.reveal = environment->reveal,
		.page_view = VIEW_COUNT,
		.draft = draft_new()};
	keymap_init(&app->keys);
	page_init(&app->page, 80);
	return app->draft != NULL;
}

void app_drop_confirmation(struct app *app)
{
	if (app->confirm_open)
		confirm_dialog_close(&app->confirm);
	app->confirm_open = false;
}

void app_drop_plan(struct app *app)
{
	app_drop_confirmation(app);
	plan_free(app->plan);
	app->plan = NULL;
	app->page_view = VIEW_COUNT;
}

void app_free(struct app *app)
{
	app_drop_plan(app);
	picker_free(&app->picker);
	boot_dialog_free(&app->boot);
	comparison_choices_free(&app->choices);
	journal_list_free(&app->journal);
	free(app->session);
	free(app->result);
	free(app->rehearsal);
	page_free(&app->page);
	prompt_free(&app->prompt);
	draft_free(app->draft);
}

/* --- for views --- */

void app_complain(struct app *app, const char *what, const struct errbuf *err)
{
	snprintf(app->unusable, sizeof app->unusable, "%s: %.*s", what,
		(int)sizeof app->unusable - 64, err->text);
	clean_text_in_place(app->unusable);
	app_say(app, TONE_WARNING, "%s", app->unusable);
}

void app_show(struct app *app, enum view_id view)
{
	if (app->view == VIEW_GRID || app->view == VIEW_STAGED || app->view == VIEW_JOURNAL)
		app->below = app->view;
	app->view = view;
	app->page_view = VIEW_COUNT;
}

static void show_help(struct app *app)
{
	app->help_from = app->view;
	app->view = VIEW_HELP;
	app->page_view = VIEW_COUNT;
}

void app_back(struct app *app)
{
	if (app->view == VIEW_HELP) {
		app->view = app->help_from;
		app->page_view = VIEW_COUNT;
		return;
	}
	app->view = app->below == app->view ? VIEW_GRID : app->below;
	app->below = VIEW_GRID;
	app->page_view = VIEW_COUNT;
}

const struct edit *app_edit(const struct app *app, unsigned word)
{
	return &draft_edits(app->draft)->word[word];
}

uint32_t app_value(const struct app *app, unsigned word)
{
	const struct edit *edit = app_edit(app, word);
	if (edit->sets_value && !edit->closes)
		return edit->value;
	return app->session->image.value[word];
}

bool app_is_masked(const struct app *app, unsigned word)
{
	return !app->reveal && chip_word_is_secret(app->session->chip, word);
}

const char *app_key_name(const struct app *app, enum key_context context, enum action action)
{
	const char *name = keymap_key_name(&app->keys, context, action);
	return name[0] ? name : "(no key)";
}

bool app_has_board(const struct app *app)
{
	return app->session && app->link != LINK_OFFLINE;
}

/* OK, or what the rules refuse about one word of these edits. */
static enum status check_word(
	const struct app *app, const struct edits *edits, unsigned word, struct errbuf *err)
{
	struct remarks remarks = {0};
	enum status status = session_check_word(&remarks, app->session, edits, word, err);
	for (size_t i = 0; status == OK && i < remarks.count; i++)
		if (remarks.items[i].severity == SEVERITY_ERROR)
			status = errbuf_set(err, ERR_REFUSED, "%s", remarks.items[i].text);
	remarks_free(&remarks);
	return status;
}

bool app_would_refuse(
	const struct app *app, const struct edits *edits, unsigned word, struct errbuf *reason)
{
	errbuf_clear(reason);
	return check_word(app, edits, word, reason) == ERR_REFUSED;
}

bool app_is_refused(const struct app *app, unsigned word, struct errbuf *reason)
{
	return !edit_is_empty(app_edit(app, word)) &&
	       app_would_refuse(app, draft_edits(app->draft), word, reason);
}

bool app_stage(struct app *app, unsigned word, const struct edit *edit)
{
	struct edits edits = *draft_edits(app->draft);
	edits.word[word] = *edit;
	return app_stage_all(app, &edits);
}

bool app_stage_all(struct app *app, const struct edits *edits)
{
	struct errbuf err = {0};
	enum status status = OK;
	for (unsigned word = 0; status == OK && word < app->session->image.word_count; word++) {
		if (edit_equal(&edits->word[word], app_edit(app, word)))
			continue;
		status = check_word(app, edits, word, &err);
		if (status == ERR_REFUSED)
			errbuf_prefix(&err, status, "not staged: word %u", word);
	}
	if (status == OK)
		status = draft_replace(app->draft, edits, &err);
	if (status != OK)
		app_say(app, TONE_ERROR, "%s", err.text);
	return status == OK;
}

bool app_is_target(const struct app *app, unsigned word)
{
	if (word >= app->session->image.word_count)
		return false;
	return app->selection.count > 0 ? app->selection.word[word] : word == app->selected;
}

void app_targets_text(char *out, size_t cap, const struct app *app)
{
	char text[120];
	if (app->selection.count > 0)
		selection_text(text, sizeof text, &app->selection);
	else
		snprintf(text, sizeof text, "%u", app->selected);
	snprintf(out, cap, "word%s %s", app->selection.count > 1 ? "s" : "", text);
}

bool app_plan(struct app *app)
{
	struct errbuf err = {0};
	app_drop_plan(app);
	app->all_seen = false;
	if (edits_count(draft_edits(app->draft)) == 0) {
		app_say(app, TONE_WARNING, "nothing is staged: '%s' edits the word, '%s' locks it",
			app_key_name(app, KEYS_GRID, ACTION_EDIT),
			app_key_name(app, KEYS_GRID, ACTION_LOCK));
		return false;
	}
	if (session_plan(&app->plan, app->session, draft_edits(app->draft), &err) != OK) {
		app_say(app, TONE_ERROR, "%s", err.text);
		return false;
	}
	return true;
}

/* --- keys --- */

bool app_is_before_opening(enum view_id view)
{
	return view == VIEW_PICKER || view == VIEW_HELP || view == VIEW_BOOT || view == VIEW_SOURCE;
}

/* Pasted text is no typing: what stands between the marks is no key, but for the views where text
 * is typed, which judge it themselves. A paste that never ends counts as over after a silence. */
static bool is_pasted(struct app *app, const struct key *key)
{
	bool silence = key->now_ms - app->last_key_ms >= PHRASE_PASTE_SILENCE_MS;
	bool mark = key->code == KEY_PASTE_BEGIN || key->code == KEY_PASTE_END;
	app->last_key_ms = key->now_ms;
	if (mark)
		app->pasting = key->code == KEY_PASTE_BEGIN;
	else if (silence)
		app->pasting = false;
	return (mark || app->pasting) && app->view != VIEW_CONFIRM && app->view != VIEW_EDIT &&
	       app->view != VIEW_WIZARD_ENTRY && app->view != VIEW_POWER &&
	       app->view != VIEW_BOOT && app->view != VIEW_PROMPT && app->view != VIEW_SOURCE;
}

/* ^C stops a commit that may still be stopped, the waiting for a power cycle, and a line that is
 * typed. Elsewhere it
 * leaves the program; where that would drop what is staged, only when pressed at the question. */
static void interrupt(struct app *app, const struct key *key)
{
	bool staged = edits_count(draft_edits(app->draft)) > 0;
	if (app->view == VIEW_PROGRESS || app->view == VIEW_POWER || app->view == VIEW_PROMPT ||
		app->view == VIEW_BOOT || app->view == VIEW_SOURCE)
		view_of(app->view)->key(app, ACTION_BACK, key);
	else if (!staged || app->view == VIEW_QUIT || app->layout.too_small)
		app_leave(app, 130);
	else {
		app_drop_confirmation(app);
		app->view = VIEW_QUIT;
		app->below = VIEW_GRID;
		app->page_view = VIEW_COUNT;
	}
}

static void toggle_mouse(struct app *app)
{
	app->mouse_off = !app->mouse_off;
	app_say(app, TONE_PLAIN, "%s",
		app->mouse_off ? "the mouse is the terminal's: choose and copy text with it"
			       : "a click goes to a word, the wheel moves");
}

void app_act(struct app *app, enum action action, const struct key *key)
{
	if (action == ACTION_REDRAW)
		app->redraw = true;
	else if (action == ACTION_SUSPEND)
		app_suspend(app);
	else if (action == ACTION_MOUSE)
		toggle_mouse(app);
	else if (action == ACTION_HELP && app->view != VIEW_HELP)
		show_help(app);
	else if (action == ACTION_THEME)
		app->next_theme = true;
	else if (action == ACTION_EXPORT)
		export_view(app);
	else
		view_of(app->view)->key(app, action, key);
}

/* The key that confirmed, pressed twice, must not take the result away unseen, nor what is said
 * beside it; nor the one that ends a phrase the news that there is nothing to confirm. */
static bool is_left_over(const struct app *app, const struct key *key)
{
	bool is_enter = key->code == KEY_ENTER ||
			(key->code == 0 && (key->character == '\r' || key->character == '\n'));
	return is_enter && (app->view == VIEW_RESULT || app->view == VIEW_LOST);
}

static void take_key(struct app *app, const struct key *key)
{
	const struct view *view = view_of(app->view);
	enum action action = keymap_action(&app->keys, view->keys, key);
	if (is_pasted(app, key) || is_left_over(app, key))
		return;
	app_message_key(app);
	/* Nothing is shown that a key could mean. */
	if (app->layout.too_small && action != ACTION_QUIT && action != ACTION_SUSPEND &&
		!(key->code == 0 && key->character == 3))
		return;
	if (key->code >= KEY_CLICK && key->code <= KEY_WHEEL_DOWN) {
		app_mouse(app, key);
		return;
	}
	bool always = action == ACTION_REDRAW || action == ACTION_SUSPEND;
	if (!always && key->code == 0 && key->character == 3) {
		interrupt(app, key);
		return;
	}
	/* Nothing is open yet: keys are for the choice, and for leaving. */
	if (!always && !app->session && !app_is_before_opening(app->view)) {
		if (action == ACTION_QUIT || (key->code == 0 && key->character == 'q'))
			app->quit = true;
		return;
	}
	app_act(app, action, key);
}

void app_key(struct app *app, const struct key *key)
{
	enum view_id before = app->view;
	app->now_ms = key->now_ms;
	take_key(app, key);
	app_message_after_key(app, before);
}

void app_suspend(struct app *app)
{
	if (app->view == VIEW_PROGRESS)
		app_say(app, TONE_WARNING, "not while a commit is at work");
	else
		app->suspend = true;
}

void app_leave(struct app *app, int exit_status)
{
	app->exit_status = exit_status;
	if (app->worker && app->view == VIEW_PROGRESS) {
		worker_cancel(app->worker); /* the loop waits for what cannot be stopped any more */
		app->report_due = true;
	}
	app->quit = true;
}
