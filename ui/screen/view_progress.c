/* A commit under way. */
#include "ui/screen/page_draw.h"
#include "ui/screen/views.h"

/* Rows below the text: a rule, and whether it can still be stopped. */
#define FOOT_ROWS 2

static void lay_out(struct app *app, const struct rect *area)
{
	if (!app->plan)
		return;
	page_free(&app->page);
	page_init(&app->page, (unsigned)area->columns);
	progress_text(&app->page, app->plan, &app->progress);
	app->page_view = VIEW_PROGRESS;
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	attr_t styles[TONE_COUNT];
	(void)cursor;
	view_styles(styles, theme);
	int text_rows = area->rows - FOOT_ROWS;
	struct page_area page = {area->row, area->column, text_rows, area->columns};
	page_draw(window, &page, &app->page, 0, styles);
	page_draw_rule(window, area->row + text_rows, &page, 0, app->ascii,
		(attr_t)theme->attributes[ROLE_FRAME]);
	view_text(window, area->row + text_rows + 1, area->column, area->columns,
		styles[progress_may_cancel(&app->progress) ? TONE_HEADING : TONE_FOREVER],
		progress_hint(&app->progress));
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	if (action != ACTION_BACK)
		return;
	/* Once this pass burns it is only the next one that can be kept from starting. */
	app->progress.cancel_asked = true;
	if (app->worker)
		worker_cancel(app->worker);
}

const struct view progress_view = {
	.title = "commit",
	.keys = KEYS_PROGRESS,
	.draw = draw,
	.layout = lay_out,
	.key = on_key,
};
