/* What an earlier run left staged: is it to be taken up again? */
#include "ui/screen/views.h"

#include "ui/screen/kept_draft.h"

static void fill(struct page *page, const struct app *app)
{
	unsigned count = edits_count(&app->kept);
	const struct key_binding *row;
	page_wrap(page, TONE_HEADING, 0,
		"%u word%s staged here when otpedit ended last: not burnt, and not dropped.", count,
		count == 1 ? " was" : "s were");
	page_end(page);
	for (size_t i = 0; (row = keymap_row(&app->keys, KEYS_KEPT, i)) != NULL; i++)
		if (row->hint)
			view_key_line(page, row->key, row->hint);
	page_end(page);
	for (unsigned word = 0; word < app->session->image.word_count; word++)
		if (!edit_is_empty(&app->kept.word[word]))
			view_staged_line(page, app, word, &app->kept.word[word], false);
}

static void layout(struct app *app, const struct rect *area)
{
	bool same = app->page_view == VIEW_KEPT;
	if (!same || app->page_stale || app->page.width != (unsigned)area->columns) {
		page_free(&app->page);
		page_init(&app->page, (unsigned)area->columns);
		fill(&app->page, app);
		app->page_view = VIEW_KEPT;
		app->page_stale = false;
	}
	if (!same)
		app->scroll = (struct page_scroll){0};
	page_scroll_layout(&app->scroll, (size_t)area->rows, app->page.line_count);
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	view_page(window, area, theme, &app->page, app->scroll.top);
	view_hidden(window, area, app, theme, page_scroll_below(&app->scroll));
	*cursor = (struct point){area->row, area->column};
}

static void on_key(struct app *app, enum action action, const struct key *key)
{
	long page = (long)app->scroll.height - 1;
	(void)key;
	switch ((int)action) {
	case ACTION_UP: page_scroll_by(&app->scroll, -1); return;
	case ACTION_DOWN: page_scroll_by(&app->scroll, 1); return;
	case ACTION_PAGE_UP: page_scroll_by(&app->scroll, -page); return;
	case ACTION_PAGE_DOWN: page_scroll_by(&app->scroll, page); return;
	case ACTION_FIRST: page_scroll_to(&app->scroll, 0); return;
	case ACTION_LAST: page_scroll_to(&app->scroll, app->page.line_count); return;
	case ACTION_ACCEPT: kept_draft_take(app); break;
	case ACTION_DROP:
		kept_draft_drop(app);
		app_say(app, TONE_PLAIN, "dropped");
		break;
	case ACTION_BACK: app_say(app, TONE_PLAIN, "it is offered again at the next start"); break;
	default: return;
	}
	app->view = VIEW_GRID;
	app->below = VIEW_GRID;
	app->page_view = VIEW_COUNT;
}

const struct view kept_view = {"left by an earlier run", KEYS_KEPT, false, draw, layout, on_key};
