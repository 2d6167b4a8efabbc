/* The four locks of a word, to be chosen one by one. */
#include "ui/screen/views.h"

#include "src/peer.h"
#include "src/word_status.h"

#include <stdio.h>

/* The index-th lock of the table, from the permanent one down; NULL past the last. */
static const struct word_status_bit *lock_at(unsigned index)
{
	const struct word_status_bit *last = word_status_bits;
	while (last->name)
		last++;
	while (last-- > word_status_bits)
		if (last->is_lock && index-- == 0)
			return last;
	return NULL;
}

static void locks_page(struct page *page, const struct app *app, int *first_row)
{
	uint32_t now = app->session->image.status[app->selected];
	if (app->selection.count > 1)
		view_targets(page, app);
	page_wrap(page, TONE_HEADING, 2, "locks of word %u", app->selected);
	page_end(page);
	*first_row = (int)page->line_count;
	for (unsigned i = 0; lock_at(i); i++) {
		const struct word_status_bit *lock = lock_at(i);
		uint32_t bit = UINT32_C(1) << lock->bit;
		bool there = (now & bit) != 0, chosen = (app->lock_choice & bit) != 0;
		page_add(page, TONE_PLAIN, "%s ", i == app->lock_cursor ? ">" : " ");
		page_wrap(page, chosen ? TONE_FOREVER : TONE_PLAIN, 6, "[%s] %s%s",
			there    ? "="
			: chosen ? "x"
				 : " ",
			lock->name, there ? " (there already)" : "");
	}
	page_wrap(page, TONE_PLAIN, 2,
		"A permanent lock is for ever: the word can never be programmed again.");
	if (!peer_traits(app->session->info.peer)->honours_sticky)
		page_wrap(page, TONE_WARNING, 2,
			"%s ignores sticky locks: only the permanent one can be asked for",
			peer_traits(app->session->info.peer)->name);
}

static void draw_locks(const struct app *app, WINDOW *window, const struct rect *area,
	const struct theme *theme, struct point *cursor)
{
	struct page page;
	page_init(&page, (unsigned)area->columns);
	int first_row = 0;
	locks_page(&page, app, &first_row);
	view_page(window, area, theme, &page, 0);
	if (page.line_count > (size_t)area->rows)
		view_hidden(window, area, app, theme, page.line_count - (size_t)area->rows);
	page_free(&page);
	*cursor = (struct point){area->row + first_row + (int)app->lock_cursor, area->column};
}

static void toggle(struct app *app)
{
	const struct word_status_bit *lock = lock_at(app->lock_cursor);
	uint32_t bit = UINT32_C(1) << lock->bit;
	if (app->session->image.status[app->selected] & bit)
		app_say(app, TONE_WARNING, "this lock is there already");
	else
		app->lock_choice ^= bit;
}

static void accept(struct app *app)
{
	struct edits edits = *draft_edits(app->draft);
	const struct image *image = &app->session->image;
	/* One word is asked for a lock again only by the person; several may have it or not. */
	for (unsigned word = 0; word < image->word_count; word++)
		if (app_is_target(app, word))
			edits.word[word].locks = word == app->selected
							 ? app->lock_choice
							 : app->lock_choice & ~image->status[word];
	if (app_stage_all(app, &edits))
		app_back(app);
}

static void key_locks(struct app *app, enum action action, const struct key *key)
{
	(void)key;
	switch ((int)action) {
	case ACTION_UP: app->lock_cursor -= app->lock_cursor > 0 ? 1 : 0; break;
	case ACTION_DOWN: app->lock_cursor += lock_at(app->lock_cursor + 1) ? 1 : 0; break;
	case ACTION_TOGGLE: toggle(app); break;
	case ACTION_ACCEPT: accept(app); break;
	case ACTION_BACK: app_back(app); break;
	default: break;
	}
}

const struct view locks_view = {"locks", KEYS_LOCKS, VIEW_BESIDE_GRID, draw_locks, NULL, key_locks};
