/* What the worker tells, and what becomes of it. */
#include "src/errbuf.h"
#include "ui/screen/app.h"

#include "src/bringup.h"
#include "ui/exit_status.h"
#include "ui/screen/kept_draft.h"
#include "ui/screen/live.h"
#include "ui/screen/views.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static void note_read(struct app *app)
{
	time_t now = time(NULL);
	struct tm parts;
	localtime_r(&now, &parts);
	strftime(app->read_time, sizeof app->read_time, "%H:%M:%S", &parts);
}

/* What is shown now is what the next read is compared with. */
static void mark_from_here(struct app *app)
{
	app->before = app->session->image;
	app->has_before = app->session->has_image;
}

/* The worker's session as it is now; what is armed and staged stays with the screen. */
static void take_session(struct app *app, struct session *session, bool was_read)
{
	if (!session)
		return;
	if (app->session)
		session->arming = app->session->arming;
	free(app->session);
	app->session = session;
	if (app->selected >= session->image.word_count)
		app->selected = 0;
	app->link = session->device ? LINK_UP : LINK_OFFLINE;
	if (session->has_image && was_read)
		note_read(app);
}

static void take_result(struct app *app, struct worker_event *event)
{
	free(app->result);
	app->result = event->result;
	app->result_status = event->status;
	app->result_error = event->error;
	app->report_due |= app->result && app->result->journal_failed;
	arming_disarm(&app->session->arming);
	/* What is burnt is no longer staged; what is not, stays. */
	struct edits left = *draft_edits(app->draft);
	for (unsigned word = 0; app->result && app->result->triggered && word < IMAGE_MAX_WORDS;
		word++) {
		struct edit *edit = &left.word[word];
		const struct image *image = &app->session->image;
		if (word >= image->word_count || edit->closes || !image_value_is_known(image, word))
			continue;
		edit->locks &= ~image->status[word];
		if (edit->sets_value && edit->value == image->value[word])
			edit->sets_value = false;
		if (app->result->verdict == COMMIT_VERIFIED ||
			app->result->verdict == COMMIT_LOCKS_UNPROVED)
			*edit = (struct edit){0};
	}
	if (app->result && app->result->triggered && app->result->verdict <= COMMIT_LOCKS_UNPROVED)
		left = (struct edits){0};
	struct errbuf err = {0};
	if (draft_replace(app->draft, &left, &err) != OK)
		app_say(app, TONE_ERROR, "%s", err.text);
	bool triggered = app->result && app->result->triggered;
	/* What comes next is for words that are chosen anew. */
	if (triggered)
		selection_clear(&app->selection);
	if (triggered && app->result->verdict > COMMIT_LOCKS_UNPROVED)
		app->live = false;
	bool waits = triggered && app->result->verdict == COMMIT_LOCKS_UNPROVED;
	bool is_simulated = app->session->info.source_class == SOURCE_SIMULATED;
	if (!is_simulated && (waits || (triggered && app->result->verdict == COMMIT_UNKNOWN)))
		app_say(app, TONE_HEADING,
			"%s leads through the power cycle that shows how it ended",
			app_key_name(app, KEYS_PAGE, ACTION_RESET));
	if (waits && is_simulated)
		app_say(app, TONE_HEADING,
			"%s resets the simulated board now: then it shows whether the locks are "
			"there",
			app_key_name(app, KEYS_PAGE, ACTION_RESET));
	app->view = VIEW_RESULT;
	app->below = VIEW_GRID;
	app->page_view = VIEW_COUNT;
}

/* A boot stage has nothing to show, but can be given what has. */
static bool offer_boot(struct app *app)
{
	const struct session *session = app->session;
	char source[STORE_PATH_MAX], who[sizeof session->info.peer_text];
	if (session->has_image || !session->source || !session->source->open_loader ||
		!bringup_is_stage(session->info.peer_text))
		return false;
	snprintf(source, sizeof source, "%s", session->source_text);
	snprintf(who, sizeof who, "%s", session->info.peer_text);
	if (!app_close(app))
		return false;
	view_boot_begin(app, source, who);
	return true;
}

static void opened(struct app *app)
{
	if (offer_boot(app))
		return;
	if (!app->session->has_image)
		app_say(app, TONE_WARNING, "the board offers no OTP to look at");
	enum view_id first = kept_draft_waits(app) ? VIEW_KEPT : VIEW_GRID;
	if (first == VIEW_GRID && app->session->news_count == 0)
		return;
	app->view = app->session->news_count > 0 ? VIEW_NEWS : first;
	app->below = first;
	app->page_view = VIEW_COUNT;
}

/* Without the board, what was planned is bound to nothing. */
static void end_planning(struct app *app)
{
	bool was_planning = app->view == VIEW_PREVIEW || app->view == VIEW_CONFIRM ||
			    (app->view == VIEW_HELP && app->help_from == VIEW_PREVIEW);
	if (app->view == VIEW_PROGRESS || app->view == VIEW_RESULT ||
		(app->view == VIEW_HELP && app->help_from == VIEW_RESULT))
		return;
	app_drop_plan(app);
	/* A phrase may be half typed: what follows of it must mean nothing. */
	if (was_planning) {
		app->view = VIEW_LOST;
		app->below = VIEW_GRID;
	}
}

static void lost(struct app *app, enum status status, const char *why)
{
	app->link = LINK_LOST;
	app->live = false;
	arming_disarm(&app->session->arming);
	end_planning(app);
	if (status != ERR_GONE)
		app_say(app, TONE_WARNING, "%s", why);
	else
		app_say(app, TONE_WARNING,
			"%s; what is staged is kept, and the same board is taken up again when it "
			"is "
			"back (%s, in the grid, looks for it now)",
			why, app_key_name(app, KEYS_GRID, ACTION_READ));
}

static void back(struct app *app, enum peer peer_before)
{
	const struct session *session = app->session;
	char service[96] = "", news[80] = "";
	if (session->info.peer != peer_before)
		snprintf(service, sizeof service, " (%s answers now)", session->info.peer_text);
	arming_disarm(&app->session->arming);
	end_planning(app);
	live_begin(app);
	if (session->news_count > 0)
		snprintf(news, sizeof news, "; %s, in the grid, says what is to be known",
			app_key_name(app, KEYS_GRID, ACTION_NEWS));
	app_say(app, TONE_GOOD,
		"the same board is back at %s%s and was read again: read-only, what is staged was "
		"kept%s",
		session->info.link, service, news);
	if (app->view != VIEW_GRID)
		app->page_view = VIEW_COUNT;
	else if (session->news_count > 0)
		app_show(app, VIEW_NEWS);
}

static void found(struct app *app, struct worker_event *event)
{
	picker_take(&app->picker, event->found, event->ports, &event->error);
	if (!event->choose)
		return;
	app->picker.boards_only = true;
	app_pick(app);
	app_say(app, TONE_HEADING, "several boards are there: which one?");
}

static void power(struct app *app, const struct worker_event *event)
{
	bool begins = app->view != VIEW_POWER;
	/* It may have been on its way when the person left. */
	if (!app->power_watched)
		return;
	if (begins) {
		app->link = LINK_LOST;
		arming_disarm(&app->session->arming);
		app_drop_plan(app);
		app->view = VIEW_POWER;
		app->below = VIEW_GRID;
	}
	/* What was typed for one going and coming says nothing of the next. */
	if (begins || event->power != app->power)
		phrase_clear(&app->power_typed);
	app->power = event->power;
	app->power_is_blind = event->power_is_blind;
	memcpy(app->power_place, event->place, sizeof app->power_place);
	memcpy(app->power_words, event->words, sizeof app->power_words);
	if (event->status != OK)
		app_say(app, TONE_WARNING, "%s", event->error.text);
}

static void settled(struct app *app)
{
	app->view = VIEW_GRID;
	app->below = VIEW_GRID;
	arming_disarm(&app->session->arming);
	app_say(app, TONE_GOOD,
		"the board was powered up anew and read: what was open is settled, what is staged "
		"was kept");
	opened(app);
}

static bool is_planning(const struct app *app)
{
	enum view_id view = app->view == VIEW_HELP ? app->help_from : app->view;
	return view == VIEW_PREVIEW || view == VIEW_CONFIRM || view == VIEW_PROGRESS;
}

static void live(struct app *app, struct worker_event *event)
{
	if (event->status != OK) {
		/* Whether it is still the board that was armed is not known any more. */
		arming_disarm(&app->session->arming);
		live_fail(app, event->error.text);
		return;
	}
	/* It was on its way when a preview began, which shows what it was made on: the commit looks
	 * for itself whether that still holds. */
	if (!event->session || is_planning(app)) {
		free(event->session);
		return;
	}
	struct image shown = app->session->image;
	if (!app->has_before)
		mark_from_here(app);
	take_session(app, event->session, true);
	live_compare(app, &shown);
}

/* What was read may be of what was open before. */
static void take_journal(struct app *app, struct journal_list *read)
{
	bool simulated = read->journal.source_class == SOURCE_SIMULATED;
	bool wanted =
		app->session && simulated == (app->session->info.source_class == SOURCE_SIMULATED);
	if (wanted)
		journal_list_take(&app->journal, read);
	else if (app->session && app->journal.is_reading)
		view_journal_read(app);
	journal_list_free(read);
	free(read);
}

static void note_recent(const struct app *app)
{
	const struct session *session = app->session;
	const char *folder = app->environment->session.source.state_folder;
	bool is_real = session->info.source_class == SOURCE_REAL;
	struct errbuf ignored = {0};
	if (app->link == LINK_OFFLINE)
		(void)recent_add(folder, session->source_text, &ignored);
	else
		(void)recent_source_add(folder,
			is_real ? session->info.source : session->source_text, is_real,
			session->source->names_file, &ignored);
}

static void done(struct app *app, enum worker_job job)
{
	switch (job) {
	case JOB_OPEN:
		app_say(app, TONE_WARNING, "%s", app->unusable);
		app->unusable[0] = '\0';
		note_recent(app);
		kept_draft_find(app);
		opened(app);
		if (app->session)
			live_begin(app);
		break;
	case JOB_READ:
		app_say(app, TONE_PLAIN, "the board was read twice, both times the same");
		live_compare(app, &app->before);
		break;
	case JOB_RESET:
		app_say(app, TONE_PLAIN, "the board was reset and read");
		arming_disarm(&app->session->arming);
		opened(app);
		break;
	case JOB_SETTLE:
		settled(app);
		live_begin(app);
		break;
	case JOB_POWER:
	case JOB_POWER_END:
	case JOB_LOOK:
	case JOB_CLOSE:
	case JOB_REOPEN:
	case JOB_REHEARSE:
	case JOB_BOOT_LOOK:
	case JOB_BOOT:
	case JOB_BOOT_END:
	case JOB_COMMIT: break;
	}
}

void app_pick(struct app *app)
{
	const char *folder = app->environment->session.source.state_folder;
	if (!app->picker.boards_only) {
		recent_load(&app->picker.recent, folder);
		recent_sources_load(&app->picker.sources, folder);
	}
	app->picking = true;
	app->view = VIEW_PICKER;
	app->below = VIEW_PICKER;
}

void app_event(struct app *app, struct worker_event *event)
{
	if (event->kind == EVENT_PROGRESS) {
		if (event->job == JOB_BOOT) {
			view_boot_progress(app, event);
			return;
		}
		progress_note(&app->progress, event->stage, event->done, event->total);
		if ((event->job == JOB_OPEN || event->job == JOB_READ) && event->total > 0)
			app_say(app, TONE_PLAIN, "%s ... %zu of %zu bytes",
				progress_verb(event->stage), event->done, event->total);
		return;
	}
	if (event->kind == EVENT_FOUND) {
		found(app, event);
		return;
	}
	bool boots = event->job == JOB_BOOT_LOOK || event->job == JOB_BOOT;
	if (event->kind == EVENT_BOOT || (event->kind == EVENT_FAILED && boots)) {
		view_boot_event(app, event);
		return;
	}
	if (event->kind == EVENT_JOURNAL) {
		take_journal(app, event->journal);
		return;
	}
	if (event->kind == EVENT_REHEARSED) {
		if (app->session)
			view_rehearsed(app, event);
		else
			free(event->rehearsal);
		return;
	}
	/* What was open told it before it was closed. */
	bool stale = event->kind == EVENT_LOST || event->kind == EVENT_BACK ||
		     event->kind == EVENT_POWER || event->kind == EVENT_LIVE;
	if (stale && !app->session) {
		free(event->session);
		return;
	}
	if (event->kind == EVENT_POWER) {
		power(app, event);
		return;
	}
	if (event->kind == EVENT_LIVE) {
		live(app, event);
		return;
	}
	bool had_session = app->session != NULL;
	enum peer peer_before = had_session ? app->session->info.peer : PEER_UNKNOWN;
	/* A time of reading is shown for what was read, not for what was tried. */
	bool was_read = event->kind == EVENT_DONE || event->kind == EVENT_BACK ||
			(event->kind == EVENT_RESULT && event->result && event->result->triggered);
	if (was_read && had_session && event->session)
		mark_from_here(app);
	take_session(app, event->session, was_read);
	switch (event->kind) {
	case EVENT_PROGRESS:
	case EVENT_POWER:
	case EVENT_LIVE:
	case EVENT_JOURNAL:
	case EVENT_REHEARSED:
	case EVENT_BOOT:
	case EVENT_FOUND: break;
	case EVENT_LOST: lost(app, event->status, event->error.text); break;
	case EVENT_BACK: back(app, peer_before); break;
	case EVENT_DONE: done(app, event->job); break;
	case EVENT_RESULT: take_result(app, event); break;
	case EVENT_FAILED:
		/* Stopped because the person leaves. */
		if (app->quit && event->status == ERR_CANCELLED)
			break;
		app_say(app, TONE_ERROR, "%s", event->error.text);
		if (had_session) {
			/* Whether it is still the board that was armed is not known any more. */
			arming_disarm(&app->session->arming);
			app->live = false;
			app->link = event->status == ERR_GONE ? LINK_LOST : app->link;
			break;
		}
		if (app->picking) {
			app->view = VIEW_PICKER;
			break;
		}
		/* Nothing to look at: the reason goes to the shell. */
		app->result_error = event->error;
		app->exit_status = (int)exit_status_of(event->status);
		app->quit = true;
		break;
	}
}
