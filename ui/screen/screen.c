#include "src/errbuf.h"
#include "ui/screen/screen.h"

#include "src/wipe.h"
#include "ui/commands/print_page.h"
#include "ui/commands/talk.h"
#include "ui/exit_status.h"
#include "ui/screen/draw.h"
#include "ui/screen/kept_draft.h"
#include "ui/screen/keymap_file.h"
#include "ui/screen/looks.h"
#include "ui/screen/last_view.h"
#include "ui/screen/live.h"
#include "ui/screen/term.h"
#include "ui/screen/worker.h"

#include <ncurses.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <time.h>

static void take_signals(struct app *app, const struct term *term)
{
	for (int number; (number = term_signal(term)) != 0;)
		if (number == SIGTSTP)
			app_suspend(app);
		else if (number != SIGWINCH) /* curses reports the new size as a key */
			app_leave(app, 128 + number);
}

static void take_events(struct app *app)
{
	struct worker_event event;
	while (worker_next(app->worker, &event))
		app_event(app, &event);
}

/* A key counts for what was on the screen when it was pressed: a new size is laid out before the
 * keys behind it are looked at, so that none confirms what is no longer shown. */
static void take_keys(struct app *app, struct looks *looks)
{
	for (struct key key; !app->quit && term_key(&key);) {
		if (key.code == KEY_RESIZE)
			draw_screen(app, stdscr, &looks->theme);
		else
			app_key(app, &key);
		if (app->next_theme)
			looks_next(looks, app);
		else if (app->theme_asked[0])
			looks_take(looks, app, app->theme_asked);
		app->next_theme = false;
		app->theme_asked[0] = '\0';
	}
}

static void show(struct app *app, const struct theme *theme, bool *mouse_off)
{
	if (*mouse_off != app->mouse_off)
		term_take_mouse(!app->mouse_off);
	*mouse_off = app->mouse_off;
	if (app->suspend) {
		app->suspend = false;
		term_suspend();
	}
	if (app->redraw) {
		app->redraw = false;
		clearok(curscr, TRUE);
	}
	draw_screen(app, stdscr, theme);
	wnoutrefresh(stdscr);
	doupdate();
}

static long long clock_ms(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (long long)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

#define PATIENCE_MS 500

/* A burn that may have been triggered is seen to its end before the program leaves; and what only
 * reads is not cut off, since some services take no more questions after that. */
static void finish(struct app *app, const struct theme *theme, bool *mouse_off)
{
	long long begun = clock_ms();
	bool told = false;
	worker_leave(app->worker);
	while (worker_is_busy(app->worker)) {
		struct pollfd wait = {worker_fd(app->worker), POLLIN, 0};
		poll(&wait, 1, 100);
		take_events(app);
		if (told || clock_ms() - begun < PATIENCE_MS)
			continue;
		told = true;
		app->suspend = false;
		app_say(app, TONE_WARNING,
			"leaving as soon as the board answers, or its time is up ...");
		show(app, theme, mouse_off);
	}
	take_events(app);
}

/* Until something comes, or what was said has faded. */
static void wait_for_something(struct app *app, struct pollfd waits[3])
{
	app->now_ms = clock_ms();
	int fades = app_message_fades(app);
	poll(waits, 3, fades);
	app->now_ms = clock_ms();
	(void)app_message_fades(app);
}

static void loop(struct app *app, const struct term *term, struct looks *looks)
{
	struct pollfd waits[3] = {{0, POLLIN, 0}, {worker_fd(app->worker), POLLIN, 0},
		{term->signal_pipe, POLLIN, 0}};
	bool mouse_off = false;
	while (!app->quit) {
		show(app, &looks->theme, &mouse_off);
		wipe_stack();
		wait_for_something(app, waits);
		if (waits[0].revents & (POLLHUP | POLLERR | POLLNVAL))
			app_leave(app, 128 + SIGHUP);
		take_signals(app, term);
		take_events(app);
		take_keys(app, looks);
		worker_live(app->worker, live_is_wanted(app));
		kept_draft_keep(app);
	}
	worker_live(app->worker, false);
	finish(app, &looks->theme, &mouse_off);
	kept_draft_keep(app);
}

/* Who was interrupted is told that nothing staged is lost. */
static void report_kept(const struct app *app)
{
	unsigned count = edits_count(&app->saved);
	if (app->exit_status > 128 && app->kept_path[0] && !app->keep_failed && count > 0)
		fprintf(app->environment->messages,
			"otpedit: %u word%s staged: it is offered again when '%s' is opened\n",
			count, count == 1 ? " stays" : "s stay", app->session->source_text);
}

/* What nobody has seen on the screen, or is written down nowhere, goes to the shell. */
static void report(struct app *app)
{
	struct errbuf err = {0};
	if (!app->report_due || !app->result || !app->result->triggered)
		return;
	print_result(app->environment, app->environment->messages, app->plan, app->result,
		&app->session->journal, &err);
	app->exit_status = app->result->journal_failed
				   ? (int)EXIT_UNCERTAIN
				   : (int)exit_status_of_verdict(app->result->verdict);
}

static void take_keys_of_ones_own(struct app *app)
{
	struct errbuf err = {0};
	const struct environment *env = app->environment;
	if (keymap_load_settled(&app->keys, &env->settings, env->config_folder, &err) != OK)
		app_complain(app, "the built-in keys are used", &err);
}

int screen_run(const struct environment *environment, const char *source)
{
	struct errbuf err = {0};
	struct term term;
	struct looks looks;
	static struct app app; /* large, and only one screen is ever up */
	enum status status = OK;
	if (!app_init(&app, environment))
		status = errbuf_set(&err, ERR_MEMORY, "out of memory for the screen");
	if (status == OK)
		status = looks_load(&looks, environment, &err);
	if (status == OK)
		status = term_open(&term, environment->color, &err);
	if (status != OK) {
		app_free(&app);
		return (int)talk_fail(environment, status, &err);
	}
	app.ascii = term.ascii;
	take_keys_of_ones_own(&app);
	last_view_load(&app);
	if (!source)
		app_pick(&app);
	looks_begin(&looks, &app, term.colors);
	app.worker = worker_start(source, &environment->session);
	if (app.worker)
		worker_live_every(app.worker, live_interval_ms(&app));
	app.live_declined = environment->settings.live_off;
	if (!app.worker)
		status = errbuf_set(&err, ERR_MEMORY, "the board's thread cannot be started");
	else
		loop(&app, &term, &looks);
	worker_stop(app.worker);
	prompt_save(&app);
	last_view_save(&app);
	term_close();
	if (status != OK)
		fprintf(environment->messages, "otpedit: %s\n", err.text);
	else if (app.result_error.text[0] && !app.session)
		fprintf(environment->messages, "otpedit: %s\n", app.result_error.text);
	else
		report(&app);
	report_kept(&app);
	app_free(&app);
	return status != OK ? (int)exit_status_of(status) : app.exit_status;
}
