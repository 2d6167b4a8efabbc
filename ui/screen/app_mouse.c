/* What the mouse asks for. */
#include "src/errbuf.h"
#include "ui/screen/app.h"

#include "ui/screen/shape.h"
#include "ui/screen/views.h"

#define WHEEL_LINES 3

/* How far one step of the wheel goes, by what the keys of the view are for. 0: typing and choosing
 * bits are no scrolling, and what burns is left alone. */
static unsigned wheel_steps(enum key_context context)
{
	switch ((int)context) {
	case KEYS_GRID:
	case KEYS_PICKER:
	case KEYS_STAGED:
	case KEYS_COMPARE:
	case KEYS_COMPARE_WITH:
	case KEYS_REHEARSE:
	case KEYS_JOURNAL: return 1;
	case KEYS_PAGE:
	case KEYS_NEWS:
	case KEYS_PREVIEW:
	case KEYS_CONFIRM: return WHEEL_LINES;
	default: return 0;
	}
}

static void roll(struct app *app, const struct key *key)
{
	const struct view *view = view_of(app->view);
	enum action action = key->code == KEY_WHEEL_UP ? ACTION_UP : ACTION_DOWN;
	for (unsigned step = wheel_steps(view->keys); step > 0; step--)
		view->key(app, action, key);
}

static void point_at_word(struct app *app, const struct key *key)
{
	const struct rect *grid = &app->layout.grid;
	int row = key->row - grid->row - 1, column = key->column - grid->column - 1;
	bool inside = row >= 0 && row < grid->rows - 2 && column >= 0 && column < grid->columns - 2;
	long word = inside ? shape_of(app)->word_at(app, row, column) : -1;
	if (word < 0 || word >= (long)app->session->image.word_count)
		return;
	app->selected = (unsigned)word;
	if (key->code == KEY_CLICK_MORE)
		selection_set(&app->selection, app->selected, !app->selection.word[app->selected]);
}

void app_mouse(struct app *app, const struct key *key)
{
	if (!app->session && !app_is_before_opening(app->view))
		return;
	if (key->code == KEY_WHEEL_UP || key->code == KEY_WHEEL_DOWN)
		roll(app, key);
	else if (app->view == VIEW_GRID)
		point_at_word(app, key);
	else if (app->view == VIEW_PICKER)
		view_point_picker(app, key->row);
}
