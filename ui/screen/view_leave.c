/* Closing what is open, to open something else: is that meant? */
#include "ui/screen/views.h"

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	unsigned count = edits_count(draft_edits(app->draft));
	const struct key_binding *row;
	page_init(&page, (unsigned)area->columns);
	page_wrap(&page, TONE_HEADING, 0, "Close %s, and open something else?",
		app_has_board(app) ? "this board" : "this image");
	page_end(&page);
	if (count > 0) {
		page_wrap(&page, TONE_PLAIN, 0,
			"%u word%s staged and not burnt: kept, and offered again when this is "
			"opened again.",
			count, count == 1 ? " is" : "s are");
		page_end(&page);
	}
	for (size_t i = 0; (row = keymap_row(&app->keys, KEYS_LEAVE, i)) != NULL; i++)
		if (row->hint)
			view_key_line(&page, row->key, row->hint);
	view_page(window, area, theme, &page, 0);
	page_free(&page);
	*cursor = (struct point){area->row, area->column};
}

static void key(struct app *app, enum action action, const struct key *pressed)
{
	(void)pressed;
	switch ((int)action) {
	case ACTION_ACCEPT:
		if (!app_close(app))
			app_back(app);
		break;
	case ACTION_SAVE_PLAN:
		view_save_plan(app);
		app_back(app);
		break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view leave_view = {"open something else?", KEYS_LEAVE, VIEW_WHOLE, draw, NULL, key};
