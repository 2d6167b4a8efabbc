/* A real board's power cycle: what to do by hand, what is seen of it, and the person's word. */
#include "ui/screen/views.h"

static void step_text(struct page *page, const struct app *app)
{
	switch (app->power) {
	case POWER_STILL_ON:
		page_wrap(page, TONE_HEADING, 0, "Waiting until %s is gone.", app->power_place);
		return;
	case POWER_GONE:
		page_wrap(page, TONE_HEADING, 0, "It is gone. Waiting until it is back.");
		return;
	case POWER_OTHER_STAGE:
		page_wrap(page, TONE_HEADING, 0,
			"It is back: %s. Start the service for its OTP there.", app->power_place);
		return;
	case POWER_BACK: break;
	}
	page_wrap(page, TONE_HEADING, 0, "%s: %s.",
		app->power_is_blind ? "Whether it has power cannot be seen" : "It is back",
		app->power_place);
	page_end(page);
	page_wrap(page, TONE_WARNING, 0,
		"A board with a supply of its own keeps its memory while a cable is out: "
		"only you know. If ALL of its power was off, type by hand:");
	page_add(page, TONE_HEADING, "  %s", app->power_words);
	page_end(page);
	page_add(page, TONE_PLAIN, "> %s", app->power_typed.text);
	if (app->power_typed.dropped)
		page_add(page, TONE_WARNING, "   (pasted text is not taken: type it)");
	page_end(page);
}

static void text(struct page *page, const struct app *app)
{
	page_wrap(page, TONE_PLAIN, 0,
		"Power-cycle the board by hand. Nothing is sent to it meanwhile.");
	page_end(page);
	page_wrap(page, TONE_PLAIN, 2,
		"1 Take away ALL of its supplies: power supply, battery, USB cable, debugger.");
	page_wrap(page, TONE_PLAIN, 2, "2 Wait ten seconds: memory forgets slowly.");
	page_wrap(page, TONE_PLAIN, 2, "3 Power it up, and start the same service on it again.");
	page_end(page);
	step_text(page, app);
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	page_init(&page, (unsigned)area->columns);
	text(&page, app);
	/* The line that is typed is the last. */
	size_t rows = (size_t)area->rows;
	size_t top = page.line_count > rows ? page.line_count - rows : 0;
	view_page(window, area, theme, &page, top);
	if (app->power == POWER_BACK && page.line_count > top)
		*cursor = (struct point){area->row + (int)(page.line_count - top) - 1,
			area->column + 2 + (int)app->power_typed.length};
	page_free(&page);
}

static void leave(struct app *app)
{
	if (!worker_power_end(app->worker)) {
		app_say(app, TONE_WARNING, "still looking at the board: once more, please");
		return;
	}
	app->power_watched = false;
	app->view = VIEW_GRID;
	app->below = VIEW_GRID;
	app_say(app, TONE_PLAIN, "Left the power cycle: nothing was settled.");
}

static void settle(struct app *app, const struct key *key)
{
	if (app->power != POWER_BACK)
		return;
	if (!phrase_enter(&app->power_typed, app->power_words, key->now_ms))
		app_say(app, TONE_WARNING, "nothing was settled: type '%s'", app->power_words);
	else if (!worker_settle(app->worker, app->power_typed.text))
		app_say(app, TONE_WARNING, "still looking at the board: once more, please");
	else
		app_say(app, TONE_PLAIN, "reading the board ...");
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	struct phrase *typed = &app->power_typed;
	switch ((int)action) {
	case ACTION_ACCEPT: settle(app, key); return;
	case ACTION_BACK: leave(app); return;
	default: break;
	}
	if (app->power != POWER_BACK)
		return;
	if (key->code == KEY_PASTE_BEGIN || key->code == KEY_PASTE_END)
		phrase_paste(typed, key->code == KEY_PASTE_BEGIN, key->now_ms);
	else if (key->code == KEY_BACKSPACE ||
		 (key->code == 0 && (key->character == 0x7F || key->character == '\b')))
		phrase_erase(typed, key->now_ms);
	else if (key->code == 0)
		phrase_type(typed, key->character, key->now_ms);
}

const struct view power_view = {
	.title = "power cycle",
	.keys = KEYS_POWER,
	.draw = draw,
	.key = on_key,
};
