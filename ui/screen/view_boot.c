/* A board that is brought up from its ROM code (boot_dialog.h), drawn, and what keys do. */
#include "src/clean_text.h"
#include "ui/screen/page_draw.h"
#include "ui/screen/views.h"

#include <stdlib.h>
#include <string.h>

#define RULE_ROWS 1

/* --- drawing --- */

static void lay_out(struct app *app, const struct rect *area)
{
	int rows = area->rows - RULE_ROWS - BOOT_FOOTER_ROWS;
	page_free(&app->page);
	page_init(&app->page, (unsigned)area->columns);
	boot_dialog_text(&app->page, &app->boot);
	page_scroll_layout(&app->boot.scroll, rows > 0 ? (size_t)rows : 0, app->page.line_count);
	app->page_view = VIEW_BOOT;
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	attr_t styles[TONE_COUNT];
	struct page foot;
	int column, rows = area->rows - RULE_ROWS - BOOT_FOOTER_ROWS;
	view_styles(styles, theme);
	if (rows > 0) {
		struct page_area text = {area->row, area->column, rows, area->columns};
		page_draw(window, &text, &app->page, app->boot.scroll.top, styles);
		page_draw_rule(window, area->row + rows, &text,
			page_scroll_below(&app->boot.scroll), app->ascii,
			(attr_t)theme->attributes[ROLE_FRAME]);
	} else {
		rows = 0;
	}
	page_init(&foot, (unsigned)area->columns);
	boot_dialog_footer(&foot, &column, &app->boot);
	struct page_area below = {
		area->row + rows + RULE_ROWS, area->column, BOOT_FOOTER_ROWS, area->columns};
	page_draw(window, &below, &foot, 0, styles);
	page_free(&foot);
	if (column >= 0)
		*cursor = (struct point){below.row + BOOT_FOOTER_ROWS - 1, area->column + column};
}

/* --- from step to step --- */

static void go_to(struct app *app, enum boot_step step)
{
	app->boot.step = step;
	app->boot.armed = false;
	phrase_clear(&app->boot.typed);
	app->boot.scroll = (struct page_scroll){0};
	app->page_view = VIEW_COUNT;
}

void view_boot_begin(struct app *app, const char *source, const char *who)
{
	boot_dialog_begin(&app->boot, source, who);
	app->picking = true;
	app->view = VIEW_BOOT;
	app->below = VIEW_PICKER;
	app->page_view = VIEW_COUNT;
}

static void take_files(struct app *app)
{
	if (app->pasting)
		return;
	if (app->boot.files.length == 0)
		app_say(app, TONE_WARNING, "no file is named yet");
	else if (!worker_boot_look(app->worker, app->boot.source, app->boot.files.text))
		app_say(app, TONE_WARNING, "still looking for boards: once more, please");
	else
		go_to(app, BOOT_LOOKING);
}

static void arm(struct app *app)
{
	struct boot_dialog *boot = &app->boot;
	if (boot->is_refused)
		app_say(app, TONE_WARNING, "refused: nothing can be loaded");
	else if (app->environment->session.read_only)
		app_say(app, TONE_WARNING,
			"this run is read-only: start again without --read-only to load firmware");
	else if (!page_scroll_all_seen(&boot->scroll) || app->page.incomplete)
		app_say(app, TONE_WARNING, "see all of it first: PgDn");
	else
		boot->armed = true;
}

static void load(struct app *app, const struct key *key)
{
	struct boot_dialog *boot = &app->boot;
	if (!phrase_enter(&boot->typed, boot->words, key->now_ms)) {
		app_say(app, TONE_WARNING, "nothing was loaded: type '%s'", boot->words);
		return;
	}
	if (!worker_boot(app->worker, boot->typed.text)) {
		app_say(app, TONE_WARNING, "still looking at the board: once more, please");
		return;
	}
	boot->progress = (struct boot_progress){.stage = ""};
	boot->cancel_asked = false;
	go_to(app, BOOT_LOADING);
}

static void accept(struct app *app, const struct key *key)
{
	switch (app->boot.step) {
	case BOOT_ASKING: take_files(app); return;
	case BOOT_SHOWN:
		if (app->boot.armed)
			load(app, key);
		else
			arm(app);
		return;
	case BOOT_FAILED: go_to(app, BOOT_ASKING); return;
	case BOOT_LOOKING:
	case BOOT_LOADING: return;
	}
}

static void leave(struct app *app)
{
	app_pick(app);
	app_say(app, TONE_PLAIN, "Left: nothing is loaded.");
}

static void back(struct app *app)
{
	switch (app->boot.step) {
	case BOOT_ASKING:
	case BOOT_FAILED: leave(app); return;
	case BOOT_SHOWN:
		if (app->worker && !worker_boot_end(app->worker)) {
			app_say(app, TONE_WARNING, "still looking at the board: once more, please");
			return;
		}
		go_to(app, BOOT_ASKING);
		app_say(app, TONE_PLAIN, "Nothing was loaded.");
		return;
	case BOOT_LOOKING:
	case BOOT_LOADING:
		app->boot.cancel_asked = true;
		app->page_view = VIEW_COUNT;
		worker_cancel(app->worker);
		return;
	}
}

/* --- what the worker tells --- */

void view_boot_progress(struct app *app, const struct worker_event *event)
{
	if (app->boot.step != BOOT_LOADING || !boot_progress_is(event->stage))
		return;
	boot_progress_note(
		&app->boot.progress, event->stage, event->done, event->total, boot_progress_now());
	app->page_view = VIEW_COUNT;
}

static void shown(struct app *app, struct worker_event *event)
{
	struct boot_dialog *boot = &app->boot;
	go_to(app, BOOT_SHOWN);
	free(boot->shown);
	boot->shown = event->boot_text;
	boot->is_refused = event->boot_refused;
	memcpy(boot->words, event->boot_words, sizeof boot->words);
}

static void is_up(struct app *app, const struct worker_event *event)
{
	app->view = VIEW_GRID;
	app->below = VIEW_GRID;
	if (!worker_open(app->worker, event->place)) {
		app_pick(app);
		app_say(app, TONE_GOOD, "the board is up: choose it here");
		return;
	}
	app->link = LINK_OPENING;
	app_say(app, TONE_GOOD, "the board is up: opening %.200s ...", event->place);
}

void view_boot_event(struct app *app, struct worker_event *event)
{
	struct boot_dialog *boot = &app->boot;
	if (event->kind == EVENT_BOOT && event->job == JOB_BOOT_LOOK) {
		shown(app, event);
	} else if (event->kind == EVENT_BOOT) {
		is_up(app, event);
	} else if (event->job == JOB_BOOT) {
		snprintf(boot->why, sizeof boot->why, "%s", event->error.text);
		clean_text_in_place(boot->why);
		go_to(app, BOOT_FAILED);
	} else {
		go_to(app, BOOT_ASKING);
		app_say(app, TONE_WARNING, "%s", event->error.text);
	}
}

/* --- keys --- */

static bool is_erase(const struct key *key)
{
	return key->code == KEY_BACKSPACE ||
	       (key->code == 0 && (key->character == 0x7F || key->character == '\b'));
}

static void type_phrase(struct app *app, const struct key *key)
{
	struct phrase *typed = &app->boot.typed;
	if (key->code == KEY_PASTE_BEGIN || key->code == KEY_PASTE_END)
		phrase_paste(typed, key->code == KEY_PASTE_BEGIN, key->now_ms);
	else if (is_erase(key))
		phrase_erase(typed, key->now_ms);
	else if (key->code == 0)
		phrase_type(typed, key->character, key->now_ms);
}

static void complete(struct app *app)
{
	char text[200];
	boot_dialog_complete(&app->boot, text, sizeof text);
	app_say(app, TONE_PLAIN, "%s", text);
}

static void type_files(struct app *app, enum action action, const struct key *key)
{
	struct text_line *line = &app->boot.files;
	switch ((int)action) {
	case ACTION_LEFT: text_line_do(line, TEXT_LINE_LEFT); return;
	case ACTION_RIGHT: text_line_do(line, TEXT_LINE_RIGHT); return;
	case ACTION_FIRST: text_line_do(line, TEXT_LINE_HOME); return;
	case ACTION_LAST: text_line_do(line, TEXT_LINE_END); return;
	case ACTION_ERASE_WORD: text_line_do(line, TEXT_LINE_ERASE_WORD); return;
	case ACTION_ERASE_START: text_line_do(line, TEXT_LINE_ERASE_START); return;
	case ACTION_ERASE_REST: text_line_do(line, TEXT_LINE_ERASE_REST); return;
	case ACTION_COMPLETE: complete(app); return;
	default: break;
	}
	if (is_erase(key))
		text_line_do(line, TEXT_LINE_ERASE_BEFORE);
	else if (key->code == KEY_DC)
		text_line_do(line, TEXT_LINE_ERASE_AFTER);
	else if (key->code == 0)
		text_line_type(line, key->character);
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	struct boot_dialog *boot = &app->boot;
	long page = boot->scroll.height > 1 ? (long)boot->scroll.height - 1 : 1;
	switch ((int)action) {
	case ACTION_ACCEPT: accept(app, key); return;
	case ACTION_BACK: back(app); return;
	case ACTION_UP: page_scroll_by(&boot->scroll, -1); return;
	case ACTION_DOWN: page_scroll_by(&boot->scroll, 1); return;
	case ACTION_PAGE_UP: page_scroll_by(&boot->scroll, -page); return;
	case ACTION_PAGE_DOWN: page_scroll_by(&boot->scroll, page); return;
	default: break;
	}
	if (boot->step == BOOT_ASKING)
		type_files(app, action, key);
	else if (boot->step == BOOT_SHOWN && boot->armed)
		type_phrase(app, key);
	else if (boot->step == BOOT_SHOWN && key->code == 0 && key->character == ' ')
		page_scroll_by(&boot->scroll, page);
}

const struct view boot_view = {
	.title = "bring a board up",
	.keys = KEYS_BOOT,
	.draw = draw,
	.layout = lay_out,
	.key = on_key,
};
