/* Guided operations: a question a screen, and the one way to a burn behind the last. */
#include "ui/screen/views.h"

#include "ui/screen/guide.h"

#include <string.h>

/* Which of the two views the place belongs to: they differ in what keys mean. */
static void follow_place(struct app *app)
{
	app->view = app->guide.place == GUIDE_ENTRY ? VIEW_WIZARD_ENTRY : VIEW_WIZARD;
	app->guide_follow = true;
}

void view_begin_guide(struct app *app)
{
	guide_open(&app->guide);
	app->scroll = (struct page_scroll){0};
	app_show(app, VIEW_WIZARD);
	app->guide_follow = true;
}

static void lay_out(struct app *app, const struct rect *area)
{
	struct point *cursor = &app->guide_cursor;
	size_t line, rows = area->rows > 0 ? (size_t)area->rows : 0;
	unsigned column;
	page_free(&app->page);
	page_init(&app->page, (unsigned)area->columns);
	guide_text(&app->page, &app->guide, app->session, draft_edits(app->draft), app->reveal,
		&line, &column);
	app->page_view = app->view;
	page_scroll_layout(&app->scroll, rows, app->page.line_count);
	if (app->guide_follow) {
		/* From the top, as far as the cursor's line is in sight then. */
		page_scroll_to(&app->scroll, 0);
		if (rows > 0 && line >= rows)
			page_scroll_to(&app->scroll, line - rows + 1);
	}
	*cursor = (struct point){(int)line - (int)app->scroll.top, (int)column};
}

static void draw(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	int row = app->guide_cursor.row;
	view_page(window, area, theme, &app->page, app->scroll.top);
	view_hidden(window, area, app, theme, page_scroll_below(&app->scroll));
	if (row >= 0 && row < area->rows)
		*cursor = (struct point){area->row + row, area->column + app->guide_cursor.column};
}

static void tell(struct app *app, enum status status, const struct errbuf *err)
{
	if (status != OK)
		app_say(app, status == ERR_USAGE ? TONE_WARNING : TONE_ERROR, "%s", err->text);
}

static void leave(struct app *app)
{
	app->view = VIEW_GRID;
	app->below = VIEW_GRID;
	app->page_view = VIEW_COUNT;
}

static void back(struct app *app)
{
	if (guide_back(&app->guide, app->session))
		follow_place(app);
	else
		leave(app);
}

/* What was asked for becomes staged, as one step of undo, and the preview is opened on it. */
static void stage(struct app *app)
{
	struct edits before = *draft_edits(app->draft), all = before;
	struct errbuf err = {0};
	struct plan *plan = NULL;
	enum status status = wizard_merge(&all, &app->guide.edits, &err);
	if (status == OK)
		status = session_plan(&plan, app->session, &all, &err);
	if (status == OK && plan->refused)
		status = errbuf_set(
			&err, ERR_REFUSED, "not staged: %s", plan->remarks.items[0].text);
	plan_free(plan);
	if (status == OK)
		status = draft_replace(app->draft, &all, &err);
	if (status != OK) {
		app_say(app, TONE_ERROR, "%s", err.text);
		return;
	}
	for (unsigned word = IMAGE_MAX_WORDS; word-- > 0;)
		if (!edit_is_empty(&app->guide.edits.word[word]))
			app->selected = word;
	leave(app);
	if (!app_plan(app))
		return;
	app_show(app, VIEW_PREVIEW);
	app_say(app, TONE_PLAIN,
		"staged, not burnt. w saves it as a plan; Esc leaves it staged, and u there takes "
		"it back");
}

static void accept(struct app *app)
{
	struct errbuf err = {0};
	enum status status;
	if (app->guide.place == GUIDE_REVIEW) {
		stage(app);
		return;
	}
	if (app->guide.place == GUIDE_MENU)
		status = guide_begin(&app->guide, app->session, app->selected, &err);
	else
		status = guide_answer(&app->guide, app->session, &err);
	tell(app, status, &err);
	follow_place(app);
}

static void choose(struct app *app, long by)
{
	struct errbuf err = {0};
	if (guide_choice_count(&app->guide, app->session) == 0) {
		page_scroll_by(&app->scroll, by);
		app->guide_follow = false;
		return;
	}
	tell(app, guide_move(&app->guide, app->session, by, &err), &err);
	app->guide_follow = true;
}

static void turn_page(struct app *app, long direction)
{
	page_scroll_by(&app->scroll, direction * ((long)app->scroll.height - 1));
	app->guide_follow = false;
}

#define FAR 100000

static void key_choice(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch ((int)action) {
	case ACTION_UP: choose(app, -1); break;
	case ACTION_DOWN: choose(app, 1); break;
	case ACTION_FIRST: choose(app, -FAR); break;
	case ACTION_LAST: choose(app, FAR); break;
	case ACTION_PAGE_UP: turn_page(app, -1); break;
	case ACTION_PAGE_DOWN: turn_page(app, 1); break;
	case ACTION_ACCEPT: accept(app); break;
	case ACTION_SAVE_PLAN:
		if (app->guide.place == GUIDE_REVIEW)
			view_save_edits(app, &app->guide.edits);
		else
			app_say(app, TONE_WARNING, "there is no plan yet: answer the questions");
		break;
	case ACTION_GUIDE:
		/* Twice the key: to the first word, as by habit. */
		if (app->guide.place == GUIDE_MENU) {
			app->selected = 0;
			leave(app);
		}
		break;
	case ACTION_BACK: back(app); break;
	default: break;
	}
}

static void complete(struct app *app)
{
	char text[300];
	if (!guide_wants_path(&app->guide, app->session))
		return;
	guide_complete(&app->guide, text, sizeof text);
	if (text[0])
		app_say(app, TONE_PLAIN, "%s", text);
}

static void type(struct app *app, const struct key *key)
{
	struct text_line *line = &app->guide.entry;
	if (key->code == KEY_DC)
		text_line_do(line, TEXT_LINE_ERASE_AFTER);
	else if (key->code == KEY_BACKSPACE ||
		 (key->code == 0 && (key->character == 127 || key->character == 8)))
		text_line_do(line, TEXT_LINE_ERASE_BEFORE);
	else if (key->code == 0 && key->character >= ' ' && !text_line_type(line, key->character) &&
		 line->overflowed)
		app_say(app, TONE_WARNING, "there is no room for more");
}

static void key_entry(struct app *app, enum action action, const struct key *key)
{
	struct text_line *line = &app->guide.entry;
	app->guide_follow = true;
	switch ((int)action) {
	case ACTION_BACK: back(app); break;
	case ACTION_ACCEPT:
		/* The end of a pasted line answers nothing. */
		if (!app->pasting)
			accept(app);
		break;
	case ACTION_COMPLETE:
		if (!app->pasting)
			complete(app);
		break;
	case ACTION_PAGE_UP: turn_page(app, -1); break;
	case ACTION_PAGE_DOWN: turn_page(app, 1); break;
	case ACTION_LEFT: text_line_do(line, TEXT_LINE_LEFT); break;
	case ACTION_RIGHT: text_line_do(line, TEXT_LINE_RIGHT); break;
	case ACTION_FIRST: text_line_do(line, TEXT_LINE_HOME); break;
	case ACTION_LAST: text_line_do(line, TEXT_LINE_END); break;
	case ACTION_ERASE_WORD: text_line_do(line, TEXT_LINE_ERASE_WORD); break;
	case ACTION_ERASE_START: text_line_do(line, TEXT_LINE_ERASE_START); break;
	case ACTION_ERASE_REST: text_line_do(line, TEXT_LINE_ERASE_REST); break;
	default: type(app, key); break;
	}
}

const struct view wizard_view = {
	.title = "guided operation",
	.keys = KEYS_WIZARD,
	.place = VIEW_BESIDE_GRID,
	.draw = draw,
	.layout = lay_out,
	.key = key_choice,
};
const struct view wizard_entry_view = {
	.title = "guided operation",
	.keys = KEYS_WIZARD_ENTRY,
	.place = VIEW_BESIDE_GRID,
	.draw = draw,
	.layout = lay_out,
	.key = key_entry,
};
