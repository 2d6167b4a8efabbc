/* The ceremony before anything burns (confirm_dialog.h), drawn. */
#include "ui/screen/page_draw.h"
#include "ui/screen/views.h"

#include <stdlib.h>

/* A rule stands between what scrolls and what is asked. */
#define RULE_ROWS 1

static void lay_out(struct app *app, const struct rect *area)
{
	int rows = area->rows > RULE_ROWS ? area->rows - RULE_ROWS : 0;
	int columns = area->columns > 0 ? area->columns : 0;
	if (app->confirm_open)
		confirm_dialog_layout(&app->confirm, (unsigned)columns, (unsigned)rows);
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	attr_t styles[TONE_COUNT];
	struct page foot;
	int column;
	if (!app->confirm_open)
		return;
	view_styles(styles, theme);
	int text_rows = area->rows - RULE_ROWS - CONFIRM_FOOTER_ROWS;
	if (text_rows > 0) {
		struct page_area page = {area->row, area->column, text_rows, area->columns};
		page_draw(window, &page, &app->confirm.page, app->confirm.scroll.top, styles);
		page_draw_rule(window, area->row + text_rows, &page,
			page_scroll_below(&app->confirm.scroll), app->ascii,
			(attr_t)theme->attributes[ROLE_FRAME]);
	} else {
		text_rows = 0;
	}
	page_init(&foot, (unsigned)area->columns);
	confirm_dialog_footer(&foot, &column, &app->confirm);
	struct page_area below = {area->row + text_rows + RULE_ROWS, area->column,
		CONFIRM_FOOTER_ROWS, area->columns};
	page_draw(window, &below, &foot, 0, styles);
	page_free(&foot);
	if (column >= 0) /* the line that is typed is the third */
		*cursor = (struct point){below.row + 2, area->column + column};
}

static void leave(struct app *app)
{
	confirm_dialog_close(&app->confirm);
	app->confirm_open = false;
}

static void confirm(struct app *app, const struct key *key)
{
	struct confirmation confirmation;
	struct errbuf err = {0};
	if (confirm_dialog_enter(
		    &confirmation, &app->confirm, &app->session->arming, key->now_ms, &err) != OK) {
		app_say(app, TONE_WARNING, "%s", err.text);
		return;
	}
	struct arming arming = app->session->arming;
	/* Armed for one commit, whatever comes of it. */
	arming_disarm(&app->session->arming);
	if (!app->worker || !worker_commit(app->worker, app->plan, &confirmation, &arming)) {
		leave(app);
		app_show(app, VIEW_PREVIEW);
		app_say(app, TONE_ERROR, "the board is busy: nothing was burnt; arm and try again");
		return;
	}
	leave(app);
	free(app->result);
	app->result = NULL;
	app->progress = (struct progress){0};
	app->page_view = VIEW_COUNT;
	app->link = LINK_BUSY;
	app_show(app, VIEW_PROGRESS);
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	struct confirm_dialog *dialog = &app->confirm;
	if (!app->confirm_open)
		return;
	long page = dialog->scroll.height > 1 ? (long)dialog->scroll.height - 1 : 1;
	switch (action) {
	case ACTION_UP: confirm_dialog_scroll(dialog, -1); return;
	case ACTION_DOWN: confirm_dialog_scroll(dialog, 1); return;
	case ACTION_PAGE_UP: confirm_dialog_scroll(dialog, -page); return;
	case ACTION_PAGE_DOWN: confirm_dialog_scroll(dialog, page); return;
	case ACTION_ACCEPT: confirm(app, key); return;
	case ACTION_BACK:
		leave(app);
		app_show(app, VIEW_PREVIEW);
		app_say(app, TONE_PLAIN, "Left the confirmation: nothing was burnt.");
		return;
	default: break;
	}
	if (key->code == KEY_PASTE_BEGIN || key->code == KEY_PASTE_END)
		confirm_dialog_paste(dialog, key->code == KEY_PASTE_BEGIN, key->now_ms);
	else if (key->code == KEY_BACKSPACE ||
		 (key->code == 0 && (key->character == 0x7F || key->character == '\b')))
		confirm_dialog_erase(dialog, key->now_ms);
	else if (key->code == 0)
		confirm_dialog_character(dialog, key->character, key->now_ms);
}

const struct view confirm_view = {
	.title = "confirm: nothing is burnt yet",
	.keys = KEYS_CONFIRM,
	.draw = draw,
	.layout = lay_out,
	.key = on_key,
};
