/* What is open against another image: the choice of the other one, and what differs. */
#include "ui/screen/views.h"

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	size_t first, past;
	page_init(&page, (unsigned)area->columns);
	comparison_text(&page, &first, &past, &app->comparison, app->session, app->reveal);
	view_page_around(window, area, app, theme, &page, first, past, cursor);
	page_free(&page);
}

static void draw_choices(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	size_t line;
	page_init(&page, (unsigned)area->columns);
	comparison_choices_text(&page, &line, &app->choices);
	view_page_around(window, area, app, theme, &page, line, line + 1, cursor);
	page_free(&page);
}

static void choose(struct app *app)
{
	comparison_choices_free(&app->choices);
	comparison_choices_find(&app->choices, app->session,
		app->environment->session.source.state_folder, app->has_before);
	app_show(app, VIEW_COMPARE_WITH);
}

void view_compare(struct app *app)
{
	if (app->comparison.is_set)
		app_show(app, VIEW_COMPARE);
	else
		choose(app);
}

static void take(struct app *app)
{
	const struct comparison_choice *item = &app->choices.items[app->choices.chosen];
	struct errbuf err = {0};
	if (app->choices.count == 0)
		return;
	if (!item->path)
		comparison_take(&app->comparison, &app->before);
	else if (comparison_read(&app->comparison, item->path, &app->environment->session,
			 app->session, &err) != OK) {
		app_say(app, TONE_ERROR, "%s", err.text);
		return;
	}
	app->comparison.word = 0;
	app->view = VIEW_COMPARE;
}

static void key_choices(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	struct comparison_choices *choices = &app->choices;
	size_t last = choices->count > 0 ? choices->count - 1 : 0;
	switch ((int)action) {
	case ACTION_UP: choices->chosen -= choices->chosen > 0 ? 1 : 0; break;
	case ACTION_DOWN: choices->chosen += choices->chosen < last ? 1 : 0; break;
	case ACTION_FIRST: choices->chosen = 0; break;
	case ACTION_LAST: choices->chosen = last; break;
	case ACTION_ACCEPT: take(app); break;
	case ACTION_BACK:
		if (app->comparison.is_set)
			app->view = VIEW_COMPARE;
		else
			app_back(app);
		break;
	default: break;
	}
}

static void go_to_word(struct app *app)
{
	const struct image *here = &app->session->image;
	comparison_move(&app->comparison, here, 0);
	if (app->comparison.word >= here->word_count) {
		app_say(app, TONE_WARNING, "there is no word %u here", app->comparison.word);
		return;
	}
	app->selected = app->comparison.word;
	app_back(app);
}

static void key(struct app *app, enum action action, const struct key *pressed)
{
	(void)pressed;
	struct comparison *comparison = &app->comparison;
	const struct image *here = &app->session->image;
	long page = app->layout.body.rows / 2;
	switch ((int)action) {
	case ACTION_UP: comparison_move(comparison, here, -1); break;
	case ACTION_DOWN: comparison_move(comparison, here, 1); break;
	case ACTION_PAGE_UP: comparison_move(comparison, here, -page); break;
	case ACTION_PAGE_DOWN: comparison_move(comparison, here, page); break;
	case ACTION_FIRST: comparison_move(comparison, here, -IMAGE_MAX_WORDS); break;
	case ACTION_LAST: comparison_move(comparison, here, IMAGE_MAX_WORDS); break;
	case ACTION_ACCEPT: go_to_word(app); break;
	case ACTION_COMPARE: choose(app); break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view compare_view = {"compared", KEYS_COMPARE, VIEW_WHOLE, draw, NULL, key};
const struct view compare_with_view = {
	"compare with what?", KEYS_COMPARE_WITH, VIEW_WHOLE, draw_choices, NULL, key_choices};
