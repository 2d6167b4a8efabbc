/* Views that are a text to scroll through: all about a word, help, news, the result of a commit. */
#include "ui/screen/views.h"

#include "ui/screen/kept_draft.h"
#include "ui/screen/map_text.h"
#include "ui/screen/recovery_text.h"
#include "ui/screen/rehearsal_text.h"
#include "ui/screen/result_text.h"
#include "ui/screen/rows.h"
#include "ui/screen/status_page.h"
#include "ui/screen/word_page.h"

static void help_keys(struct page *page, const struct app *app, enum key_context context)
{
	const struct key_binding *row;
	page_add(page, TONE_HEADING, "%s", key_context_name(context));
	page_end(page);
	for (size_t i = 0; (row = keymap_row(&app->keys, context, i)) != NULL; i++)
		view_key_line(page, row->key, action_help(row->action));
	page_end(page);
}

static void help_signs(struct page *page)
{
	page_add(page, TONE_HEADING, "Signs in the grid");
	page_end(page);
	for (size_t i = 0; rows_legend[i]; i++) {
		page_add(page, TONE_HEADING, "  %.2s", rows_legend[i]);
		page_add(page, TONE_PLAIN, "      ");
		page_wrap(page, TONE_PLAIN, 10, "%s", rows_legend[i] + 3);
	}
	page_end(page);
	page_add(page, TONE_HEADING, "Signs on the map, the first that holds");
	page_end(page);
	for (int state = 0; state < MAP_STATES; state++) {
		struct map_sign sign = map_sign((enum map_state)state);
		page_add(page, TONE_HEADING, "  %c", sign.sign);
		page_add(page, TONE_PLAIN, "       ");
		page_wrap(page, TONE_PLAIN, 10, "%s", sign.text);
	}
	page_end(page);
}

/* What counts where help was asked for comes first: its keys, those of every view, the signs. */
static void help_page(struct page *page, const struct app *app)
{
	enum key_context here = view_of(app->help_from)->keys;
	help_keys(page, app, here);
	help_keys(page, app, KEYS_COMMON);
	help_signs(page);
	page_wrap(page, TONE_PLAIN, 0, "Below are the keys of the other views.");
	page_end(page);
	for (int context = KEYS_COMMON + 1; context < KEYS_CONTEXTS; context++)
		if (context != (int)here)
			help_keys(page, app, (enum key_context)context);
}

static void result_page(struct page *page, const struct app *app)
{
	struct result_text about = {.plan = app->plan,
		.status = app->result_status,
		.error = app->result_error.text,
		.result = app->result,
		.journal = &app->session->journal};
	result_text(page, &about);
}

static void lost_page(struct page *page, const struct app *app)
{
	page_wrap(page, TONE_WARNING, 0, "The board was lost before anything was confirmed.");
	page_end(page);
	page_wrap(page, TONE_PLAIN, 0, "Nothing was burnt. What is staged is kept.");
	page_end(page);
	if (app->link == LINK_LOST)
		page_wrap(page, TONE_PLAIN, 0,
			"It is taken up again by itself when the same board is back, at whatever "
			"port: same serial number, same unique id. No other board is taken for "
			"it.");
	else
		page_wrap(page, TONE_GOOD, 0, "The same board is back, and was read again.");
	page_end(page);
	page_wrap(page, TONE_PLAIN, 0,
		"The session is read-only again. The preview has to be made anew, on what the "
		"board holds then.");
}

void view_text_fill(struct page *page, const struct app *app)
{
	switch (app->view) {
	case VIEW_DETAIL:
		page_add(page, TONE_HEADING, "word %u, ", app->selected);
		word_page(page, app, app->selected);
		break;
	case VIEW_HELP: help_page(page, app); break;
	case VIEW_NEWS:
		result_text_news(page, app->session);
		recovery_text(page, app->session, app_key_name(app, KEYS_NEWS, ACTION_FOLLOW_UP),
			app->reveal);
		break;
	case VIEW_RESULT: result_page(page, app); break;
	case VIEW_REHEARSAL:
		if (app->rehearsal)
			rehearsal_text(page, app->rehearsal, app->session->chip, app->reveal);
		break;
	case VIEW_STATUS: status_page(page, app->session); break;
	case VIEW_JOURNAL_ENTRY: journal_list_entry_text(page, &app->journal, app->reveal); break;
	case VIEW_LOST: lost_page(page, app); break;
	default: break;
	}
}

static void layout_page(struct app *app, const struct rect *area)
{
	bool stale = app->page_stale || app->page_view != app->view ||
		     app->page.width != (unsigned)area->columns;
	app->page_stale = false;
	if (stale) {
		bool same = app->page_view == app->view;
		page_free(&app->page);
		page_init(&app->page, (unsigned)area->columns);
		view_text_fill(&app->page, app);
		if (!same)
			app->scroll = (struct page_scroll){0};
		app->page_view = app->view;
	}
	page_scroll_layout(&app->scroll, (size_t)area->rows, app->page.line_count);
}

static void draw_page(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	view_page(window, area, theme, &app->page, app->scroll.top);
	view_hidden(window, area, app, theme, page_scroll_below(&app->scroll));
	*cursor = (struct point){area->row, area->column};
}

/* From word to word without going back to the grid. */
static void turn_to_word(struct app *app, long by)
{
	long to = (long)app->selected + by;
	if (app->view != VIEW_DETAIL || to < 0 || to >= (long)app->session->image.word_count)
		return;
	app->selected = (unsigned)to;
	app->page_view = VIEW_COUNT;
}

/* After a crash the same was kept: it need not be asked about. */
static void forget_what_is_staged(struct app *app)
{
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		if (edit_equal(&app->kept.word[word], app_edit(app, word)))
			app->kept.word[word] = (struct edit){0};
}

/* Beside what is staged already; nothing is burnt by it. */
static void stage_what_is_left(struct app *app)
{
	const struct follow_up *follow_up = &app->session->follow_up;
	unsigned count = edits_count(&follow_up->edits);
	struct edits edits = *draft_edits(app->draft);
	if (count == 0) {
		app_say(app, TONE_PLAIN, "nothing can be asked for again from here");
		return;
	}
	for (unsigned word = 0; word < IMAGE_MAX_WORDS; word++)
		if (!edit_is_empty(&follow_up->edits.word[word]))
			edits.word[word] = follow_up->edits.word[word];
	if (!app_stage_all(app, &edits))
		return;
	forget_what_is_staged(app);
	app_back(app);
	app_show(app, kept_draft_waits(app) ? VIEW_KEPT : VIEW_STAGED);
	app_say(app, TONE_GOOD, "%u word%s staged: %s previews; nothing is burnt yet", count,
		count == 1 ? " is" : "s are", app_key_name(app, KEYS_STAGED, ACTION_PREVIEW));
}

static void key_page(struct app *app, enum action action, const struct key *key)
{
	long page = (long)app->scroll.height - 1;
	(void)key;
	switch ((int)action) {
	case ACTION_UP: page_scroll_by(&app->scroll, -1); break;
	case ACTION_DOWN: page_scroll_by(&app->scroll, 1); break;
	case ACTION_LEFT: turn_to_word(app, -1); break;
	case ACTION_RIGHT: turn_to_word(app, 1); break;
	case ACTION_PAGE_UP: page_scroll_by(&app->scroll, -page); break;
	case ACTION_PAGE_DOWN: page_scroll_by(&app->scroll, page); break;
	case ACTION_FIRST: page_scroll_to(&app->scroll, 0); break;
	case ACTION_LAST: page_scroll_to(&app->scroll, app->page.line_count); break;
	case ACTION_RESET:
		if (app->view == VIEW_RESULT || app->view == VIEW_NEWS) {
			app_back(app);
			view_reset_board(app);
		}
		break;
	case ACTION_FOLLOW_UP: stage_what_is_left(app); break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view detail_view = {
	"all about this word", KEYS_PAGE, VIEW_WHOLE, draw_page, layout_page, key_page};
const struct view help_view = {
	"keys and signs", KEYS_PAGE, VIEW_WHOLE, draw_page, layout_page, key_page};
const struct view news_view = {"what earlier runs left on this board", KEYS_NEWS, VIEW_WHOLE,
	draw_page, layout_page, key_page};
const struct view rehearsal_view = {
	"what a simulated twin did", KEYS_PAGE, VIEW_WHOLE, draw_page, layout_page, key_page};
const struct view result_view = {
	"what came of it", KEYS_PAGE, VIEW_WHOLE, draw_page, layout_page, key_page};
const struct view lost_view = {
	"the board was lost", KEYS_PAGE, VIEW_WHOLE, draw_page, layout_page, key_page};
const struct view journal_entry_view = {
	"a burn", KEYS_PAGE, VIEW_WHOLE, draw_page, layout_page, key_page};
const struct view status_view = {
	"the board on one page", KEYS_PAGE, VIEW_WHOLE, draw_page, layout_page, key_page};
