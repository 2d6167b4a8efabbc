#include "ui/screen/views.h"

#include "src/plan_file.h"
#include "src/closing.h"
#include "src/store.h"
#include "src/word_status.h"
#include "ui/screen/live.h"
#include "ui/screen/shape.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- drawing --- */

static void draw_grid(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	if (app->session->image.word_count > 0) {
		shape_of(app)->draw(app, window, area, theme, cursor);
		return;
	}
	char text[64];
	snprintf(text, sizeof text, "No OTP is offered here: %s says more.",
		app_key_name(app, KEYS_GRID, ACTION_NEWS));
	*cursor = (struct point){area->row, area->column + 1};
	view_text(window, area->row, area->column + 1, area->columns - 1,
		theme->attributes[ROLE_WARNING], text);
}

static void layout_grid(struct app *app, const struct rect *area)
{
	if (app->session->image.word_count == 0)
		return;
	prompt_mark(app);
	shape_of(app)->layout(app, area);
}

/* --- staging and the board --- */

/* Takes the permanent lock of the words back where all of them have it staged, else stages it. */
static void toggle_lock(struct app *app)
{
	struct edits edits = *draft_edits(app->draft);
	char words[160];
	unsigned there = 0, staged = 0, open = 0;
	app_targets_text(words, sizeof words, app);
	for (unsigned word = 0; word < app->session->image.word_count; word++) {
		if (!app_is_target(app, word))
			continue;
		if (app->session->image.status[word] & WORD_STATUS_PERMANENT)
			there++;
		else if (edits.word[word].locks & WORD_STATUS_PERMANENT)
			staged++;
		else
			open++;
	}
	if (staged + open == 0) {
		app_say(app, TONE_WARNING, "%s %s locked for ever already", words,
			there == 1 ? "is" : "are");
		return;
	}
	for (unsigned word = 0; word < app->session->image.word_count; word++)
		if (app_is_target(app, word) &&
			!(app->session->image.status[word] & WORD_STATUS_PERMANENT)) {
			edits.word[word].locks |= WORD_STATUS_PERMANENT;
			if (open == 0)
				edits.word[word].locks &= ~WORD_STATUS_PERMANENT;
		}
	if (app_stage_all(app, &edits))
		app_say(app, TONE_PLAIN, "%s: permanent lock %s", words,
			open > 0 ? "staged" : "taken back");
}

static void toggle_close(struct app *app)
{
	const struct closing *closing = closing_of(app->session->chip);
	if (!closing) {
		app_say(app, TONE_WARNING, "it is not known how this chip is closed");
		return;
	}
	bool staged = app_edit(app, closing->words[0].word)->closes, taken = true;
	draft_begin(app->draft);
	for (size_t i = 0; taken && i < closing->count; i++) {
		struct edit edit = {0};
		if (!staged)
			edit = (struct edit){.sets_value = true,
				.closes = true,
				.value = closing->words[i].bits};
		taken = app_stage(app, closing->words[i].word, &edit);
	}
	draft_end(app->draft);
	if (!taken)
		return;
	app->selected = closing->words[0].word;
	if (staged)
		app_say(app, TONE_WARNING, "closing the device is taken back");
	else
		app_say(app, TONE_WARNING,
			"closing the device for ever is staged: '%s' shows what it takes",
			app_key_name(app, KEYS_GRID, ACTION_PREVIEW));
}

static void drop(struct app *app)
{
	struct edits edits = *draft_edits(app->draft);
	char words[160];
	bool staged = false;
	app_targets_text(words, sizeof words, app);
	for (unsigned word = 0; word < app->session->image.word_count; word++)
		if (app_is_target(app, word)) {
			staged |= !edit_is_empty(&edits.word[word]);
			edits.word[word] = (struct edit){0};
		}
	if (!staged)
		app_say(app, TONE_PLAIN, "nothing is staged for %s", words);
	else if (app_stage_all(app, &edits))
		app_say(app, TONE_PLAIN, "%s: what was staged is taken back; '%s' undoes this",
			words, app_key_name(app, KEYS_GRID, ACTION_UNDO));
}

void view_toggle_arm(struct app *app)
{
	struct arming *arming = &app->session->arming;
	struct errbuf err = {0};
	if (!app_has_board(app))
		app_say(app, TONE_WARNING, "this is an image file: there is nothing to arm");
	else if (app->link == LINK_LOST)
		app_say(app, TONE_WARNING, "the board is lost: it can be armed when it is back");
	else if (arming->armed) {
		arming_disarm(arming);
		app_say(app, TONE_PLAIN, "read-only again");
	} else if (arming_arm(arming, app->session->board, &err) != OK)
		app_say(app, TONE_ERROR, "%s", err.text);
	else
		app_say(app, TONE_WARNING,
			"ARMED for this board: a commit can now burn, after its confirmation");
}

static void read_again(struct app *app)
{
	if (app->link == LINK_LOST) {
		bool looks = worker_reopen(app->worker);
		app_say(app, TONE_PLAIN, "%s",
			looks ? "looking for the board ..." : "still looking for the board");
		return;
	}
	if (!worker_read(app->worker)) {
		app_say(app, TONE_WARNING, "the board is busy");
		return;
	}
	if (app_has_board(app))
		app->link = LINK_BUSY;
	app_say(app, TONE_PLAIN, "reading ...");
}

void view_reset_board(struct app *app)
{
	if (!app_has_board(app))
		app_say(app, TONE_WARNING, "this is an image file: there is nothing to reset");
	else if (app->session->info.source_class == SOURCE_REAL && app->session->source->find) {
		app->power_watched = worker_power(app->worker);
		if (!app->power_watched)
			app_say(app, TONE_WARNING, "the board is busy");
	} else if (app->link == LINK_LOST)
		app_say(app, TONE_WARNING, "the board is lost: there is nothing to reset");
	else if (!worker_reset(app->worker))
		app_say(app, TONE_WARNING, "the board is busy");
	else {
		app->link = LINK_BUSY;
		app_say(app, TONE_PLAIN, "resetting the board ...");
	}
}

/* The edits as a plan for this board, malloc'd; NULL with the reason as message. */
static char *plan_of(struct app *app, const struct edits *edits)
{
	char digest[IMAGE_DIGEST_LENGTH + 1], *text = NULL;
	struct errbuf err = {0};
	if (edits_count(edits) == 0) {
		app_say(app, TONE_WARNING, "nothing is staged, so there is no plan to save");
		return NULL;
	}
	image_digest(digest, &app->session->image);
	if (plan_file_format(&text, edits, app->session->chip,
		    app->session->board[0] ? app->session->board : NULL, digest, &err) != OK)
		app_say(app, TONE_ERROR, "%s", err.text);
	return text;
}

bool view_save_edits_as(struct app *app, const struct edits *edits, const char *path)
{
	struct errbuf err = {0};
	char *text = plan_of(app, edits);
	if (!text)
		return false;
	enum status status = store_create(path, text, strlen(text), &err);
	free(text);
	if (status == OK)
		app_say(app, TONE_GOOD, "saved as %s", path);
	else
		app_say(app, TONE_ERROR, "%s", err.text);
	return status == OK;
}

void view_save_edits(struct app *app, const struct edits *edits)
{
	char name[64] = "otpedit-1.plan";
	/* A new name each time: a plan that was saved is never written over. */
	for (unsigned i = 2; store_exists(name); i++)
		snprintf(name, sizeof name, "otpedit-%u.plan", i);
	if (view_save_edits_as(app, edits, name))
		app_say(app, TONE_GOOD, "saved as %s in this folder", name);
}

void view_save_plan(struct app *app)
{
	view_save_edits(app, draft_edits(app->draft));
}

static void step_draft(struct app *app, bool back)
{
	bool moved = back ? draft_undo(app->draft) : draft_redo(app->draft);
	app_say(app, TONE_PLAIN, "%s",
		moved ? (back ? "undone" : "done again")
		      : (back ? "nothing to undo" : "nothing to redo"));
}

/* What is shown of one word while editing is one of those it is for. */
static void go_to_target(struct app *app)
{
	unsigned word = app->selected;
	if (app_is_target(app, word))
		return;
	for (word = 0; word < app->session->image.word_count; word++)
		if (app_is_target(app, word)) {
			app->selected = word;
			return;
		}
}

static void begin_edit(struct app *app, enum view_id view)
{
	unsigned count = app->session->image.word_count;
	/* Editing shows the bits that are there. An empty word has nothing to hide. */
	for (unsigned word = 0; word < count; word++)
		if (app_is_target(app, word) && app_is_masked(app, word) &&
			app->session->image.value[word] != 0) {
			app_say(app, TONE_WARNING,
				"word %u may hold a secret: start with --reveal to edit its value",
				word);
			return;
		}
	go_to_target(app);
	app->bits = app_value(app, app->selected);
	app->bit_cursor = 31;
	app->entry_length = 0;
	app->entry[0] = '\0';
	app_show(app, view);
}

static void preview(struct app *app, bool to_commit)
{
	if (!app_plan(app))
		return;
	app_show(app, VIEW_PREVIEW);
	if (to_commit)
		app_say(app, TONE_PLAIN,
			"look at what will be burnt, down to the end; then press %s",
			app_key_name(app, KEYS_PREVIEW, ACTION_COMMIT));
}

static void toggle_shape(struct app *app, enum shape_id shape)
{
	app->shape = app->shape == shape ? SHAPE_GRID : shape;
}

static void quit(struct app *app)
{
	if (edits_count(draft_edits(app->draft)) > 0)
		app_show(app, VIEW_QUIT);
	else
		app->quit = true;
}

static void select_words(struct app *app, enum action action)
{
	struct selection *selection = &app->selection;
	unsigned before = selection->count;
	switch ((int)action) {
	case ACTION_SELECT:
		selection_set(selection, app->selected, !selection->word[app->selected]);
		break;
	case ACTION_SELECT_RANGE: selection_range(selection, app->selected); break;
	case ACTION_SELECT_FOUND: prompt_select_found(app); break;
	case ACTION_BACK:
		selection_clear(selection);
		if (before > 0)
			app_say(app, TONE_PLAIN, "no words are selected any more");
		else if (app->prompt.marks)
			app->prompt.marks = false;
		else
			app->shape = SHAPE_GRID;
		break;
	default: break;
	}
}

static void key_grid(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	bool empty = app->session->image.word_count == 0;
	if (empty && action != ACTION_QUIT && action != ACTION_HELP && action != ACTION_NEWS &&
		action != ACTION_JOURNAL && action != ACTION_RESET && action != ACTION_OPEN)
		return;
	if (shape_move(app, action))
		return;
	switch ((int)action) {
	case ACTION_DETAIL: app_show(app, VIEW_DETAIL); break;
	case ACTION_LIST: toggle_shape(app, SHAPE_LIST); break;
	case ACTION_MAP: toggle_shape(app, SHAPE_MAP); break;
	case ACTION_EDIT: begin_edit(app, VIEW_EDIT); break;
	case ACTION_BITS: begin_edit(app, VIEW_BITS); break;
	case ACTION_LOCK: toggle_lock(app); break;
	case ACTION_LOCKS:
		go_to_target(app);
		app->lock_choice = app_edit(app, app->selected)->locks;
		app->lock_cursor = 0;
		app_show(app, VIEW_LOCKS);
		break;
	case ACTION_COMPARE: view_compare(app); break;
	case ACTION_STATUS: app_show(app, VIEW_STATUS); break;
	case ACTION_JOURNAL: view_journal(app); break;
	case ACTION_CLOSE_DEVICE: toggle_close(app); break;
	case ACTION_DROP: drop(app); break;
	case ACTION_UNDO: step_draft(app, true); break;
	case ACTION_REDO: step_draft(app, false); break;
	case ACTION_STAGED:
		app->staged_cursor = 0;
		app_show(app, VIEW_STAGED);
		break;
	case ACTION_SAVE_PLAN: view_save_plan(app); break;
	case ACTION_PREVIEW: preview(app, false); break;
	case ACTION_COMMIT: preview(app, true); break;
	case ACTION_ARM: view_toggle_arm(app); break;
	case ACTION_GUIDE: view_begin_guide(app); break;
	case ACTION_READ: read_again(app); break;
	case ACTION_LIVE: live_toggle(app); break;
	case ACTION_REHEARSE: view_rehearse(app); break;
	case ACTION_ASIDE: app->words_alone = !app->words_alone; break;
	case ACTION_RESET: view_reset_board(app); break;
	case ACTION_NEWS:
		if (app->session->news_count > 0 || app->session->follow_up.found)
			app_show(app, VIEW_NEWS);
		else
			app_say(app, TONE_PLAIN,
				"earlier runs left nothing to say about this board");
		break;
	case ACTION_QUIT: quit(app); break;
	case ACTION_OPEN: app_show(app, VIEW_LEAVE); break;
	case ACTION_FIND: prompt_open(app, PROMPT_FIND); break;
	case ACTION_PROMPT: prompt_open(app, PROMPT_COMMAND); break;
	case ACTION_FIND_NEXT: prompt_find_next(app, false); break;
	case ACTION_FIND_BEFORE: prompt_find_next(app, true); break;
	default: select_words(app, action); break;
	}
}

const struct view grid_view = {"words", KEYS_GRID, VIEW_WHOLE, draw_grid, layout_grid, key_grid};
