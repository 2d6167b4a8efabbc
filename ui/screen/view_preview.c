/* What would be burnt, and whether the way to the confirmation is open. */
#include "ui/screen/page_draw.h"
#include "ui/screen/plan_text.h"
#include "ui/screen/views.h"

#include <stdio.h>

/* Rows below the text: a rule, and what comes next. */
#define FOOT_ROWS 2

static bool is_armed(const struct app *app)
{
	return app->session && arming_allows(&app->session->arming, app->plan->board);
}

/* Why the confirmation is not open yet, and what to do about it; false: it is open. */
static bool hindered(const struct app *app, char *text, size_t cap)
{
	const struct page_scroll *scroll = &app->scroll;
	size_t below = page_scroll_below(scroll);
	if (app->plan->refused)
		snprintf(text, cap, "Refused: nothing of it can be burnt.");
	else if (!app_has_board(app))
		snprintf(text, cap, "An image file is never burnt. %s saves this as a plan.",
			app_key_name(app, KEYS_PREVIEW, ACTION_SAVE_PLAN));
	else if (app->session->arming.read_only)
		snprintf(text, cap,
			"This run is read-only, by --read-only or a setting (otpedit config).");
	else if (!app->session->journal_usable)
		snprintf(text, cap, "No journal can be kept: %s, in the grid, says why.",
			app_key_name(app, KEYS_GRID, ACTION_NEWS));
	else if (app->link != LINK_UP)
		snprintf(text, cap, "The board is busy or lost: nothing can be burnt now.");
	else if (!page_scroll_all_seen(scroll) && below > 0)
		snprintf(text, cap, "See all of it first: %zu more line%s, PgDn.", below,
			below == 1 ? "" : "s");
	else if (!page_scroll_all_seen(scroll))
		snprintf(text, cap, "Some lines were jumped over. Home, then PgDn.");
	else if (app->page.incomplete)
		snprintf(text, cap, "Out of memory: this is not all of it. Leave and try again.");
	else if (!is_armed(app))
		snprintf(text, cap, "The session is read-only: %s arms it for this board.",
			app_key_name(app, KEYS_PREVIEW, ACTION_ARM));
	else
		return false;
	return true;
}

void view_preview_text(struct page *page, const struct app *app, bool mask)
{
	struct remark_groups groups;
	if (!app->plan)
		return;
	if (remark_groups_make(&groups, &app->plan->remarks, app->plan->chip))
		plan_text_preview(page, app->plan, &groups, mask);
	else
		page->incomplete = true;
	remark_groups_free(&groups);
}

static void lay_out(struct app *app, const struct rect *area)
{
	if (!app->plan)
		return;
	if (app->page_view != VIEW_PREVIEW || app->page.width != (unsigned)area->columns) {
		bool anew = app->page_view != VIEW_PREVIEW;
		page_free(&app->page);
		page_init(&app->page, (unsigned)area->columns);
		view_preview_text(&app->page, app, false);
		app->page_view = VIEW_PREVIEW;
		if (anew)
			app->scroll = (struct page_scroll){0};
	}
	int rows = area->rows > FOOT_ROWS ? area->rows - FOOT_ROWS : 0;
	page_scroll_layout(&app->scroll, (size_t)rows, app->page.line_count);
	app->all_seen = page_scroll_all_seen(&app->scroll);
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	attr_t styles[TONE_COUNT];
	char text[160];
	(void)cursor;
	if (!app->plan)
		return;
	view_styles(styles, theme);
	int text_rows = area->rows - FOOT_ROWS;
	struct page_area page = {area->row, area->column, text_rows, area->columns};
	page_draw(window, &page, &app->page, app->scroll.top, styles);
	page_draw_rule(window, area->row + text_rows, &page, page_scroll_below(&app->scroll),
		app->ascii, (attr_t)theme->attributes[ROLE_FRAME]);
	bool closed = hindered(app, text, sizeof text);
	if (!closed)
		snprintf(text, sizeof text,
			"ARMED. %s goes on to the confirmation, before any burn.",
			app_key_name(app, KEYS_PREVIEW, ACTION_COMMIT));
	view_text(window, area->row + text_rows + 1, area->column, area->columns,
		styles[closed ? TONE_WARNING : TONE_FOREVER], text);
}

static void go_on(struct app *app)
{
	char why[160];
	if (hindered(app, why, sizeof why)) {
		app_say(app, TONE_WARNING, "%s", why);
		return;
	}
	if (app->confirm_open)
		confirm_dialog_close(&app->confirm);
	confirm_dialog_open(&app->confirm, app->plan);
	app->confirm_open = true;
	app_show(app, VIEW_CONFIRM);
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	long page = app->scroll.height > 1 ? (long)app->scroll.height - 1 : 1;
	(void)key;
	if (!app->plan) {
		app_back(app);
		return;
	}
	switch (action) {
	case ACTION_UP: page_scroll_by(&app->scroll, -1); break;
	case ACTION_DOWN: page_scroll_by(&app->scroll, 1); break;
	case ACTION_PAGE_UP: page_scroll_by(&app->scroll, -page); break;
	case ACTION_PAGE_DOWN: page_scroll_by(&app->scroll, page); break;
	case ACTION_FIRST: page_scroll_to(&app->scroll, 0); break;
	case ACTION_LAST: page_scroll_to(&app->scroll, app->scroll.lines); break;
	case ACTION_COMMIT: go_on(app); break;
	case ACTION_ARM: view_toggle_arm(app); break;
	case ACTION_SAVE_PLAN: view_save_plan(app); break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
	app->all_seen = page_scroll_all_seen(&app->scroll);
}

const struct view preview_view = {
	.title = "preview: what would be burnt",
	.keys = KEYS_PREVIEW,
	.draw = draw,
	.layout = lay_out,
	.key = on_key,
};
