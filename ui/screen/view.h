/*
 * A view: how it draws the app, and what it makes of keys. The table of views is in views.c.
 */
#ifndef OTPEDIT_UI_SCREEN_VIEW_H
#define OTPEDIT_UI_SCREEN_VIEW_H

#include "src/errbuf.h" /* before curses, which has a macro of the name OK */
#include "ui/screen/app.h"
#include "ui/screen/theme.h"

#include <ncurses.h>

enum view_place {
	VIEW_WHOLE,       /* over the whole body */
	VIEW_BESIDE_GRID, /* in the detail's place, where there is room */
	VIEW_FOOTER       /* in the rows above the hints, over what is shown there else */
};

struct view {
	const char *title;
	enum key_context keys;
	enum view_place place;
	/* Fills `area` of the window; sets *cursor where the hardware cursor belongs, if anywhere.
	 */
	void (*draw)(const struct app *app, WINDOW *window, const struct rect *area,
		const struct theme *theme, struct point *cursor);
	/* Told of the area's inside before each drawing: text views lay themselves out. May be
	 * NULL. */
	void (*layout)(struct app *app, const struct rect *area);
	/* `action` is ACTION_NONE for keys that are not bound. */
	void (*key)(struct app *app, enum action action, const struct key *key);
};

const struct view *view_of(enum view_id id); /* never NULL */

/* The attributes of each tone in this theme, for page_draw(). */
void view_styles(attr_t out[TONE_COUNT], const struct theme *theme);

/* A page's lines from `first` on, in an area, in the theme's tones. */
void view_page(WINDOW *window, const struct rect *area, const struct theme *theme,
	const struct page *page, size_t first);

/* A frame with a title around `area`; *inside is what is left. */
void view_frame(WINDOW *window, const struct rect *area, const char *title, const struct app *app,
	const struct theme *theme, struct rect *inside);

/* Text in a tone at a place, cut at `width` columns. */
void view_text(WINDOW *window, int row, int column, int width, attr_t style, const char *text);

/* Wipes the column left of an area that lies over something else. */
void view_margin(WINDOW *window, const struct rect *area);

/* Says on the frame below `area`, where it costs no row, how many lines are not shown; 0: nothing.
 */
void view_hidden(WINDOW *window, const struct rect *area, const struct app *app,
	const struct theme *theme, size_t lines);

/* Which words it is for, where several are selected: what the page says of one holds for all. */
void view_targets(struct page *page, const struct app *app);

/* A page, scrolled so that the lines first to past - 1 are in sight, the first in any case; the
 * cursor stands on that. */
void view_page_around(WINDOW *window, const struct rect *area, const struct app *app,
	const struct theme *theme, const struct page *page, size_t first, size_t past,
	struct point *cursor);

/* The first line that it shows. */
size_t view_top_around(const struct rect *area, size_t first, size_t past);

/* A key and what it does, in two columns. */
void view_key_line(struct page *page, const char *key, const char *text);

#endif
