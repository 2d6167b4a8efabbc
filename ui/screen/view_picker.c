/* What to open: boards found now, images used last, serial ports, simulated boards. */
#include "src/bringup.h"
#include "ui/screen/views.h"

#include "ui/screen/picker.h"

#include <stdio.h>
#include <string.h>

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	size_t first, past;
	page_init(&page, (unsigned)area->columns);
	picker_text(&page, &first, &past, &app->picker);
	view_page_around(window, area, app, theme, &page, first, past, cursor);
	page_free(&page);
}

/* The lines of the chosen entry. */
static void find_chosen(size_t *first, size_t *past, const struct app *app, int columns)
{
	struct page page;
	page_init(&page, (unsigned)columns);
	picker_text(&page, first, past, &app->picker);
	page_free(&page);
}

void view_point_picker(struct app *app, int row)
{
	const struct rect *body = &app->layout.body;
	struct rect area = {body->row + 1, body->column + 1, body->rows - 2, body->columns - 2};
	char before[STORE_PATH_MAX], last[STORE_PATH_MAX] = "";
	size_t first, past;
	if (row < area.row || row >= area.row + area.rows)
		return;
	find_chosen(&first, &past, app, area.columns);
	size_t line = view_top_around(&area, first, past) + (size_t)(row - area.row);
	memcpy(before, app->picker.chosen, sizeof before);
	picker_move(&app->picker, -100000);
	while (strcmp(last, picker_source(&app->picker)) != 0) {
		find_chosen(&first, &past, app, area.columns);
		if (line >= first && line < past)
			return;
		snprintf(last, sizeof last, "%s", picker_source(&app->picker));
		picker_move(&app->picker, 1);
	}
	/* Nothing is there: the cursor stays where it was. */
	memcpy(app->picker.chosen, before, sizeof before);
}

/* What is found in a boot stage is brought up in place of being opened. */
static const struct found_board *chosen_stage(const struct app *app, const char *source)
{
	const struct found_boards *found = app->picker.found;
	for (size_t i = 0; found && i < found->count; i++)
		if (strcmp(found->boards[i].source, source) == 0 &&
			bringup_is_stage(found->boards[i].stage))
			return &found->boards[i];
	return NULL;
}

bool view_open_source(struct app *app, const char *source)
{
	if (!app->worker || !worker_open(app->worker, source)) {
		app_say(app, TONE_WARNING, "still looking for boards: once more, please");
		return false;
	}
	app->link = LINK_OPENING;
	app->view = VIEW_GRID;
	app_say(app, TONE_PLAIN, "opening %.200s ...", source);
	return true;
}

static void open_chosen(struct app *app)
{
	const char *source = picker_source(&app->picker);
	const struct found_board *stage = chosen_stage(app, source);
	if (stage) {
		view_boot_begin(app, stage->source, stage->stage);
		return;
	}
	if (source[0] == '\0') {
		app_say(app, TONE_WARNING, "there is nothing to open yet");
		return;
	}
	(void)view_open_source(app, source);
}

static void look_again(struct app *app)
{
	if (worker_look(app->worker))
		app_say(app, TONE_PLAIN, "looking for boards ...");
	else
		app_say(app, TONE_PLAIN, "still looking for boards");
}

static void key(struct app *app, enum action action, const struct key *pressed)
{
	(void)pressed;
	long page = app->layout.body.rows / 4 + 1;
	switch ((int)action) {
	case ACTION_UP: picker_move(&app->picker, -1); break;
	case ACTION_DOWN: picker_move(&app->picker, 1); break;
	case ACTION_PAGE_UP: picker_move(&app->picker, -page); break;
	case ACTION_PAGE_DOWN: picker_move(&app->picker, page); break;
	case ACTION_FIRST: picker_move(&app->picker, -100000); break;
	case ACTION_LAST: picker_move(&app->picker, 100000); break;
	case ACTION_ACCEPT: open_chosen(app); break;
	case ACTION_READ: look_again(app); break;
	case ACTION_PROMPT:
		if (!app->picker.boards_only)
			view_ask_source(app);
		break;
	case ACTION_QUIT: app->quit = true; break;
	default: break;
	}
}

const struct view picker_view = {
	.title = "what to open",
	.keys = KEYS_PICKER,
	.draw = draw,
	.key = key,
};
