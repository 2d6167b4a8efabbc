/* The journal: what was burnt, and how it ended. */
#include "ui/screen/views.h"

#include <stdio.h>

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	size_t line, below, height = (size_t)area->rows;
	page_init(&page, (unsigned)area->columns);
	journal_list_text(&page, &line, &below, &app->journal, height);
	size_t top = line >= height ? line - height + 1 : 0;
	view_page(window, area, theme, &page, top);
	if (page.line_count > top + height)
		below += page.line_count - top - height;
	view_hidden(window, area, app, theme, below);
	*cursor = (struct point){area->row + (int)(line - top), area->column};
	page_free(&page);
}

/* Where no thread can be had for it, the screen waits. */
static void read_here(struct app *app, const struct journal_wanted *wanted)
{
	struct journal_list list = {.count = 0};
	journal_list_read(&list, wanted);
	journal_list_take(&app->journal, &list);
}

void view_journal_read(struct app *app)
{
	const struct session *session = app->session;
	struct journal_wanted wanted = {.source_class = session->info.source_class,
		.state_folder = app->environment->session.source.state_folder};
	snprintf(wanted.board, sizeof wanted.board, "%s", session->board);
	app->journal.is_reading = true;
	if (!app->worker || !worker_read_journal(app->worker, &wanted))
		read_here(app, &wanted);
}

void view_journal(struct app *app)
{
	view_journal_read(app);
	app_show(app, VIEW_JOURNAL);
}

static void key(struct app *app, enum action action, const struct key *pressed)
{
	(void)pressed;
	long page = app->layout.body.rows - 4;
	switch ((int)action) {
	case ACTION_UP: journal_list_move(&app->journal, -1); break;
	case ACTION_DOWN: journal_list_move(&app->journal, 1); break;
	case ACTION_PAGE_UP: journal_list_move(&app->journal, -page); break;
	case ACTION_PAGE_DOWN: journal_list_move(&app->journal, page); break;
	case ACTION_FIRST: journal_list_move(&app->journal, -(long)app->journal.count); break;
	case ACTION_LAST: journal_list_move(&app->journal, (long)app->journal.count); break;
	case ACTION_ALL_BOARDS: app->journal.all_boards = !app->journal.all_boards; break;
	case ACTION_ACCEPT:
		if (journal_list_chosen(&app->journal))
			app_show(app, VIEW_JOURNAL_ENTRY);
		break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view journal_view = {"what was burnt", KEYS_JOURNAL, VIEW_WHOLE, draw, NULL, key};
